import Core
import Synchronization

/// A clock that stands until the test moves it; kicks those who wait for it.
package final class ManualClock: WallClock {
    private let state: Mutex<(now: Instant, kicks: [Kick])>

    package init(_ now: Instant = Instant(seconds: 1_795_000_000)) { state = Mutex((now, [])) }

    package func now() -> Instant { state.withLock { $0.now } }

    package func advance(by span: Span) { set(now() + span) }

    package func set(_ now: Instant) {
        let kicks = state.withLock {
            $0.now = now
            return $0.kicks
        }
        for kick in kicks { kick.kick() }
    }

    /// Kicks a sleeping stage whenever the clock is moved.
    package func wakes(_ kick: Kick) { state.withLock { $0.kicks.append(kick) } }
}
