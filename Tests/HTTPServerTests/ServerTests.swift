import Core
import Foundation
import TestKit
import Testing

@testable import HTTPServer

@Suite struct ServerTests {
    @Test func `one connection carries many requests`() throws {
        let server = try TestServer()
        let client = try server.client()
        for number in 0..<50 {
            #expect(try client.request("GET", "/echo/\(number)?q=a+%C3%A5").text == "\(number)|a å|127.0.0.1")
        }
        #expect(server.server.connectionCount == 1)
    }

    @Test func `requests written at once are answered in order`() throws {
        let client = try TestServer().client()
        try client.send((0..<20).map { "GET /echo/\($0) HTTP/1.1\r\nHost: x\r\n\r\n" }.joined())
        for number in 0..<20 { #expect(try client.answer().text.hasPrefix("\(number)|")) }
    }

    @Test func `HEAD has the headers of GET and no body`() throws {
        let client = try TestServer().client()
        for path in ["/feed", "/page", "/echo/x", "/missing"] {
            var head = try client.request("HEAD", path)
            var get = try client.request("GET", path)
            #expect(head.body.isEmpty)
            #expect(!get.body.isEmpty)
            head.headers["date"] = nil
            get.headers["date"] = nil
            #expect(head.headers == get.headers)
            #expect(head.status == get.status)
            #expect(head.headers["content-length"] == String(get.body.count))
        }
    }

    @Test func `a client that has the bytes is answered 304`() throws {
        let client = try TestServer().client()
        let first = try client.request("GET", "/feed")
        #expect(first.status == 200)
        let tag = try #require(first.headers["etag"])
        for method in ["GET", "HEAD"] {
            let again = try client.request(method, "/feed", ["If-None-Match: W/\"other\", \(tag)"])
            #expect(again.status == 304)
            #expect(again.headers["etag"] == tag)
            #expect(again.headers["cache-control"] == "max-age=60")
            // The length of the 200 would leave clients on http_parser waiting for it.
            #expect([nil, "0"].contains(again.headers["content-length"]))
            #expect(again.headers["transfer-encoding"] == nil)
        }
        #expect(try client.request("GET", "/feed", ["If-Modified-Since: \(first.headers["last-modified"] ?? "")"]).status == 304)
        #expect(try client.request("GET", "/feed", ["If-Modified-Since: Wed, 01 Jan 1800 00:00:00 GMT"]).body == first.body)
        #expect(try client.request("GET", "/feed", ["If-Modified-Since: Wed, 01 Jan 1800 00:00:00 +0000"]).body == first.body)
    }

    @Test func `a page says what a browser must not do, and a feed is not sniffed`() throws {
        let client = try TestServer().client()
        let page = try client.request("GET", "/page")
        #expect(page.headers["content-security-policy"] == SecurityHeaders.contentSecurityPolicy + "; frame-ancestors 'self'")
        #expect(page.headers["permissions-policy"] == SecurityHeaders.permissionsPolicy)
        #expect(page.headers["strict-transport-security"] == nil)
        #expect(page.headers["referrer-policy"] == "no-referrer")
        let feed = try client.request("GET", "/feed")
        #expect(feed.headers["x-content-type-options"] == "nosniff")
        #expect(feed.headers["content-security-policy"] == nil)
    }

    @Test func `an unknown path is 404, a wrong method 405 with Allow, an unknown method 501`() throws {
        let client = try TestServer().client()
        #expect(try client.request("GET", "/missing").status == 404)
        let refused = try client.request("GET", "/form")
        #expect(refused.status == 405)
        #expect(refused.headers["allow"] == "POST")
        try client.send("POST /feed HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.answer().headers["allow"] == "GET, HEAD")
        #expect(try client.request("DELETE", "/feed").status == 501)
        #expect(try client.request("GET", "/both").text == "read")
    }

    @Test func `a form is read, in one piece or in chunks`() throws {
        let client = try TestServer().client()
        let type = "Host: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        try client.send("POST /form HTTP/1.1\r\n\(type)Content-Length: 12\r\n\r\na=%C3%A6&b=2")
        #expect(try client.answer().text == "æ|12")
        try client.send("POST /form HTTP/1.1\r\n\(type)Content-Length: 6\r\n\r\na=hej!")
        #expect(try client.answer().text == "hej!|6")
    }

    @Test func `it serves on a Unix socket that only the group may use, and takes over a dead one`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/budstikke-\(UUID().uuidString.prefix(8)).sock"
        for _ in 0..<2 {
            let server = try Server(.unix(path)) { _ in .text("ok") }
            #expect(try RawHTTPClient(unixPath: path, server: server).request("GET", "/").text == "ok")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode.map { $0 & 0o007 } == 0)
            #expect(throws: Fault.self) { try Server(.unix(path)) { _ in .text("second") } }
            server.stop()
            #expect(!FileManager.default.fileExists(atPath: path))
            // What a killed server leaves behind.
            let left = try ListeningSocket(.unix(path))
            close(left.descriptor)
            #expect(FileManager.default.fileExists(atPath: path))
        }
        unlink(path)
    }

    @Test func `a taken port is a fault that names it`() throws {
        let server = try TestServer()
        #expect {
            _ = try Server(.ipv4("127.0.0.1", port: server.port)) { _ in .text("") }
        } throws: { error in
            (error as? Fault)?.object == "127.0.0.1:\(server.port)"
        }
    }

    @Test func `stopping answers what has begun and closes the rest`() throws {
        let server = try TestServer()
        let (idle, busy) = (try server.client(), try server.client())
        #expect(try idle.request("GET", "/page").status == 200)
        try busy.send("POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        // The request has begun when the server has asked for the rest of a second one on a third connection.
        let marker = try server.client()
        #expect(try marker.request("GET", "/page").status == 200)
        let stopped = Thread { server.server.stop(within: .seconds(20)) }
        stopped.start()
        try busy.send("cd")
        #expect(try busy.answer().text == "|4")
        #expect(try idle.readToEnd().isEmpty)
        #expect(try busy.readToEnd().isEmpty)
        #expect(throws: Fault.self) { _ = try server.client().request("GET", "/page") }
    }
}
