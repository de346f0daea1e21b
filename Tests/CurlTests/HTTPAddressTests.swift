import Core
import Testing

@testable import Curl

@Suite struct HTTPAddressTests {
    @Test func showsItsOriginOnly() throws {
        let address = try HTTPAddress("https://kjukken.koege.example:8443/hook/hemmelig?code=hemmelig")
        #expect("\(address)" == "https://kjukken.koege.example:8443")
        #expect(address.isSecure && address.host == "kjukken.koege.example")
        #expect(try HTTPAddress("HTTP://a.example").origin == "http://a.example")
    }

    @Test(arguments: [
        "", "kjukken", "/hook", "ftp://a.example/", "file:///etc/passwd", "smtp://a.example", "javascript:alert(1)", "http://",
        "https://bruger:hemmelig@a.example/", "https://hemmelig@a.example/", "https://a.example/x y", "https://a.example/\r\nX: y",
        "https://a.example/\0",
    ])
    func refuses(_ text: String) {
        let fault = #expect(throws: Fault.self) { try HTTPAddress(text) }
        #expect(fault.map { "\($0)".contains("hemmelig") } == false)
    }

    @Test func aHeaderCannotBreakOutOfItsLine() {
        #expect(HTTPHeader("X-A", "b") != nil)
        #expect(HTTPHeader("X-A", "") != nil)
        for (name, value) in [("", "x"), ("X A", "x"), ("X:", "x"), ("Å", "x"), ("X", "a\r\nB: c"), ("X", "a\0"), ("X\n", "a")] {
            #expect(HTTPHeader(name, value) == nil)
        }
    }
}
