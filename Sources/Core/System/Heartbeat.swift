import Synchronization

/// A thread's sign of life: it says by when it will say so again, and the watchdog asks whether that time has passed.
///
/// ```swift
/// while kick.wait(until: step(), clock: clock) { heartbeat.beat(within: .seconds(90)) }
/// ```
package final class Heartbeat: Sendable {
    // The machine's own time without its sleep: a suspended machine has not stalled.
    private let due = Mutex<SuspendingClock.Instant?>(nil)

    package init() {}

    /// The thread is alive and will beat again within a time; until the first beat nothing is expected.
    package func beat(within span: Span, now: SuspendingClock.Instant = .now) {
        due.withLock { $0 = now + .milliseconds(span.milliseconds) }
    }

    /// The thread ends or begins something that may take any time: nothing is expected until the next beat.
    package func rest() { due.withLock { $0 = nil } }

    package func isOverdue(now: SuspendingClock.Instant = .now) -> Bool { due.withLock { $0.map { $0 < now } ?? false } }
}
