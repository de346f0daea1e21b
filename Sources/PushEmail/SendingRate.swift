import Core
import Synchronization

/// At most so many mails a minute over all lanes of a relay: a token bucket, the time being given to it.
package final class SendingRate: Sendable {
    private struct State {
        /// In parts of a mail: 60,000 are one, so that a millisecond adds whole parts at any rate.
        var parts: Int64
        var filled: Instant
    }

    private static let whole: Int64 = 60_000

    private let perMinute: Int64
    private let capacity: Int64
    private let state: Mutex<State>

    /// `perMinute` is at least 1. A tenth of a second's mails may go at once; the refill is that much slower, so that no minute
    /// has more than `perMinute`.
    package init(perMinute: Int, at now: Instant) {
        let burst = max(1, Int64(perMinute) / 600)
        capacity = burst * Self.whole
        self.perMinute = max(1, Int64(perMinute) - (burst - 1))
        state = Mutex(State(parts: capacity, filled: now))
    }

    /// Takes the right to send one mail; `nil` when it is taken, else the instant when there will be one.
    package func take(at now: Instant) -> Instant? {
        state.withLock { state in
            // A clock that was set back refills nothing, and does not stop the sending until it has caught up.
            let elapsed = max(0, (now - state.filled).milliseconds)
            state.parts = min(capacity, state.parts + min(elapsed, Self.whole) * perMinute)
            state.filled = now
            guard state.parts < Self.whole else {
                state.parts -= Self.whole
                return nil
            }
            return now + .milliseconds((Self.whole - state.parts + perMinute - 1) / perMinute)
        }
    }
}
