import Core
import Foundation
import Synchronization
import TestKit
import Testing

@testable import HTTPServer

@Suite struct EventStreamTests {
    /// A server with one stream, and every stream that was opened.
    struct StreamServer {
        let server: Server
        let topic = EventTopic()
        let ended = Counter()

        init(_ limits: Limits = Limits()) throws {
            var router = Router()
            let (topic, ended) = (topic, ended)
            router.get("/events") { _ in
                .eventStream { stream in
                    stream.onEnd { ended.add() }
                    stream.sendRetry(2_000)
                    stream.send("hello", event: "greeting", id: "1")
                    topic.add(stream)
                }
            }
            router.get("/page") { _ in .html("<p>Side") }
            server = try Server(.ipv4("127.0.0.1", port: 0), limits: limits, handler: router.response)
        }

        func client() throws -> RawHTTPClient {
            guard case .ipv4(_, let port) = server.address else { throw Fault("find", "the port", cause: "none", mend: "") }
            return try RawHTTPClient(port: port, server: server)
        }

        func listening() throws -> RawHTTPClient {
            let client = try client()
            try client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try client.read(until: "data: hello\n\n")
            return client
        }
    }

    final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    @Test func `a stream begins at once and carries events from any thread`() throws {
        let house = try StreamServer()
        let client = try house.client()
        try client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try client.read(until: "data: hello\n\n")
        #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.contains("Content-Type: text/event-stream\r\n"))
        #expect(head.contains("Cache-Control: no-store\r\n"))
        #expect(head.contains("retry: 2000\n\n"))
        #expect(head.contains("id: 1\nevent: greeting\ndata: hello\n\n"))
        #expect(eventually { house.topic.count == 1 })
        for number in 0..<100 {
            house.topic.send("line \(number)\nand more", event: "change")
            #expect(try client.read(until: "\n\n").hasSuffix("event: change\ndata: line \(number)\ndata: and more\n\n"))
        }
        // Others are served meanwhile.
        #expect(try house.client().request("GET", "/page").status == 200)
    }

    @Test func `many streams get the same event and others are served`() throws {
        let house = try StreamServer()
        let clients = try (0..<200).map { _ in try house.listening() }
        #expect(eventually { house.topic.count == 200 })
        for number in 0..<20 {
            house.topic.send("\(number)")
            for client in clients { #expect(try client.read(until: "\n\n").hasSuffix("data: \(number)\n\n")) }
        }
        #expect(try house.client().request("GET", "/page").status == 200)
    }

    @Test func `a client that hangs up is noticed though nothing is sent`() throws {
        let house = try StreamServer()
        var client: RawHTTPClient? = try house.listening()
        #expect(eventually { house.topic.count == 1 })
        #expect(client != nil)
        client = nil
        #expect(eventually { house.topic.count == 0 && house.ended.count == 1 && house.server.connectionCount == 0 })
    }

    @Test func `a client that does not read is cut off, and its memory with it`() throws {
        var limits = Limits()
        limits.streamBuffer = 4_096
        let house = try StreamServer(limits)
        let client = try house.listening()
        #expect(eventually { house.topic.count == 1 })
        let piece = String(repeating: "x", count: 1_000)
        #expect(
            eventually(every: .milliseconds(1)) {
                for _ in 0..<100 { house.topic.send(piece) }
                return house.ended.count == 1 || house.topic.count == 0
            })
        #expect(try client.readToEnd().count < 16 << 20)
    }

    @Test func `a silent stream carries comments`() throws {
        var limits = Limits()
        limits.streamPause = .milliseconds(50)
        let client = try StreamServer(limits).listening()
        for _ in 0..<3 { #expect(try client.read(until: ":\n\n").hasSuffix(":\n\n")) }
    }

    @Test func `no more streams are opened than permitted, and one that ended makes room`() throws {
        var limits = Limits()
        limits.streamsPerAddress = 2
        let house = try StreamServer(limits)
        var clients = [try house.listening(), try house.listening()]
        let refused = try house.client().request("GET", "/events")
        #expect(refused.status == 503)
        #expect(refused.headers["retry-after"] != nil)
        clients.removeLast()
        #expect(eventually { house.ended.count == 1 })
        clients.append(try house.listening())
        #expect(clients.count == 2)
    }

    @Test func `HEAD has the headers alone, and HTTP 1_0 is served until the close`() throws {
        let house = try StreamServer()
        let head = try house.client().request("HEAD", "/events")
        #expect(head.status == 200)
        #expect(head.headers["content-type"] == "text/event-stream")
        #expect(house.topic.count == 0)
        let old = try house.client()
        try old.send("GET /events HTTP/1.0\r\nHost: x\r\n\r\n")
        #expect(try !old.read(until: "data: hello\n\n").contains("chunked"))
    }

    @Test func `the server's stop ends every stream properly`() throws {
        let house = try StreamServer()
        let clients = try (0..<20).map { _ in try house.listening() }
        #expect(eventually { house.topic.count == 20 })
        house.server.stop(within: .seconds(20))
        #expect(house.ended.count == 20)
        for client in clients { #expect(String(decoding: try client.readToEnd(), as: UTF8.self).hasSuffix("0\r\n\r\n")) }
    }

    @Test func `a stream that its sender closes ends after what waits, and the connection goes on`() throws {
        var router = Router()
        router.get("/events") { _ in
            .eventStream { stream in
                stream.send("last")
                stream.close()
                #expect(!stream.send("never"))
            }
        }
        router.get("/page") { _ in .html("<p>Side") }
        let server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
        guard case .ipv4(_, let port) = server.address else { return }
        let client = try RawHTTPClient(port: port, server: server)
        try client.send("GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try client.read(until: "0\r\n\r\n").contains("data: last\n\n"))
        #expect(try client.request("GET", "/page").status == 200)
    }

    @Test func `an event's name cannot break out of its line`() {
        #expect(
            EventStream.text("a\r\nb\rc\n", event: "x\ndata: y", id: "1\r\n2")
                == "id: 12\nevent: xdata: y\ndata: a\ndata: b\ndata: c\ndata: \n\n")
    }
}
