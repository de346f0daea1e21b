import Core
import Testing

@testable import HTTPServer

@Suite struct HTTPDateTests {
    @Test(arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func `the three forms of RFC 9110 are one instant`(text: String) {
        #expect(HTTPDate.instant(text) == Instant(seconds: 784_111_777))
    }

    @Test func `what is written is read back`() {
        for seconds: Int64 in [-5_364_662_400, 0, 784_111_777, 1_764_572_400, 4_102_444_799] {
            let instant = Instant(seconds: seconds)
            #expect(HTTPDate.instant(HTTPDate.text(instant)) == instant)
        }
        #expect(HTTPDate.text(Instant(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test(arguments: ["", "yesterday", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 06 Nov 1994 25:49:37 GMT"])
    func `anything else is no date`(text: String) { #expect(HTTPDate.instant(text) == nil) }
}

@Suite struct PreconditionTests {
    private static let target = RequestTarget("/feed")

    private func isNotModified(_ headers: Headers, _ method: Method = .get) throws -> Bool {
        let request = Request(method, try #require(Self.target), headers: headers)
        return Precondition.isNotModified(request, entityTag: "\"a,b\"", lastModified: Instant(seconds: 784_111_777))
    }

    @Test(arguments: ["\"a,b\"", "W/\"a,b\"", "\"x\", W/\"y\",\"a,b\"", "*", " * "])
    func `a list with the tag is a match`(list: String) throws { #expect(try isNotModified(["If-None-Match": list])) }

    @Test(arguments: ["\"a\"", "a,b", "\"a,b", "", "\"x\", \"y\""])
    func `a list without the tag is none`(list: String) throws { #expect(try !isNotModified(["If-None-Match": list])) }

    @Test func `the tag decides before the date`() throws {
        let later = "Sun, 06 Nov 2044 08:49:37 GMT"
        #expect(try isNotModified(["If-Modified-Since": later]))
        #expect(try !isNotModified(["If-Modified-Since": later, "If-None-Match": "\"x\""]))
        #expect(try !isNotModified(["If-Modified-Since": "Sun, 06 Nov 1994 08:49:36 GMT"]))
        #expect(try isNotModified(["If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"]))
        #expect(try !isNotModified(["If-Modified-Since": "Wed, 01 Jan 1800 00:00:00 GMT"]))
        #expect(try !isNotModified(["If-None-Match": "*"], .post))
    }
}

@Suite struct ListenAddressTests {
    @Test func `the forms of Listen= are read and written back`() {
        for text in ["127.0.0.1:8080", "[::1]:8080", ":0", "unix:/run/budstikke/web.sock"] {
            #expect(ListenAddress(text)?.description == text)
        }
        for text in ["", "8080", "::1:8080", "127.0.0.1", "127.0.0.1:99999", "unix:relative"] { #expect(ListenAddress(text) == nil) }
        #expect(ListenAddress("localhost:1") == .ipv4("127.0.0.1", port: 1))
    }

    @Test(arguments: ["[::1]:0", ":0"]) func `IPv6 and every address can be listened on`(text: String) throws {
        let server = try Server(try #require(ListenAddress(text))) { .text($0.remoteAddress) }
        #expect(server.address.description != text)
    }
}

@Suite struct HeadersTests {
    @Test func `names are compared without case and lines are one list`() {
        var headers: Headers = ["ACCEPT": "a", "accept": "b", "X": "y"]
        #expect(headers["Accept"] == "a, b")
        #expect(headers["Missing"] == nil)
        headers.set("Accept", "c")
        #expect(headers.values("accept") == ["c"])
    }
}

@Suite struct RouterTests {
    @Test func `a literal path wins over a pattern, and an empty segment matches no place`() throws {
        var router = Router()
        router.get("/a/{x}") { .text("place \($0.captures["x"] ?? "")") }
        router.get("/a/literal") { _ in .text("literal") }
        func answer(_ path: String) throws -> String {
            router.response(to: Request(.get, try #require(RequestTarget(path)))).body.description
        }
        #expect(try answer("/a/literal") == "literal")
        #expect(try answer("/a/b") == "place b")
        #expect(try answer("/a/") == "404 Not Found\n")
        #expect(try answer("/a/b/c") == "404 Not Found\n")
    }
}
