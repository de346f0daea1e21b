import Core
import Foundation
import TestKit
import Testing

@testable import Curl

@Suite struct HTTPRequestTests {
    private func request(_ server: ScriptedHTTPServer, _ method: HTTPRequest.Method = .get, body: [UInt8]? = nil) throws -> HTTPRequest {
        var request = HTTPRequest(method, try HTTPAddress(server.url + "/krog?nøgle=hemmelig"), body: body)
        request.reach = .anywhere
        return request
    }

    @Test func sendsWhatItWasGiven() throws {
        let server = try ScriptedHTTPServer([.status(202, headers: [("X-A", " b "), ("X-A", "c")], body: Array("svar".utf8))])
        defer { server.stop() }
        let body: [UInt8] = [0, 1, 255, 10]
        var post = try request(server, .post, body: body)
        post.headers = [try #require(HTTPHeader("X-Tom", "")), try #require(HTTPHeader("Content-Type", "application/json"))]
        let answer = try post.send()
        #expect(answer.status == 202 && answer.body == Array("svar".utf8) && !answer.isCut)
        #expect(answer.headers.filter { $0.name == "x-a" }.map(\.value) == ["b", "c"])
        let seen = try #require(server.requests(count: 1).first)
        #expect(seen.method == "POST" && seen.body == body && seen.target == "/krog?nøgle=hemmelig")
        #expect(seen.header("user-agent") == "Budstikke")
        #expect(seen.header("x-tom") == "" && seen.header("content-type") == "application/json" && seen.header("expect") == nil)
    }

    @Test(arguments: HTTPRequest.Method.allCases)
    func everyMethodWithAndWithoutABody(_ method: HTTPRequest.Method) throws {
        let server = try ScriptedHTTPServer([.status(200)])
        defer { server.stop() }
        #expect(try request(server, method).send().status == 200)
        let bare = try #require(server.requests(count: 1).first)
        #expect(bare.method == method.rawValue && bare.body.isEmpty && bare.header("content-type") == nil)
        guard method != .head, method != .get else { return }
        #expect(try request(server, method, body: [65]).send().status == 200)
        #expect(server.requests(count: 2).last?.method == method.rawValue)
        #expect(server.requests(count: 2).last?.body == [65])
        #expect(try request(server, method, body: []).send().status == 200)
        #expect(server.requests(count: 3).last?.header("content-length") == "0")
    }

    /// FAULTS 16: never followed.
    @Test(arguments: [301, 302, 303, 307, 308])
    func aRedirectIsAnAnswer(_ status: Int) throws {
        let other = try ScriptedHTTPServer([.status(200)])
        let server = try ScriptedHTTPServer([.status(status, headers: [("Location", other.url + "/")])])
        defer {
            server.stop()
            other.stop()
        }
        #expect(try request(server, .post, body: [65]).send().status == status)
        #expect(other.connections == 0)
    }

    @Test func aLoopbackPeerIsRefusedBeforeAConnection() throws {
        let server = try ScriptedHTTPServer([.status(200)])
        defer { server.stop() }
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "127.1", "0x7f000001", "2130706433"] {
            let inward = HTTPRequest(.get, try HTTPAddress("http://\(host):\(server.port)/hemmelig"))
            let fault = #expect(throws: Fault.self) { try inward.send() }
            #expect(fault?.cause.contains("is not a public one") == true, "\(host): \(String(describing: fault))")
            #expect(fault.map { "\($0)".contains("hemmelig") } == false)
        }
        #expect(server.connections == 0)
    }

    @Test func aSlowDripEndsAtTheTimeLimit() throws {
        let server = try ScriptedHTTPServer([.drip(), .silence])
        defer { server.stop() }
        for _ in 0..<2 {
            var slow = try request(server, .post, body: Array("hemmelig".utf8))
            slow.timeLimit = .milliseconds(300)
            let fault = #expect(throws: Fault.self) { try slow.send() }
            #expect(fault?.cause == "it did not answer in time")
            #expect(fault.map { "\($0)".contains("hemmelig") } == false)
        }
    }

    @Test func aConnectionClosedWithoutAnAnswerMayHaveCarriedTheRequest() throws {
        let server = try ScriptedHTTPServer([.close])
        let post = try request(server, .post, body: [UInt8](repeating: 65, count: 15_000))
        let fault = #expect(throws: Fault.self) { try post.send() }
        #expect(fault?.cause.contains("closed the connection") == true)
        guard case .unanswered = try post.attempt() else {
            Issue.record("the request went out")
            return
        }
        #expect(server.requests(count: 2).count == 2)
        server.stop()
        // A name that no resolver may know (RFC 6761, section 6.4).
        var unheard = post
        unheard.address = try HTTPAddress("http://budstikke.invalid/")
        guard case .unsent = try unheard.attempt() else {
            Issue.record("nothing can have gone out")
            return
        }
    }

    @Test func theAnswerIsBounded() throws {
        let server = try ScriptedHTTPServer([.status(200, body: [UInt8](repeating: 65, count: 100_000))])
        defer { server.stop() }
        var bounded = try request(server)
        bounded.responseLimit = 99_999
        let fault = #expect(throws: Fault.self) { try bounded.send() }
        #expect(fault?.cause == "its answer is longer than 99999 bytes")
        bounded.longResponse = .isCut
        let cut = try bounded.send()
        #expect(cut.status == 200 && cut.isCut && cut.body.count == 99_999)
        bounded.responseLimit = 100_000
        let whole = try bounded.send()
        #expect(!whole.isCut && whole.body.count == 100_000)
    }

    @Test func endlessHeadersAndOtherProtocolsAreFaults() throws {
        let line = Array("X-A: \(String(repeating: "x", count: 1000))\r\n".utf8)
        let many = Array("HTTP/1.1 200 OK\r\n".utf8) + Array(repeatElement(line, count: 100).joined())
        let server = try ScriptedHTTPServer([.raw(many), .raw(Array("220 mail.example ESMTP\r\n".utf8)), .raw([0, 1, 2])])
        defer { server.stop() }
        let get = try request(server)
        for _ in 0..<3 { #expect(throws: Fault.self) { try get.send() } }
    }

    @Test func overAUnixSocket() throws {
        let path = NSTemporaryDirectory() + "/budstikke-\(UInt64.random(in: 0 ... .max)).sock"
        let server = try ScriptedHTTPServer([.status(200, body: [79, 75])], unixSocket: path)
        defer {
            server.stop()
            unlink(path)
        }
        var get = HTTPRequest(.get, try HTTPAddress("http://budstikke/status"))
        get.reach = .unixSocket(path)
        #expect(try get.send().body == [79, 75])
        #expect(server.requests(count: 1).first?.target == "/status")
        get.reach = .unixSocket(path + ".missing")
        let fault = #expect(throws: Fault.self) { try get.send() }
        #expect(fault?.object == path + ".missing")
    }
}
