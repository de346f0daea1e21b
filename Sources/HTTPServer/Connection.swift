import CMicroHTTPD
import Core
import Foundation

/// What the event loop remembers of one TCP or Unix connection, to hold it to our own deadlines.
final class Connection {
    enum Phase {
        /// Waiting for a whole request, since the connection's start or the end of the former answer.
        case receiving
        case answering
        /// An event stream is open: it has no end of its own, so no deadline.
        case streaming
    }

    let socket: Int32
    let remoteAddress: String
    private(set) var phase = Phase.receiving
    /// Open on this connection now.
    var stream: EventStream?
    /// When the phase began, in milliseconds of the loop's own clock.
    private var since: Int64

    init(_ connection: OpaquePointer, now: Int64) {
        socket = budstikke_http_connection_socket(connection)
        remoteAddress = Self.text(budstikke_http_client(connection))
        since = now
    }

    func enter(_ phase: Phase, now: Int64) {
        self.phase = phase
        since = now
    }

    func isOverdue(_ limits: Limits, now: Int64) -> Bool {
        switch phase {
        case .receiving: now - since > limits.receiving.milliseconds
        case .answering: now - since > limits.answering.milliseconds
        case .streaming: false
        }
    }

    /// Both directions at once: the library sees the end of the stream and closes the connection in its own order.
    func cut() { shutdown(socket, Int32(SHUT_RDWR)) }

    /// The numeric address; empty for a Unix socket.
    private static func text(_ address: UnsafePointer<sockaddr>?) -> String {
        guard let address else { return "" }
        let family = Int32(address.pointee.sa_family)
        let size: Int
        switch family {
        case AF_INET: size = MemoryLayout<sockaddr_in>.size
        case AF_INET6: size = MemoryLayout<sockaddr_in6>.size
        default: return ""
        }
        var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        guard getnameinfo(address, socklen_t(size), &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0 else { return "" }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    }
}
