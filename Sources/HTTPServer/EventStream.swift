import CMicroHTTPD
import Synchronization

/// Server-sent events to one client (the HTML standard, section 9.2): what is sent waits in a bounded buffer until the client takes it.
///
/// In: events from any thread. Out: bytes to the library, on the server's thread. On failure (the client is gone, or so far behind that its
/// buffer is full) the stream ends; the browser comes back by itself and is told the present state by whoever opens its next stream.
package final class EventStream: @unchecked Sendable {
    // Unchecked: `connection` and `lastSent` belong to the server's thread; the rest is in `state`.
    private struct State {
        var waiting: [UInt8] = []
        var isClosed = false
        /// Its buffer was full: what follows would have a hole before it.
        var isBehind = false
        /// The library has let go of it: nothing more can be sent.
        var hasEnded = false
        var onEnd: [@Sendable () -> Void] = []
    }

    /// The client's, as ``Request/remoteAddress`` tells it.
    package let remoteAddress: String
    private let limit: Int
    private let wake: @Sendable (EventStream) -> Void
    private let state = Mutex(State())
    /// Where it is suspended, while nothing waits.
    private var suspended: OpaquePointer?
    private let connection: OpaquePointer
    private let record: Connection
    private(set) var lastSent: Int64

    init(
        on connection: OpaquePointer, _ record: Connection, remoteAddress: String, limit: Int, now: Int64,
        wake: @escaping @Sendable (EventStream) -> Void
    ) {
        self.connection = connection
        self.record = record
        self.remoteAddress = remoteAddress
        self.limit = limit
        self.wake = wake
        lastSent = now
    }

    /// Whether events still reach the client, as far as is known.
    package var isOpen: Bool { state.withLock { !$0.isClosed && !$0.hasEnded } }

    /// Sends one event: `data` may have several lines; `event` and `id` have none, a line break in them is left out. Returns false, and
    /// sends nothing, when the stream has ended or the client is too far behind, which ends it.
    @discardableResult
    package func send(_ data: String, event: String? = nil, id: String? = nil) -> Bool {
        append(Self.text(data, event: event, id: id))
    }

    /// Tells the browser how long to wait before it comes back after the stream has ended.
    @discardableResult
    package func sendRetry(_ milliseconds: Int) -> Bool { append("retry: \(milliseconds)\n\n") }

    /// Ends the stream after what is waiting.
    package func close() {
        state.withLock { $0.isClosed = true }
        wake(self)
    }

    /// Runs `action` once, on the server's thread, when nothing can be sent any more; at once when that is so already.
    package func onEnd(_ action: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if !state.hasEnded { state.onEnd.append(action) }
            return state.hasEnded
        }
        if isOver { action() }
    }

    static func text(_ data: String, event: String?, id: String?) -> String {
        func line(_ text: String) -> String { text.filter { !$0.isNewline && $0 != "\0" } }
        var text = ""
        if let id { text += "id: \(line(id))\n" }
        if let event { text += "event: \(line(event))\n" }
        for part in data.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }) {
            text += "data: \(part)\n"
        }
        return text + "\n"
    }

    private func append(_ text: String) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, !state.hasEnded else { return false }
            guard state.waiting.count + text.utf8.count <= limit else {
                state.isClosed = true
                state.isBehind = true
                state.waiting = []
                return false
            }
            state.waiting += Array(text.utf8)
            return true
        }
        wake(self)
        return isTaken
    }

    // MARK: On the server's thread

    /// A comment, when nothing was sent since `pause` milliseconds ago: proxies, and the loop, find out whether the other end lives.
    func keepAlive(now: Int64, pause: Int64) {
        guard now - lastSent >= pause else { return }
        lastSent = now
        _ = append(":\n\n")
    }

    /// What waits, as much as there is room for. Nothing: the connection sleeps until ``resume()``. Closed: the end.
    func read(into room: UnsafeMutableRawBufferPointer) -> Int {
        let (count, isOver) = state.withLock { state in
            let piece = state.waiting.prefix(room.count)
            room.copyBytes(from: piece)
            state.waiting.removeFirst(piece.count)
            return (piece.count, state.isClosed)
        }
        if count > 0 { return count }
        if isOver { return budstikke_http_stream_end }
        MHD_suspend_connection(connection)
        suspended = connection
        return 0
    }

    /// Lets the library ask again. A client that is behind may never take what the library holds for it, so its connection is cut.
    func resume() {
        let isBehind = state.withLock { state in
            defer { state.isBehind = false }
            return state.isBehind && !state.hasEnded
        }
        if isBehind { record.cut() }
        guard let connection = suspended else { return }
        suspended = nil
        MHD_resume_connection(connection)
    }

    /// The library is done with the answer, whole or broken off.
    func ended() {
        let actions = state.withLock { state in
            defer {
                state.hasEnded = true
                state.waiting = []
                state.onEnd = []
            }
            return state.onEnd
        }
        for action in actions { action() }
    }
}
