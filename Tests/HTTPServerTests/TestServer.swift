import Core
import TestKit

@testable import HTTPServer

/// A server on a free port of loopback with a few routes, and clients for it.
struct TestServer {
    let server: Server
    static let resource = Resource(
        Bytes(String(repeating: "nyt ", count: 5_000)), contentType: "application/rss+xml; charset=utf-8", digest: "abc123",
        lastModified: Instant(seconds: 1_764_572_400), cacheControl: "max-age=60")

    /// More than the sockets between two processes take up.
    private static let large = Resource(
        Bytes([UInt8](repeating: 0, count: 32 << 20)), contentType: "image/png", digest: "def456",
        lastModified: Instant(seconds: 1_764_572_400), cacheControl: CacheControl.immutable)

    init(_ limits: Limits = Limits(), options: ServerOptions = ServerOptions()) throws {
        var router = Router()
        router.get("/feed") { Self.resource.response(to: $0) }
        router.get("/large") { Self.large.response(to: $0) }
        router.get("/page") { _ in .html("<p>Side") }
        router.get("/events") { _ in .eventStream { $0.send("hello") } }
        router.get("/who") { .text("\($0.remoteAddress) \($0.isSecure)") }
        router.get("/echo/{name}") { .text("\($0.captures["name"] ?? "")|\($0.query("q") ?? "")|\($0.remoteAddress)") }
        router.post("/form") { .text("\($0.formValue("a") ?? "")|\($0.body.count)") }
        router.get("/both") { _ in .text("read") }
        router.post("/both") { _ in .text("written") }
        server = try Server(.ipv4("127.0.0.1", port: 0), limits: limits, options: options, handler: router.response)
    }

    var port: UInt16 {
        guard case .ipv4(_, let port) = server.address else { return 0 }
        return port
    }

    func client(source: String = "127.0.0.1") throws -> RawHTTPClient { try RawHTTPClient(port: port, source: source, server: server) }
}
