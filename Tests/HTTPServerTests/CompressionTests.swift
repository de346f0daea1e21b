import Core
import Testing

@testable import HTTPServer

@Suite struct CompressionTests {
    @Test func `who asks for gzip gets it with a tag of its own, and nobody else`() throws {
        let client = try TestServer().client()
        let plain = try client.request("GET", "/feed")
        let packed = try client.request("GET", "/feed", ["Accept-Encoding: br, gzip;q=0.8"])
        #expect(plain.headers["content-encoding"] == nil)
        #expect(plain.body == TestServer.resource.bytes.array)
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.body.prefix(2) == [0x1F, 0x8B])
        #expect(packed.body.count < plain.body.count / 4)
        #expect(plain.headers["vary"] == "Accept-Encoding" && packed.headers["vary"] == "Accept-Encoding")
        let (plainTag, packedTag) = (try #require(plain.headers["etag"]), try #require(packed.headers["etag"]))
        #expect(plainTag != packedTag)
        #expect(try client.request("GET", "/feed", ["If-None-Match: \(plainTag)"]).status == 304)
        #expect(try client.request("GET", "/feed", ["Accept-Encoding: gzip", "If-None-Match: \(packedTag)"]).status == 304)
        #expect(try client.request("GET", "/feed", ["Accept-Encoding: gzip", "If-None-Match: \(plainTag)"]).status == 200)
        let head = try client.request("HEAD", "/feed", ["Accept-Encoding: gzip"])
        #expect(head.headers["content-length"] == String(packed.body.count))
        #expect(head.headers["etag"] == packedTag)
    }

    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("*", true), ("br;q=1, gzip ; q=0.1", true), ("gzip;q=0", false), ("gzip;q=0.000, *", false),
        ("identity", false), ("", false), ("br", false), ("*;q=0", false),
    ])
    func `the field is read as RFC 9110 says`(field: String, isAccepted: Bool) { #expect(Gzip.isAccepted(field) == isAccepted) }

    @Test func `pictures and short texts stay as they are`() {
        #expect(!Gzip.isWorthwhile(Bytes([UInt8](repeating: 0, count: 9_000)), contentType: "image/png"))
        #expect(!Gzip.isWorthwhile(Bytes("kort"), contentType: "text/plain"))
    }
}
