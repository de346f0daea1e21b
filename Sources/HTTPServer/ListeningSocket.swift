import Core
import Foundation

/// A bound and listening socket, closed in child processes, not yet in anybody's event loop.
struct ListeningSocket {
    let descriptor: Int32
    /// The address as bound, with the port that was chosen.
    let address: ListenAddress
    /// Whether it is another's, who removes a Unix socket's file.
    let isInherited: Bool

    /// How many connections may wait to be accepted.
    private static let backlog: Int32 = 1_024

    /// Throws a ``Fault`` that names the address when it cannot be bound.
    init(_ wanted: ListenAddress) throws(Fault) {
        isInherited = false
        switch wanted {
        case .unix(let path):
            descriptor = try Self.bindUnix(path)
            address = wanted
        case .ipv4(let host, let port):
            var raw = sockaddr_in()
            raw.sin_family = sa_family_t(AF_INET)
            raw.sin_port = port.bigEndian
            guard inet_pton(AF_INET, host, &raw.sin_addr) == 1 else { throw Self.fault(wanted, "it is not an IPv4 address") }
            descriptor = try Self.bindInternet(AF_INET, raw, wanted)
            address = .ipv4(host, port: Self.port(descriptor))
        case .ipv6(let host, let port):
            descriptor = try Self.bindIPv6(host, port, wanted, dual: false)
            address = .ipv6(host, port: Self.port(descriptor))
        case .any(let port):
            descriptor = try Self.bindIPv6("::", port, wanted, dual: true)
            address = .any(port: Self.port(descriptor))
        }
        guard listen(descriptor, Self.backlog) == 0 else {
            let cause = errnoText()
            close(descriptor)
            throw Self.fault(wanted, cause)
        }
    }

    /// A socket that already listens, such as one that systemd passed. Throws a ``Fault`` when it is none.
    init(inherited descriptor: Int32) throws(Fault) {
        var (isListening, size): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let named = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard named == 0, getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0, isListening != 0 else {
            throw Fault(
                "listen on", "the passed socket \(descriptor)", cause: "it is no listening stream socket",
                mend: "Write ListenStream= into the .socket unit.")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        self.descriptor = descriptor
        isInherited = true
        address = Self.address(&storage, length, descriptor)
    }

    private init(descriptor: Int32, address: ListenAddress, isInherited: Bool) {
        self.descriptor = descriptor
        self.address = address
        self.isInherited = isInherited
    }

    /// The same socket under another number, for a second server.
    func duplicate() throws(Fault) -> ListeningSocket {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw Self.fault(address, errnoText()) }
        return ListeningSocket(descriptor: copy, address: address, isInherited: isInherited)
    }

    private static func address(_ storage: inout sockaddr_storage, _ length: socklen_t, _ descriptor: Int32) -> ListenAddress {
        withUnsafePointer(to: &storage) { pointer in
            let raw = UnsafeRawPointer(pointer)
            if Int32(pointer.pointee.ss_family) == AF_UNIX {
                let path = UnsafeRawBufferPointer(start: raw, count: Int(length)).dropFirst(MemoryLayout<sa_family_t>.size)
                return .unix(String(decoding: path.prefix { $0 != 0 }, as: UTF8.self))
            }
            let host = raw.withMemoryRebound(to: sockaddr.self, capacity: 1) { ClientAddress($0)?.text ?? "" }
            if host.contains(".") { return .ipv4(host, port: port(descriptor)) }
            return host == "::" ? .any(port: port(descriptor)) : .ipv6(host, port: port(descriptor))
        }
    }

    private static func open(_ family: Int32, _ wanted: ListenAddress) throws(Fault) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw fault(wanted, errnoText()) }
        return descriptor
    }

    private static func bindIPv6(_ host: String, _ port: UInt16, _ wanted: ListenAddress, dual: Bool) throws(Fault) -> Int32 {
        var raw = sockaddr_in6()
        raw.sin6_family = sa_family_t(AF_INET6)
        raw.sin6_port = port.bigEndian
        guard inet_pton(AF_INET6, host, &raw.sin6_addr) == 1 else { throw fault(wanted, "it is not an IPv6 address") }
        return try bindInternet(AF_INET6, raw, wanted, onlyIPv6: !dual)
    }

    private static func bindInternet<Raw>(_ family: Int32, _ raw: Raw, _ wanted: ListenAddress, onlyIPv6: Bool = false) throws(Fault)
        -> Int32
    {
        let descriptor = try open(family, wanted)
        set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
        if family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, onlyIPv6 ? 1 : 0) }
        guard bind(descriptor, to: raw) == 0 else {
            let cause = errnoText()
            close(descriptor)
            throw fault(wanted, cause)
        }
        return descriptor
    }

    /// A socket file that nobody listens on any more is a crash's remains and is replaced; one that answers is another server's.
    private static func bindUnix(_ path: String) throws(Fault) -> Int32 {
        let wanted = ListenAddress.unix(path)
        var raw = sockaddr_un()
        raw.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: raw.sun_path) else { throw fault(wanted, "the path is longer than 107 bytes") }
        withUnsafeMutableBytes(of: &raw.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = try open(AF_UNIX, wanted)
        // On Linux the file takes the descriptor's mode at bind: no moment in which it is open to all.
        fchmod(descriptor, 0o660)
        if bind(descriptor, to: raw) == 0 { return descriptor }
        var cause = errnoText()
        if errno == EADDRINUSE {
            if isDeadSocket(path, raw) {
                unlink(path)
                if bind(descriptor, to: raw) == 0 { return descriptor }
                cause = errnoText()
            }
        }
        close(descriptor)
        throw fault(wanted, cause)
    }

    private static func isDeadSocket(_ path: String, _ raw: sockaddr_un) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        let refused = withSocketAddress(raw) { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
        return refused
    }

    private static func bind<Raw>(_ descriptor: Int32, to raw: Raw) -> Int32 {
        withSocketAddress(raw) { Foundation.bind(descriptor, $0, $1) }
    }

    private static func withSocketAddress<Raw, Result>(_ raw: Raw, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Raw>.size)) }
        }
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    private static func port(_ descriptor: Int32) -> UInt16 {
        var raw = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        _ = withUnsafeMutablePointer(to: &raw) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        // The port stands at the same place in both families.
        return UInt16(bigEndian: raw.sin6_port)
    }

    private static func fault(_ address: ListenAddress, _ cause: String) -> Fault {
        Fault(
            "listen on", address.description, cause: cause,
            mend: "Choose a free address of this machine in [Web] Listen=, or stop the other server.")
    }
}
