import Core
import Synchronization

/// At most so many mails a second, minute, hour and day over all lanes of a way out, the time being given to it.
///
/// Seconds and minutes are token buckets, which spread the mails; hours and days are counts over the time that has passed, which
/// a restart begins with what the ledger has counted. No second, minute, hour or day has more than its number.
package final class SendingRate: Sendable {
    private struct State {
        var buckets: [TokenBucket]
        var windows: [SlidingCount]
    }

    private let state: Mutex<State>

    /// Each number is at least 1. `used` is what was sent in each minute (counted from 1970) before.
    package init(
        perSecond: Int? = nil, perMinute: Int? = nil, perHour: Int? = nil, perDay: Int? = nil, used: [(minute: Int64, count: Int)] = [],
        at now: Instant
    ) {
        let buckets = [(perSecond, Span.seconds(1)), (perMinute, .minutes(1))].compactMap { limit, span in
            limit.map { TokenBucket($0, per: span, at: now) }
        }
        let windows = [(perHour, Int64(60)), (perDay, 24 * 60)].compactMap { limit, minutes in
            limit.map { SlidingCount($0, minutes: minutes, used: used) }
        }
        state = Mutex(State(buckets: buckets, windows: windows))
    }

    /// Takes the right to send one mail; `nil` when it is taken, else the instant when there will be one.
    package func take(at now: Instant) -> Instant? {
        state.withLock { state in
            for index in state.buckets.indices { state.buckets[index].refill(at: now) }
            for index in state.windows.indices { state.windows[index].forget(at: now) }
            let waits = state.buckets.compactMap { $0.due(at: now) } + state.windows.compactMap { $0.due(at: now) }
            if let latest = waits.max() { return latest }
            for index in state.buckets.indices { state.buckets[index].take() }
            for index in state.windows.indices { state.windows[index].take(at: now) }
            return nil
        }
    }

    /// Gives back rights that were taken and not used.
    package func refund(_ count: Int, at now: Instant) {
        state.withLock { state in
            for index in state.buckets.indices { state.buckets[index].refund(count) }
            for index in state.windows.indices { state.windows[index].refund(count, at: now) }
        }
    }

    /// How many mails may be sent within `span` from now on, and the instant of the next when that is none.
    package func allowance(within span: Span, at now: Instant) -> Allowance {
        state.withLock { state in
            for index in state.buckets.indices { state.buckets[index].refill(at: now) }
            for index in state.windows.indices { state.windows[index].forget(at: now) }
            let counts = state.buckets.map { $0.available(within: span) } + state.windows.map(\.available)
            let waits = state.buckets.compactMap { $0.due(at: now) } + state.windows.compactMap { $0.due(at: now) }
            guard let count = counts.min() else { return .unlimited }
            return count > 0 ? .upTo(count) : .none(until: waits.max() ?? now)
        }
    }
}

/// How much may be claimed now.
package enum Allowance: Hashable, Sendable {
    case unlimited
    case upTo(Int)
    case none(until: Instant)
}

/// A bucket of tokens that fills by itself; what fits into a tenth of a second may go at once.
private struct TokenBucket {
    private let limit: Int64
    /// One token in parts, so that a millisecond adds whole parts at any rate.
    private let whole: Int64
    private let capacity: Int64
    private var parts: Int64
    private var filled: Instant

    /// The refill is slower by what may go at once, so that no span has more than `limit`.
    init(_ limit: Int, per span: Span, at now: Instant) {
        whole = span.milliseconds
        let burst = max(1, Int64(limit) * 100 / span.milliseconds)
        capacity = burst * whole
        self.limit = max(1, Int64(limit) - (burst - 1))
        parts = capacity
        filled = now
    }

    /// A clock that was set back refills nothing, and does not stop the sending until it has caught up.
    mutating func refill(at now: Instant) {
        let elapsed = max(0, (now - filled).milliseconds)
        parts = min(capacity, parts + min(elapsed, max(whole, 60_000)) * limit)
        filled = now
    }

    func due(at now: Instant) -> Instant? {
        parts >= whole ? nil : now + .milliseconds((whole - parts + limit - 1) / limit)
    }

    func available(within span: Span) -> Int { Int((parts + span.milliseconds * limit) / whole) }
    mutating func take() { parts -= whole }
    mutating func refund(_ count: Int) { parts = min(capacity, parts + Int64(count) * whole) }
}

/// A count over the last so many minutes, by whole minutes: one counts until its last millisecond is out of the time.
private struct SlidingCount {
    private let limit: Int
    private let minutes: Int64
    private var used: [(minute: Int64, count: Int)]
    private var total: Int

    init(_ limit: Int, minutes: Int64, used: [(minute: Int64, count: Int)]) {
        self.limit = limit
        self.minutes = minutes
        self.used = used
        total = used.reduce(0) { $0 + $1.count }
    }

    mutating func forget(at now: Instant) {
        let first = now.seconds / 60 - minutes
        while let oldest = used.first, oldest.minute < first {
            total -= oldest.count
            used.removeFirst()
        }
    }

    var available: Int { max(0, limit - total) }

    func due(at now: Instant) -> Instant? {
        guard total >= limit else { return nil }
        // When enough of the oldest minutes have gone.
        var left = total
        for entry in used {
            left -= entry.count
            if left < limit { return max(Instant(seconds: (entry.minute + minutes + 1) * 60), now + .milliseconds(1)) }
        }
        return now + .minutes(1)
    }

    mutating func take(at now: Instant) {
        total += 1
        let minute = now.seconds / 60
        if let last = used.indices.last, used[last].minute >= minute {
            used[last].count += 1
        } else {
            used.append((minute, 1))
        }
    }

    mutating func refund(_ count: Int, at now: Instant) {
        guard let last = used.indices.last else { return }
        let back = min(count, used[last].count)
        used[last].count -= back
        total -= back
    }
}
