import Foundation

/// The address of a peer, as numbers: 4 bytes for IPv4, 16 for IPv6.
package struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// Reads a numeric address, `127.0.0.1` or `::1`; `nil` for a name.
    package init?(_ text: String) {
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: six) { Array($0) }
        } else {
            return nil
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The address in a socket address of the given family; `nil` for another family or too few bytes.
    init?(family: Int32, socketAddress: UnsafeRawBufferPointer) {
        let place: (offset: Int?, length: Int)
        switch family {
        case AF_INET: place = (MemoryLayout<sockaddr_in>.offset(of: \.sin_addr), 4)
        case AF_INET6: place = (MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr), 16)
        default: return nil
        }
        guard let offset = place.offset, socketAddress.count >= offset + place.length else { return nil }
        bytes = Array(socketAddress[offset..<(offset + place.length)])
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether the address is one of the public Internet: none of IANA's special-purpose registries (RFC 6890), which name this
    /// machine, this network, documentation and test nets. An IPv6 address that carries an IPv4 one is judged by that.
    package var isPublic: Bool {
        if let inner = embedded { return inner.isPublic }
        return !(bytes.count == 4 ? Self.special4 : Self.special6).contains(self)
    }

    /// The IPv4 address in an IPv4-mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`, RFC 6052) or 6to4 (`2002::/16`) address:
    /// each reaches that IPv4 host, so each would be a way round the rule.
    private var embedded: NetworkAddress? {
        if Self.mapped.contains(self) || Self.nat64.contains(self) { return NetworkAddress(bytes: Array(bytes[12...])) }
        if Self.sixToFour.contains(self) { return NetworkAddress(bytes: Array(bytes[2..<6])) }
        return nil
    }

    fileprivate struct Block {
        let prefix: [UInt8]
        let length: Int

        init?(_ text: String) {
            let parts = text.split(separator: "/")
            guard parts.count == 2, let address = NetworkAddress(String(parts[0])), let length = Int(parts[1]) else { return nil }
            (prefix, self.length) = (address.bytes, length)
        }

        func contains(_ address: NetworkAddress) -> Bool {
            address.bytes.count == prefix.count
                && (0..<length).allSatisfy { bit in
                    (address.bytes[bit / 8] ^ prefix[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
                }
        }
    }

    private static func blocks(_ texts: String...) -> [Block] { texts.compactMap { Block($0) } }

    private static let mapped = blocks("::ffff:0:0/96")
    private static let nat64 = blocks("64:ff9b::/96")
    private static let sixToFour = blocks("2002::/16")
    private static let special4 = blocks(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
        "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4")
    private static let special6 = blocks(
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10",
        "fec0::/10", "ff00::/8")
}

extension [NetworkAddress.Block] {
    fileprivate func contains(_ address: NetworkAddress) -> Bool { contains { $0.contains(address) } }
}
