import CMicroHTTPD
import Core
import Foundation
import Synchronization

/// The event streams of one server: how many there are, which have something to send, and whose client has hung up.
final class OpenStreams: @unchecked Sendable {
    // Unchecked: all but `ready` is touched by the loop's thread alone.
    /// An epoll descriptor that is readable when a client has hung up.
    let watch: Int32
    private let limits: Limits
    private let waker: Waker
    private var open: [ObjectIdentifier: EventStream] = [:]
    private var perAddress: [String: Int] = [:]
    /// Those that were fed or closed since the loop last looked.
    private let ready = Mutex<[EventStream]>([])

    init(limits: Limits, waker: Waker) throws(Fault) {
        watch = budstikke_http_watch_create()
        guard watch >= 0 else {
            throw Fault("open", "an epoll descriptor", cause: errnoText(), mend: "Raise the limit of open files.")
        }
        self.limits = limits
        self.waker = waker
    }

    deinit { close(watch) }

    /// Answers with a stream, or 503 when there are too many. False when the library refuses.
    func open(
        _ opening: Response.Opening, _ response: Response, to exchange: Exchange, on connection: OpaquePointer, _ record: Connection?,
        now: Int64, _ policy: SecurityPolicy
    ) -> Bool {
        guard let record else { return false }
        let address = exchange.client
        guard open.count < limits.streams, perAddress[address, default: 0] < limits.streamsPerAddress else {
            return PreparedResponse(.refusal(503, headers: ["Retry-After": "30"]), policy)?.queue(on: connection) ?? false
        }
        let stream = EventStream(on: connection, record, remoteAddress: address, limit: limits.streamBuffer, now: now) {
            [weak self] in self?.add($0)
        }
        guard let prepared = PreparedResponse(status: response.status, headers: policy.applied(to: response.headers), stream: stream),
            prepared.queue(on: connection)
        else { return false }
        guard exchange.method != .head else { return true }
        record.stream = stream
        record.enter(.streaming, now: now)
        open[ObjectIdentifier(stream)] = stream
        perAddress[address, default: 0] += 1
        _ = budstikke_http_watch(watch, record.socket)
        opening(stream)
        return true
    }

    func ended(on record: Connection) {
        guard let stream = record.stream else { return }
        record.stream = nil
        open[ObjectIdentifier(stream)] = nil
        if let count = perAddress[stream.remoteAddress] { perAddress[stream.remoteAddress] = count > 1 ? count - 1 : nil }
        budstikke_http_unwatch(watch, record.socket)
        stream.ended()
    }

    func keepAlive(now: Int64) {
        for stream in open.values { stream.keepAlive(now: now, pause: limits.streamPause.milliseconds) }
    }

    func resumeReady() {
        let fed = ready.withLock { ready in
            defer { ready = [] }
            return ready
        }
        for stream in fed { stream.resume() }
    }

    func endAll() {
        for stream in open.values { stream.close() }
    }

    /// The socket of a client that has hung up since the last call, if there is one.
    func nextGone() -> Int32? {
        let socket = budstikke_http_next_gone(watch)
        return socket < 0 ? nil : socket
    }

    /// From any thread.
    private func add(_ stream: EventStream) {
        ready.withLock { $0.append(stream) }
        waker.wake()
    }
}
