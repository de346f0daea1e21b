import Core

/// Where a server listens: `127.0.0.1:8080`, `[::1]:8080`, `:8080` (every IPv4 and IPv6 address), a port of 0 for any free one, or
/// `unix:/run/budstikke/web.sock`.
package enum ListenAddress: Hashable, Sendable, CustomStringConvertible {
    case ipv4(String, port: UInt16)
    case ipv6(String, port: UInt16)
    case any(port: UInt16)
    /// Mode 0660: the proxy's group may connect, nobody else.
    case unix(String)

    package init?(_ text: String) {
        if text.hasPrefix("unix:/") {
            self = .unix(String(text.dropFirst(5)))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
        let host = text[..<colon]
        if host.isEmpty {
            self = .any(port: port)
        } else if host.hasPrefix("["), host.hasSuffix("]") {
            self = .ipv6(String(host.dropFirst().dropLast()), port: port)
        } else if !host.contains(":") {
            self = .ipv4(host == "localhost" ? "127.0.0.1" : String(host), port: port)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .ipv4(let host, let port): "\(host):\(port)"
        case .ipv6(let host, let port): "[\(host)]:\(port)"
        case .any(let port): ":\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
