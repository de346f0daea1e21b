import Core
import TestKit
import Testing

@testable import HTTPServer

/// Forms with files, and the larger bodies that they need.
@Suite struct MultipartTests {

    private func request(_ body: [UInt8], type: String) throws -> Request {
        Request(.post, try #require(RequestTarget("/x")), headers: ["Content-Type": type], body: body)
    }

    private func form(_ body: String, _ boundary: String = "b1") throws -> MultipartForm? {
        MultipartForm(try request(Array(body.utf8), type: "multipart/form-data; boundary=\(boundary)"))
    }

    @Test func aBrowsersFormIsRead() throws {
        let body =
            "--b1\r\nContent-Disposition: form-data; name=\"titel\"\r\n\r\nÅbent hus\r\n--b1\r\n"
            + "Content-Disposition: form-data; name=\"fil\"; filename=\"Ny %22sti%22.docx\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            + "a\r\n--b\r\n\r\nc\r\n--b1\r\nContent-Disposition: form-data; name=\"tom\"; filename=\"\"\r\n\r\n\r\n--b1--\r\n"
        for boundary in ["b1", "\"b1\""] {
            let parts = try #require(try form(body, boundary)).parts
            #expect(parts.map(\.name) == ["titel", "fil", "tom"])
            #expect(parts.map(\.fileName) == [nil, "Ny \"sti\".docx", ""])
            #expect(parts.map { String(decoding: $0.bytes, as: UTF8.self) } == ["Åbent hus", "a\r\n--b\r\n\r\nc", ""])
        }
    }

    @Test(arguments: [
        "", "--b1", "--b1\r\n", "--b2\r\n\r\n--b2--", "--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx",
        "--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b1", "--b1\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b1--",
        "--b1\r\nContent-Type: text/plain\r\n\r\nx\r\n--b1--", "--b1\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b1--",
        "--b1\r\n" + String(repeating: "X-A: b\r\n", count: 1_000) + "\r\nx\r\n--b1--",
        String(repeating: "--b1\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n", count: 65) + "--b1--",
    ])
    func whatIsNoWholeFormIsNone(_ body: String) throws { #expect(try form(body) == nil) }

    @Test(arguments: ["text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=b1"])
    func anotherTypeIsNoForm(_ type: String) throws {
        #expect(MultipartForm(try request(Array("--b1--".utf8), type: type)) == nil)
        #expect(!MultipartForm.isMeant(try request([], type: type)))
    }

    /// Any bytes: nothing traps, and what is read has the bytes that were put in.
    @Test func anyBytesOfAFileComeBack() throws {
        var random = SeededRandom(printedFor: "anyBytesOfAFileComeBack")
        for _ in 0..<200 {
            let bytes = (0..<Int.random(in: 0...600, using: &random)).map { _ in
                [UInt8](arrayLiteral: 0x0D, 0x0A, 0x2D, 0x62, 0x31, .random(in: 0...255, using: &random)).randomElement(using: &random) ?? 0
            }
            guard !contains(bytes, Array("\r\n--b1".utf8)) else { continue }
            let head = Array("--b1\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n".utf8)
            let whole = head + bytes + Array("\r\n--b1--\r\n".utf8)
            let parts = try #require(MultipartForm(try request(whole, type: "multipart/form-data; boundary=b1"))).parts
            #expect(parts.map { Array($0.bytes) } == [bytes])
            _ = MultipartForm(
                try request(Array(whole.prefix(Int.random(in: 0...whole.count, using: &random))), type: "multipart/form-data; boundary=b1"))
        }
    }

    private func contains(_ bytes: [UInt8], _ wanted: [UInt8]) -> Bool {
        bytes.count >= wanted.count && (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
    }

    // MARK: Large bodies

    private func server(_ change: (inout Limits) -> Void = { _ in }) throws -> TestServer {
        var limits = Limits()
        limits.body = 1_000
        limits.largeBody = 100_000
        change(&limits)
        var options = ServerOptions()
        options.permitsLargeBody = { $0.path == "/form" && $0.headers["Cookie"] == "ja" }
        return try TestServer(limits, options: options)
    }

    private func head(_ length: Int, _ fields: String = "Cookie: ja\r\n") -> String {
        "POST /form HTTP/1.1\r\nHost: x\r\n\(fields)Content-Length: \(length)\r\n\r\n"
    }

    @Test func aLargeBodyIsForThoseWhoMaySendOne() throws {
        let house = try server()
        for (length, fields, status) in [
            (50_000, "Cookie: ja\r\n", 200), (100_000, "Cookie: ja\r\n", 200), (100_001, "Cookie: ja\r\n", 413), (1_500, "", 413),
            (1_000, "", 200),
        ] {
            let client = try house.client()
            try client.send(head(length, fields))
            // What is refused at once is read no further.
            if status == 200 || length <= 2_000 { try client.send(String(repeating: "a", count: length)) }
            let answer = try client.answer()
            #expect(answer.status == status, "\(length) \(fields)")
            if status == 200 { #expect(answer.text == "|\(length)") }
        }
        // In chunks not even then.
        let chunked = try house.client()
        try chunked.send("POST /form HTTP/1.1\r\nHost: x\r\nCookie: ja\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(try chunked.answer().status == 411)
    }

    @Test func onlySoManyLargeBodiesAreReceivedAtOnce() throws {
        let house = try server { $0.largeBodies = 2 }
        let begun = try (0..<2).map { _ in try house.client() }
        for client in begun { try client.send(head(50_000) + "a") }
        let third = try house.client()
        #expect(
            eventually {
                guard let client = try? house.client(), (try? client.send(head(50_000))) != nil else { return false }
                return (try? client.answer().status) == 413
            })
        // A connection that ends gives its place back, as one that is served does.
        try begun[0].send(String(repeating: "a", count: 49_999))
        #expect(try begun[0].answer().status == 200)
        try third.send(head(50_000) + String(repeating: "a", count: 50_000))
        #expect(try third.answer().status == 200)
    }

    @Test func aLargeBodyHasALongerTime() throws {
        let house = try server {
            $0.bodyTime = .milliseconds(200)
            $0.largeBodyTime = .seconds(60)
        }
        let (large, small) = (try house.client(), try house.client())
        try large.send(head(2_000) + "a")
        try small.send(head(10, "") + "a")
        // The small one is cut first.
        #expect(try small.readToEnd().isEmpty)
        try large.send(String(repeating: "a", count: 1_999))
        #expect(try large.answer().status == 200)
    }
}
