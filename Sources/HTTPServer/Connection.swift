import CMicroHTTPD
import Core
import Foundation

/// What the event loop remembers of one TCP or Unix connection, to hold it to our own deadlines.
final class Connection {
    enum Phase {
        /// Waiting for a request's headers, since the connection's start or the end of the former answer.
        case header
        /// The headers are in, the body is not.
        case body
        case answering
        /// An event stream is open: it has no end of its own, so no deadline.
        case streaming
    }

    let socket: Int32
    /// `nil` on a Unix socket.
    let peer: ClientAddress?
    /// The same as people write it, empty on a Unix socket; written once, and handed on with every request.
    let peerText: String
    private(set) var phase = Phase.header
    /// Open on this connection now.
    var stream: EventStream?
    /// Its present request was permitted a large body.
    var isLarge = false
    /// When the phase began, and the request with it, in milliseconds of the loop's own clock.
    private var since: Int64
    private var requestSince: Int64

    init(_ connection: OpaquePointer, now: Int64) {
        socket = budstikke_http_connection_socket(connection)
        peer = ClientAddress(budstikke_http_client(connection))
        peerText = peer?.text ?? ""
        since = now
        requestSince = now
    }

    func enter(_ phase: Phase, now: Int64) {
        self.phase = phase
        since = now
        guard phase == .header else { return }
        requestSince = now
        isLarge = false
    }

    func isOverdue(_ limits: Limits, now: Int64) -> Bool {
        switch phase {
        case .header: now - since > limits.header.milliseconds
        case .body: now - since > (isLarge ? limits.largeBodyTime : limits.bodyTime).milliseconds
        case .answering: now - requestSince > limits.request.milliseconds
        case .streaming: false
        }
    }

    /// Whether the client has sent all it will ever send while a request is waited for. The library, told of data and the end in one event, reads
    /// the data and never hears of the end again; one look a second finds those that it forgot.
    func isForsaken(now: Int64) -> Bool {
        guard phase == .header || phase == .body, now - since >= 1_000 else { return false }
        var byte: UInt8 = 0
        return recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    /// Both directions at once: the library sees the end of the stream and closes the connection in its own order.
    func cut() { shutdown(socket, Int32(SHUT_RDWR)) }
}
