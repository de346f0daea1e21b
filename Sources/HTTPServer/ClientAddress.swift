import CMicroHTTPD
import Foundation

/// The address of a peer without its port: IPv6, or IPv4 within it as `::ffff:a.b.c.d`, so that one person is one key on either kind of socket.
struct ClientAddress: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    private static let mapped: UInt64 = 0xFFFF_0000_0000

    private init(_ bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    private init(ipv4 address: in_addr) {
        high = 0
        low = Self.mapped | UInt64(UInt32(bigEndian: address.s_addr))
    }

    /// `nil` for a Unix socket's peer, which has none.
    init?(_ address: UnsafePointer<sockaddr>?) {
        guard let address else { return nil }
        switch Int32(address.pointee.sa_family) {
        case AF_INET: self.init(ipv4: UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr)
        case AF_INET6:
            let raw = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in6.self).sin6_addr
            self = withUnsafeBytes(of: raw) { ClientAddress($0) }
        default: return nil
        }
    }

    /// Reads `192.0.2.1`, `2001:db8::1` and, as some proxies write them, `[2001:db8::1]`, `192.0.2.1:4711` and `[2001:db8::1]:4711`.
    init?(_ text: some StringProtocol) {
        var host = String(text)
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            host = String(host[host.index(after: host.startIndex)..<end])
        } else if host.contains("."), let colon = host.firstIndex(of: ":"), !host.hasPrefix(":") {
            host = host.lowercased().hasPrefix("::ffff:") ? host : String(host[..<colon])
        }
        var old = in_addr()
        var new = in6_addr()
        if inet_pton(AF_INET, host, &old) == 1 {
            self.init(ipv4: old)
        } else if inet_pton(AF_INET6, host, &new) == 1 {
            self = withUnsafeBytes(of: new) { ClientAddress($0) }
        } else {
            return nil
        }
    }

    var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// As people write it.
    var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isIPv4 {
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: low).bigEndian)
            inet_ntop(AF_INET, &address, &buffer, socklen_t(buffer.count))
        } else {
            var address = (high.bigEndian, low.bigEndian)
            inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count))
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether the first `length` bits of both are equal.
    func shares(_ length: Int, with other: ClientAddress) -> Bool {
        func mask(_ bits: Int) -> UInt64 { bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits)) }
        return (high ^ other.high) & mask(length) == 0 && (low ^ other.low) & mask(length - 64) == 0
    }
}
