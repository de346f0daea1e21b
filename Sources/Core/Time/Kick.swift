import Foundation

/// Where a stage sleeps: until an instant, or until somebody kicks it. A kick that comes while nobody sleeps is kept.
///
/// The wait is on a condition variable; it wakes at least once a second to read the injected clock when that one is not
/// the system's, and otherwise exactly when due.
package final class Kick: @unchecked Sendable {
    // Unchecked: `kicked` and `stopped` are touched only while `condition` is locked.
    private let condition = NSCondition()
    private var kicked = false
    private var stopped = false

    package init() {}

    package func kick() {
        condition.withLock {
            kicked = true
            condition.broadcast()
        }
    }

    /// Ends the present wait and every later one at once.
    package func stop() {
        condition.withLock {
            stopped = true
            condition.broadcast()
        }
    }

    /// After a pass that began at `start`: sleeps until `span` after that, and for as long as the pass took (a second at most), so that a
    /// crowd of changes is dealt with together and takes half of a processor at most. Kicks are kept for the next wait; a stop ends it.
    package func gather(_ span: Span, since start: ContinuousClock.Instant) {
        let taken = Int64((ContinuousClock.now - start) / .milliseconds(1))
        let rest = max(span.milliseconds - taken, min(taken, 1_000))
        guard rest > 0 else { return }
        let end = Date(timeIntervalSinceNow: Double(rest) / 1000)
        condition.withLock { while !stopped, condition.wait(until: end) {} }
    }

    /// Whether a kick waits for the next wait.
    package var isKicked: Bool { condition.withLock { kicked } }

    package var isStopped: Bool { condition.withLock { stopped } }

    /// Sleeps until `due` (for ever when `nil`), a kick or a stop. Returns false when stopped.
    @discardableResult
    package func wait(until due: Instant?, clock: any WallClock, atMost limit: Span = .seconds(60)) -> Bool {
        condition.withLock {
            while !kicked && !stopped {
                let now = clock.now()
                if let due, due <= now { break }
                let pause = min(due.map { $0 - now } ?? limit, limit)
                if !condition.wait(until: Date(timeIntervalSinceNow: Double(max(1, pause.milliseconds)) / 1000)) { break }
            }
            kicked = false
            return !stopped
        }
    }
}
