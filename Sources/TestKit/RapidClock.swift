import Core
import Foundation
import Synchronization

/// A clock that goes faster than the real one, at a pace that can be changed while it goes: a year in an hour.
package final class RapidClock: WallClock {
    private struct State {
        var start: Instant
        var real = ContinuousClock.now
        var pace = 1.0

        var now: Instant { start + .milliseconds(Int64((ContinuousClock.now - real) / .milliseconds(1) * pace)) }
    }

    private let state: Mutex<State>

    package init(_ start: Instant) { state = Mutex(State(start: start)) }

    package func now() -> Instant { state.withLock { $0.now } }

    /// Seconds of this clock in a real one, from now on.
    package func set(pace: Double) { state.withLock { $0 = State(start: $0.now, pace: pace) } }

    package func sleep(towards span: Span) -> Span {
        let pace = state.withLock { $0.pace }
        return min(.milliseconds(Int64(Double(span.milliseconds) / pace)), .seconds(1))
    }
}
