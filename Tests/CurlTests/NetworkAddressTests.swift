import Testing

@testable import Curl

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.255.255", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "2001:db8::1", "::127.0.0.1", "2001::1",
    ])
    func notPublic(_ text: String) throws { #expect(try #require(NetworkAddress(text)).isPublic == false) }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "172.15.255.255", "172.32.0.1", "192.167.1.1", "100.63.255.255", "100.128.0.1", "223.255.255.255",
        "2606:4700::1111", "2a00:1450:400f::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::",
    ])
    func isPublic(_ text: String) throws { #expect(try #require(NetworkAddress(text)).isPublic) }

    @Test(arguments: ["", "localhost", "1.2.3", "127.1", "0x7f.1", "::g"])
    func aNameIsNoAddress(_ text: String) { #expect(NetworkAddress(text) == nil) }

    @Test(arguments: ["192.0.2.7", "2001:db8::7"])
    func showsItselfAsItIsWritten(_ text: String) throws { #expect(try #require(NetworkAddress(text)).description == text) }
}
