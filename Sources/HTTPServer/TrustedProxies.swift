import Core

/// Whose `X-Forwarded-For` and `-Proto` are believed. From anybody else they are what a client made up.
package struct TrustedProxies: Hashable, Sendable {
    /// `192.0.2.0/24`, `2001:db8::/32`, one address, or `unix`: whoever may connect to the Unix socket.
    package struct Entry: Hashable, Sendable {
        fileprivate let address: ClientAddress?
        /// In bits of an IPv6 address.
        fileprivate let length: Int

        package init?(_ text: String) {
            if text == "unix" {
                address = nil
                length = 0
                return
            }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, !parts[0].contains("["), let address = ClientAddress(parts[0]) else { return nil }
            let whole = address.isIPv4 ? 32 : 128
            guard let length = parts.count == 1 ? whole : Int(parts[1]), (0...whole).contains(length) else { return nil }
            self.address = address
            self.length = length + 128 - whole
        }
    }

    private let entries: [Entry]

    package init(_ entries: [Entry] = []) { self.entries = entries }

    /// `nil` is the peer on a Unix socket.
    func contains(_ peer: ClientAddress?) -> Bool {
        entries.contains { entry in
            guard let address = entry.address, let peer else { return entry.address == nil && peer == nil }
            return address.shares(entry.length, with: peer)
        }
    }

    /// Who a request comes from: the peer, or, when that one is trusted, the right-most address of `X-Forwarded-For` that is not trusted: what
    /// stands left of it anybody can have written. A part that is no address ends the search at the last one that was.
    func client(_ peer: ClientAddress?, _ headers: Headers) -> ClientAddress? {
        guard !entries.isEmpty, contains(peer), let list = headers["X-Forwarded-For"] else { return peer }
        var client = peer
        for part in list.split(separator: ",").reversed() {
            guard let address = ClientAddress(part.filter { $0 != " " && $0 != "\t" }) else { return client }
            client = address
            if !contains(address) { return client }
        }
        return client
    }

    /// Whether the client speaks TLS with the proxy, as a trusted one says in its own (the last) value.
    func isSecure(_ peer: ClientAddress?, _ headers: Headers) -> Bool {
        guard !entries.isEmpty, contains(peer), let list = headers["X-Forwarded-Proto"], let last = list.split(separator: ",").last
        else { return false }
        return Headers.equal(last.filter { $0 != " " }, "https")
    }
}
