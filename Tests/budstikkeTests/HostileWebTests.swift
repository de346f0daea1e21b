import Core
import Foundation
import TestKit
import Testing

/// FAULTS 32 on the real daemon: hostile clients, with a feed that is answered meanwhile and bounded memory.
@Suite struct HostileWebTests {
    private static let slowConnections = 5_000
    /// For the clients, which are in this process: its own soft limit is raised.
    private static let canOpenMany = {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        return files.rlim_max > 11_000
    }()

    private func feedIsAnswered(_ daemon: Daemon) throws {
        let answer = try RawHTTPClient(port: UInt16(try daemon.port), source: "127.0.2.1").request("GET", "/feeds/infoskaerm.rss")
        #expect(answer.status == 200 && answer.text.contains("</rss>"))
    }

    /// In KiB.
    private func residentMemory(_ daemon: Daemon) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(daemon.process.identifier)/status", encoding: .utf8)) ?? ""
        return status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }.flatMap { Int($0.filter(\.isNumber)) } ?? .max
    }

    @Test(.enabled(if: canOpenMany, "needs a hard limit of 11,000 open files"))
    func slowClientsByTheThousandKeepNobodyWaiting() throws {
        let daemon = try Daemon(try Installation())
        let port = UInt16(try daemon.port)
        let slow = try (0..<Self.slowConnections).map { number in
            let client = try RawHTTPClient(port: port, source: "127.0.1.\(1 + number / 500)")
            try client.send("GET /feeds/infoskaerm.rss HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            return client
        }
        // Taken, not waiting to be: one more byte is read by the daemon, and nobody has been refused.
        for client in slow { try client.send("x") }
        for _ in 0..<5 { try feedIsAnswered(daemon) }
        // Answered beside them: the one whose time is up first is not cut off yet.
        try slow[0].send("\r\n\r\n")
        #expect(try slow[0].answer().status == 200)
        let memory = residentMemory(daemon)
        print("the daemon with 5,000 slow connections: \(memory / 1_024) MB")
        #expect(memory < 150 * 1_024)
        #expect(daemon.terminate() == 0)
        #expect(slow.count == Self.slowConnections)
    }

    @Test func whatCannotBeTrustedIsRefusedAndTheFeedStands() throws {
        let daemon = try Daemon(try Installation())
        let port = UInt16(try daemon.port)
        let smuggled = "GET /feeds/infoskaerm.rss?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        let start = "POST /u/x HTTP/1.1\r\nHost: x\r\n"
        let shapes = [
            "GET / HTTP/1.1\r\nHost: x\r\nX: " + String(repeating: "x", count: 1 << 20) + "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n" + (0..<10_000).map { "X-\($0): y\r\n" }.joined() + "\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" + smuggled,
            start + "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" + smuggled,
            start + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nabc\r\n" + smuggled,
            start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
            start + "Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd" + smuggled,
        ]
        for _ in 0..<20 {
            for shape in shapes {
                let client = try RawHTTPClient(port: port)
                // The daemon may answer and close before all of it is sent.
                try? client.send(shape)
                let answer = String(decoding: try client.readToEnd(), as: UTF8.self)
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(shape.prefix(200)) → \(answer.prefix(200))")
                #expect(!answer.contains("<rss"))
            }
            try feedIsAnswered(daemon)
        }
        #expect(residentMemory(daemon) < 150 * 1_024)
        #expect(daemon.terminate() == 0)
    }
}
