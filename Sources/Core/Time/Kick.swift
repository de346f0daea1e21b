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
