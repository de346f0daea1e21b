import Core
import Foundation
import TestKit
import Testing

@testable import HTTPServer

@Suite struct HostileClientTests {
    @Test(arguments: [
        "Content-Length: 4\r\nContent-Length: 4\r\n",
        "Content-Length: 4\r\nContent-Length: 40\r\n",
        "Content-Length: 4, 4\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 0x4\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length : 4\r\n",
    ])
    func `a message whose end is in doubt is refused and its connection closed`(framing: String) throws {
        let client = try TestServer().client()
        try client.send("POST /form HTTP/1.1\r\nHost: x\r\n\(framing)\r\n0\r\n\r\nGET /echo/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
        let all = String(decoding: try client.readToEnd(), as: UTF8.self)
        #expect(all.hasPrefix("HTTP/1.1 4") || all.isEmpty)
        #expect(!all.contains("smuggled"))
        // To what it refuses by itself, libmicrohttpd 0.9.75 writes the head of its answer twice.
        #expect(all.components(separatedBy: "HTTP/1.1 ").dropFirst().allSatisfy { $0.hasPrefix("4") })
    }

    @Test(arguments: [
        "GET /feed HTTP/1.1\nHost: x\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\nX: y\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\rX: y\r\n\r\n",
        "GET /feed HTTP/1.1\r\nX: y\nHost: x\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\r\nX: y\r\n folded\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\r\nX: y\r\n\tContent-Length: 5\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\r\nX: y\r\n \r\nY: z\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\r\nX: y\0z\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\r\nX : y\r\n\r\n",
        "GET /feed HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET /feed HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET /feed HTTP/1.1\r\n\r\n",
    ])
    func `lines that another reader could take for others are refused and the connection closed`(request: String) throws {
        var limits = Limits()
        // After a bare CR the library waits for more: the deadline closes.
        limits.header = .milliseconds(300)
        let client = try TestServer(limits).client()
        try client.send(request)
        client.finishSending()
        let answer = String(decoding: try client.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400") || answer.isEmpty, "\(answer.prefix(200))")
    }

    @Test func `what clients really write is taken`() throws {
        let client = try TestServer().client()
        try client.send(
            "GET /feed HTTP/1.1\r\nHost: x\r\nEmpty:\r\nTight:y\r\nWide: \t y\r\nTrailing: y \r\nColons: a:b: c\r\nNone: \r\n\r\n")
        #expect(try client.answer().status == 200)
    }

    @Test(arguments: [
        "3\r\nabc\r\n0\r\n\r\n", "3\nabc\n0\n\n", "3\nabc\r\n0\r\n\r\n", "zz\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFF\r\nabc\r\n", "3\r\nabcdef\r\n0\r\n\r\n", "\r\n\r\n",
    ])
    func `chunks, good or bad, are refused and the connection closed`(chunks: String) throws {
        let client = try TestServer().client()
        try client.send(
            "POST /form HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)GET /echo/smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = String(decoding: try client.readToEnd(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 411"), "\(answer.prefix(200))")
        #expect(!answer.contains("smuggled"))
    }

    @Test func `headers, body and the whole request have deadlines, however often a byte comes`() throws {
        var limits = Limits()
        limits.header = .milliseconds(200)
        limits.bodyTime = .milliseconds(200)
        let server = try TestServer(limits)
        for start in ["GET /feed HTTP/1.1\r\nX: ", "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"] {
            let client = try server.client()
            try client.send(start)
            #expect(eventually(within: .seconds(50), every: .milliseconds(10)) { (try? client.send("x")) == nil })
        }
        #expect(try server.client().request("GET", "/feed").status == 200)
    }

    /// Raises this process's own soft limit as a side effect: the clients are in it too.
    private static let canOpenMany = {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        return files.rlim_max > 11_000
    }()

    @Test func `the whole request has a deadline, which an answer that is not read runs into`() throws {
        var limits = Limits()
        limits.request = .milliseconds(300)
        let server = try TestServer(limits)
        let client = try server.client()
        try client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(eventually { server.server.connectionCount == 1 })
        // Sooner than the time-out of inactivity.
        #expect(eventually(within: .seconds(25)) { server.server.connectionCount == 0 })
        #expect(try client.readToEnd().count < 32 << 20)
        #expect(try server.client().request("GET", "/feed").status == 200)
    }

    @Test(arguments: [
        "", "GET /feed HTTP/1.1\r\nHost: x\r\n\r\n", "GET /feed HTTP/1.1\r\nHo",
        "POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na=b",
    ])
    func `a client that will send no more does not keep its connection`(sent: String) throws {
        let server = try TestServer()
        let client = try server.client()
        try client.send(sent)
        client.finishSending()
        #expect(eventually(within: .seconds(25)) { server.server.connectionCount == 0 })
        #expect(try client.readToEnd().count > 20_000 || !sent.hasSuffix("\r\n\r\n"))
    }

    @Test(.enabled(if: canOpenMany, "needs a hard limit of 11,000 open files"))
    func `with 5,000 slow connections open a feed is answered beside them, in bounded memory`() throws {
        let server = try TestServer()
        let before = residentKilobytes()
        let slow = try (0..<5_000).map { number in
            let client = try server.client(source: "127.0.1.\(1 + number / 500)")
            try client.send("GET /feed HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            return client
        }
        #expect(eventually { server.server.connectionCount == 5_000 })
        #expect(try server.client().request("GET", "/feed").body.count == 20_000)
        // It did not wait until they were cut off.
        #expect(server.server.connectionCount >= 5_000)
        // Client and server are one process here, so this bounds both.
        let grown = residentKilobytes() - before
        print("5,000 slow connections: \(grown / 1_024) MB more")
        #expect(grown < 150 * 1_024)
        #expect(slow.count == 5_000)
    }

    private func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    @Test(arguments: [
        "/echo/%00", "/echo/a%00b", "/echo/a\0b", "/echo/a\0?x", "/echo/..", "/../etc/passwd", "/echo/%2e%2e", "/echo/%2E./x",
        "/echo/a%0d%0aX:y", "/echo/%ff", "/echo/%",
        "/echo/%zz", "/echo/a%5Cb", "*", "echo",
    ])
    func `a path with a NUL, dots or broken encoding is refused`(path: String) throws {
        let client = try TestServer().client()
        #expect(try client.request("GET", path).status == 400)
    }

    @Test func `an absolute target is the path within it`() throws {
        let client = try TestServer().client()
        #expect(try client.request("GET", "http://localhost/echo/x").text.hasPrefix("x|"))
    }

    @Test func `a body over the limit is 413, announced or not`() throws {
        var limits = Limits()
        limits.body = 10_000
        let server = try TestServer(limits)
        let announced = try server.client()
        try announced.send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        #expect(try announced.answer().status == 413)
        #expect(try announced.readToEnd().isEmpty)
        let little = try server.client()
        try little.send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 10001\r\n\r\n" + String(repeating: "x", count: 10_001))
        #expect(try little.answer().status == 413)
        let exact = try server.client()
        try exact.send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n" + String(repeating: "x", count: 10_000))
        #expect(try exact.answer().text == "|10000")
    }

    @Test func `headers beyond their memory are refused and others are served`() throws {
        let server = try TestServer()
        let client = try server.client()
        // The server may answer and close before all of it is sent.
        try? client.send("GET /feed HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n")
        let answer = String(decoding: try client.readToEnd().prefix(12), as: UTF8.self)
        #expect(["HTTP/1.1 431", "HTTP/1.1 414", "HTTP/1.1 413", ""].contains(answer))
        let many = try server.client()
        try? many.send("GET /feed HTTP/1.1\r\nHost: x\r\n" + (0..<10_000).map { "X-\($0): y\r\n" }.joined() + "\r\n")
        #expect(!String(decoding: try many.readToEnd().prefix(12), as: UTF8.self).hasPrefix("HTTP/1.1 200"))
        #expect(try server.client().request("GET", "/feed").status == 200)
    }

    @Test func `slow clients do not keep others waiting, and their time is limited`() throws {
        var limits = Limits()
        limits.header = .milliseconds(300)
        let server = try TestServer(limits)
        let slow = try (0..<100).map { _ in try server.client() }
        for client in slow { try client.send("GET /feed HTTP/1.1\r\nHo") }
        let quick = try server.client()
        for _ in 0..<20 { #expect(try quick.request("GET", "/feed").body.count == 20_000) }
        for client in slow { _ = try client.readToEnd() }
        #expect(try server.client().request("GET", "/feed").status == 200)
    }

    @Test func `one address may not take all connections`() throws {
        var limits = Limits()
        limits.connectionsPerAddress = 8
        let server = try TestServer(limits)
        let greedy = try (0..<8).map { _ in try server.client() }
        for client in greedy { #expect(try client.request("GET", "/page").status == 200) }
        let ninth = try server.client()
        #expect(throws: Fault.self) { _ = try ninth.request("GET", "/page") }
        #expect(try server.client(source: "127.0.0.2").request("GET", "/page").status == 200)
    }

    @Test func `a thousand requests at once are all answered whole`() async throws {
        let server = try TestServer()
        let whole = try await withThrowingTaskGroup(of: Int.self) { group in
            for lane in 0..<20 {
                group.addTask {
                    let clients = try (0..<10).map { _ in try server.client() }
                    var whole = 0
                    for _ in 0..<5 {
                        for client in clients { try client.send("GET /feed HTTP/1.1\r\nHost: \(lane)\r\n\r\n") }
                        for client in clients { if try client.answer().body == TestServer.resource.bytes.array { whole += 1 } }
                    }
                    return whole
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(whole == 1_000)
    }
}
