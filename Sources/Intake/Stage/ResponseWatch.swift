import Core
import Foundation

/// Tells when a pass does not go on. A share that hangs blocks whoever touches it, without an error and without an end; so this is a
/// thread of its own, which touches the ledger and nothing else.
final class ResponseWatch: Sendable {
    private let heartbeat = Heartbeat()
    private let limit: Span
    private let pause = Kick()
    private let running = DispatchGroup()

    init(limit: Span) { self.limit = limit }

    /// Calls `tell` from now on, several times within the limit: whether a pass has given no sign of life for longer than that.
    func start(_ tell: @escaping @Sendable (_ isOverdue: Bool) -> Void) {
        let tick = Span.milliseconds(max(200, limit.milliseconds / 4))
        running.enter()
        let thread = Thread { [self] in
            while pause.wait(until: nil, clock: SystemClock(), atMost: tick) { tell(heartbeat.isOverdue()) }
            running.leave()
        }
        thread.name = "intake watch"
        thread.stackSize = 512 << 10
        thread.start()
    }

    func stop() {
        pause.stop()
        running.wait()
    }

    /// A file or a folder is done, or begun.
    func beat() { heartbeat.beat(within: limit) }

    /// The pass has ended.
    func rest() { heartbeat.rest() }
}
