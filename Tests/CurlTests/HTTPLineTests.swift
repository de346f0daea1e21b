import Core
import HTTPServer
import Synchronization
import TestKit
import Testing

@testable import Curl

@Suite struct HTTPLineTests {
    /// What one request was told, the next is not.
    @Test func requestsOverOneLineAreStrangersToEachOther() throws {
        let log = Seen()
        let server = try Server(.ipv4("127.0.0.1", port: 0)) { request in
            log.requests.withLock { $0.append(request) }
            return .text("ok")
        }
        defer { server.stop() }
        let line = HTTPLine()
        let address = try HTTPAddress(server.address.url + "/a")
        for _ in 0..<2 {
            var post = HTTPRequest(.post, address, headers: [try #require(HTTPHeader("X-Own", "1"))], body: Array("body".utf8))
            post.reach = .anywhere
            guard case .answered(let first) = try post.attempt(over: line) else {
                Issue.record("no answer")
                return
            }
            var get = HTTPRequest(.get, address)
            get.reach = .anywhere
            guard case .answered(let second) = try get.attempt(over: line) else {
                Issue.record("no answer")
                return
            }
            #expect(first.status == 200 && second.status == 200 && second.body == Array("ok".utf8))
        }
        let requests = log.requests.withLock { $0 }
        #expect(requests.map(\.method) == [.post, .get, .post, .get])
        #expect(requests.map { $0.headers["X-Own"] } == ["1", nil, "1", nil])
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["body", "", "body", ""])
        // A stricter reach gets no open connection of a laxer one.
        let strict = HTTPRequest(.get, address)
        guard case .unsent = try strict.attempt(over: line) else {
            Issue.record("a loopback address was reached")
            return
        }
    }

    private final class Seen: Sendable { let requests = Mutex<[HTTPServer.Request]>([]) }
}
