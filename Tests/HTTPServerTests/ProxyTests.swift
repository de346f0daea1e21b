import Core
import Foundation
import TestKit
import Testing

@testable import HTTPServer

@Suite struct ProxyTests {
    private func trusting(_ entries: String...) -> TrustedProxies { TrustedProxies(entries.compactMap(TrustedProxies.Entry.init)) }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7"), ("198.51.100.1, 203.0.113.7", "203.0.113.7"), ("203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("evil, 203.0.113.7", "203.0.113.7"), ("203.0.113.7, unknown", "10.0.0.1"), ("203.0.113.7, unknown, 10.0.0.9", "10.0.0.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"), ("203.0.113.7:80", "203.0.113.7"), ("10.0.0.9", "10.0.0.9"), ("", "10.0.0.1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ])
    func `the right-most address that is not trusted is the client`(field: String, client: String) {
        let proxies = trusting("10.0.0.0/8")
        #expect(proxies.client(ClientAddress("10.0.0.1"), ["X-Forwarded-For": field])?.text == client)
        #expect(proxies.client(ClientAddress("192.0.2.1"), ["X-Forwarded-For": field])?.text == "192.0.2.1")
    }

    @Test func `networks are compared by their bits, and unix is the peer without an address`() {
        #expect(trusting("192.0.2.128/25").contains(ClientAddress("192.0.2.129")))
        #expect(!trusting("192.0.2.128/25").contains(ClientAddress("192.0.2.1")))
        #expect(trusting("2001:db8::/32").contains(ClientAddress("2001:db8:1::2")))
        #expect(!trusting("2001:db8::/32").contains(ClientAddress("2001:db9::2")))
        #expect(trusting("0.0.0.0/0").contains(ClientAddress("192.0.2.1")))
        #expect(!trusting("0.0.0.0/0").contains(ClientAddress("2001:db8::1")))
        #expect(trusting("unix").contains(nil))
        #expect(!trusting("10.0.0.0/8").contains(nil))
        for wrong in ["", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129"] { #expect(TrustedProxies.Entry(wrong) == nil) }
    }

    @Test func `a request through a trusted proxy is its client's, any other its sender's`() throws {
        var options = ServerOptions()
        options.trustedProxies = trusting("127.0.0.2")
        let server = try TestServer(options: options)
        let fields = ["X-Forwarded-For: 1.1.1.1, 203.0.113.7", "X-Forwarded-Proto: https"]
        #expect(try server.client(source: "127.0.0.2").request("GET", "/who", fields).text == "203.0.113.7 true")
        #expect(try server.client().request("GET", "/who", fields).text == "127.0.0.1 false")
    }

    @Test func `a trusted proxy may have more connections than one address`() throws {
        var options = ServerOptions()
        options.trustedProxies = trusting("127.0.0.2")
        var limits = Limits()
        limits.connectionsPerAddress = 2
        let server = try TestServer(limits, options: options)
        let clients = try (0..<8).map { _ in try server.client(source: "127.0.0.2") }
        for client in clients { #expect(try client.request("GET", "/page").status == 200) }
    }

    @Test func `only listed origins may frame a page`() throws {
        var options = ServerOptions()
        options.frameAncestors = ["https://intranet.koege.example"]
        let policy = try TestServer(options: options).client().request("GET", "/page").headers["content-security-policy"]
        #expect(policy?.hasSuffix("frame-ancestors 'self' https://intranet.koege.example") == true)
        #expect(policy?.contains("script") == false)
    }
}
