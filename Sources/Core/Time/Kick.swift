import Foundation

/// Where a stage sleeps: until an instant, or until somebody kicks it. A kick that comes while nobody sleeps is kept.
///
/// The wait is on a condition variable, for as long as the clock lets it sleep and a minute at most: a system's clock can be set too.
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

    /// Sleeps until `due` (for ever when `nil`), a kick or a stop, and for `limit` of real time at most. Returns false when stopped.
    @discardableResult
    package func wait(until due: Instant?, clock: any WallClock, atMost limit: Span = .seconds(60)) -> Bool {
        condition.withLock {
            let end = Date(timeIntervalSinceNow: Double(limit.milliseconds) / 1000)
            while !kicked && !stopped && Date() < end {
                guard let due else {
                    _ = condition.wait(until: end)
                    continue
                }
                let left = due - clock.now()
                guard left.milliseconds > 0 else { break }
                let pause = max(1, clock.sleep(towards: left).milliseconds)
                _ = condition.wait(until: min(end, Date(timeIntervalSinceNow: Double(pause) / 1000)))
            }
            kicked = false
            return !stopped
        }
    }
}
