import Core
import Foundation

/// Listening stream sockets for scripted servers: on loopback only, on a port that the kernel chooses.
package enum LoopbackSocket {
    /// A listener on 127.0.0.1 and its port. Throws a ``Fault`` when there is none to be had.
    package static func anyPort() throws(Fault) -> (descriptor: Int32, port: Int) {
        let descriptor = try stream(AF_INET)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) != 0 || listen(descriptor, 128) != 0 || getsockname(descriptor, $0, &length) != 0
            }
        }
        guard !code else { throw failed(descriptor, "127.0.0.1") }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// A listener at a path, which must be free and at most 107 bytes. Throws a ``Fault`` when there is none to be had.
    package static func unix(_ path: String) throws(Fault) -> Int32 {
        let descriptor = try stream(AF_UNIX)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard path.utf8.count < place.count else { return false }
            place.copyBytes(from: path.utf8)
            return true
        }
        let code = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) != 0 || listen(descriptor, 128) != 0
            }
        }
        guard fits, !code else { throw failed(descriptor, path) }
        return descriptor
    }

    private static func stream(_ family: Int32) throws(Fault) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw failed(-1, "a socket") }
        return descriptor
    }

    private static func failed(_ descriptor: Int32, _ object: String) -> Fault {
        let cause = errnoText()
        if descriptor >= 0 { close(descriptor) }
        return Fault("listen on", object, cause: cause, mend: "Run the tests where loopback sockets are allowed.")
    }
}
