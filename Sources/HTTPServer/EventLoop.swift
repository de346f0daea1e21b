import CMicroHTTPD
import Core
import Foundation
import Synchronization

/// The one thread of a server: it waits on the library's epoll descriptor and lets the library run.
///
/// In: a listening socket and a handler. Out: answers. On failure: a connection that breaks, drips or sends what cannot be trusted is
/// closed and nothing else is touched; the thread itself ends only when told to.
///
/// libmicrohttpd 0.9.75's own epoll thread is not used: it stalls for seconds when 128, 256, 384… connections are ready at once.
final class EventLoop: @unchecked Sendable {
    // Unchecked: but for the counter, `drain` and `streams`, everything is touched by the loop's thread alone once it runs.
    let limits: Limits
    let options: ServerOptions
    let handler: Router.Handler
    let connectionCount = Atomic<Int>(0)
    let heartbeat = Heartbeat()

    /// Milliseconds of a monotonic clock, read once a turn: exact enough for deadlines of seconds.
    private(set) var now: Int64 = EventLoop.monotonic()
    private var connections: [Int32: Connection] = [:]
    private var perAddress: [ClientAddress: Int] = [:]
    private var active = 0
    private var largeBodies = 0
    private var lastSweep: Int64 = 0
    private let listening: Int32
    private let waker: Waker
    private let drain = Mutex<Int64?>(nil)
    private let streams: OpenStreams
    private let policy: SecurityPolicy

    init(listening: Int32, limits: Limits, options: ServerOptions, handler: @escaping Router.Handler) throws(Fault) {
        self.listening = listening
        self.limits = limits
        self.options = options
        policy = SecurityPolicy(frameAncestors: options.frameAncestors, isTLS: options.certificate != nil)
        self.handler = handler
        waker = try Waker()
        streams = try OpenStreams(limits: limits, waker: waker)
    }

    /// From any thread: no more connections are accepted, and the loop ends when all begun requests are answered or time is up.
    func finish(within span: Span) {
        drain.withLock { $0 = min($0 ?? .max, Self.monotonic() + span.milliseconds) }
        waker.wake()
    }

    /// Runs until ``finish(within:)``; then stops the daemon, which closes its connections and the listening socket.
    func run(_ daemon: OpaquePointer) {
        var polled = [budstikke_http_epoll(daemon), waker.descriptor, streams.watch].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        var isAccepting = true
        while true {
            streams.resumeReady()
            MHD_run(daemon)
            now = Self.monotonic()
            if let deadline = drain.withLock({ $0 }) {
                if isAccepting {
                    budstikke_http_stop_accepting(daemon, listening)
                    streams.endAll()
                }
                isAccepting = false
                if active == 0 || now >= deadline { break }
            }
            sweep()
            let timeout = budstikke_http_timeout(daemon)
            let pause = Int32(min(timeout < 0 ? Self.sweepInterval : timeout, isAccepting ? Self.sweepInterval : 50))
            // After a signal, what a former call wrote would stand.
            for index in polled.indices { polled[index].revents = 0 }
            poll(&polled, nfds_t(polled.count), pause)
            if polled[1].revents != 0 { waker.rest() }
            if polled[2].revents != 0 { dropTheGone() }
        }
        heartbeat.rest()
        // The library must not be stopped with a connection suspended.
        streams.endAll()
        streams.resumeReady()
        MHD_stop_daemon(daemon)
    }

    /// Clients of streams that have hung up, which the library does not see while there is nothing to send.
    private func dropTheGone() {
        while let socket = streams.nextGone() {
            guard let connection = connections[socket], let stream = connection.stream else { continue }
            stream.close()
            connection.cut()
        }
    }

    // MARK: What the callbacks report

    /// An address has a share of the connections; a trusted proxy has all of them, since it is many people.
    func admits(_ peer: ClientAddress?) -> Bool {
        guard let peer, !options.trustedProxies.contains(peer) else { return true }
        return perAddress[peer, default: 0] < limits.connectionsPerAddress
    }

    /// Hands an answer to the library.
    func answer(_ response: Response, to exchange: Exchange, on connection: OpaquePointer, _ record: Connection?) -> MHD_Result {
        let isTaken: Bool
        if let opening = response.opening {
            isTaken = streams.open(opening, response, to: exchange, on: connection, record, now: now, policy)
        } else {
            let prepared = response.shelf.map { $0.prepared(response, policy) } ?? PreparedResponse(response, policy)
            isTaken = prepared?.queue(on: connection) ?? false
        }
        return isTaken ? budstikke_http_yes : budstikke_http_no
    }

    func opened(_ connection: Connection) {
        if let peer = connection.peer { perAddress[peer, default: 0] += 1 }
        connections[connection.socket] = connection
        connectionCount.add(1, ordering: .relaxed)
    }

    func closed(_ connection: Connection) {
        streams.ended(on: connection)
        guard connections.removeValue(forKey: connection.socket) != nil else { return }
        connectionCount.subtract(1, ordering: .relaxed)
        guard let peer = connection.peer, let count = perAddress[peer] else { return }
        perAddress[peer] = count > 1 ? count - 1 : nil
    }

    func exchangeBegan() { active += 1 }

    /// Whether a request whose headers are in may send a large body; counts it when so.
    func permitsLarge(_ exchange: Exchange, from connection: Connection?) -> Bool {
        guard largeBodies < limits.largeBodies,
            let request = exchange.request(from: connection, options.trustedProxies, isTLS: options.certificate != nil),
            options.permitsLargeBody(request)
        else { return false }
        largeBodies += 1
        return true
    }

    func exchangeEnded(_ connection: Connection?, wasLarge: Bool) {
        active -= 1
        if wasLarge { largeBodies -= 1 }
        guard let connection else { return }
        streams.ended(on: connection)
        connection.enter(.header, now: now)
    }

    // MARK: Deadlines

    private static let sweepInterval: Int64 = 1_000
    /// A turn that takes longer has stalled; a handler takes milliseconds.
    private static let stall = Span.minutes(2)

    private func sweep() {
        guard
            now - lastSweep
                >= min(
                    Self.sweepInterval, limits.header.milliseconds, limits.bodyTime.milliseconds, limits.request.milliseconds,
                    limits.streamPause.milliseconds)
        else { return }
        lastSweep = now
        heartbeat.beat(within: Self.stall)
        for connection in connections.values where connection.isOverdue(limits, now: now) || connection.isForsaken(now: now) {
            connection.cut()
        }
        streams.keepAlive(now: now)
    }

    private static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
