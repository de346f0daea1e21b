import Foundation

/// Sends datagrams to a Unix socket, named anew for each: the other side may be made anew meanwhile.
package final class UnixDatagrams: Sendable {
    private let descriptor: Int32
    private let address: [UInt8]

    /// `address` is a path, or an abstract name with the NUL that begins it (unix(7)). `nil` when it is too long or no descriptor is left.
    package init?(to address: [UInt8]) {
        guard address.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        self.address = address
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Whether the other side has taken it whole; `errno` tells why not.
    package func send(_ bytes: [UInt8]) -> Bool {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: address) }
        // The length counts: an abstract name's rest would be part of it.
        let length = (MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2) + address.count
        return withUnsafePointer(to: name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                var count = 0
                repeat {
                    count = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), name, socklen_t(length))
                } while count < 0 && errno == EINTR
                return count == bytes.count
            }
        }
    }
}
