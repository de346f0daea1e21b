import Core
import Ledger

/// When people may be told of alarms by one way, so that a bad night is a few messages and no storm.
///
/// What is raised together is gathered for a moment and told together. Of each kind two messages go at once, an alarm's beginning and its
/// end; further ones of that kind wait until the first of the last two is a pause old, and then all of it goes in one.
struct AlarmPace {
    private let gathering: Span
    private let pause: Span
    /// When the last two messages with alarms of a kind were sent.
    private var sent: [String: [Instant]] = [:]
    /// When news of a kind was first seen that has not been told yet.
    private var noticed: [String: Instant] = [:]

    init(gathering: Span, pause: Span) {
        self.gathering = gathering
        self.pause = pause
    }

    /// What of the news is due, and when the rest will be.
    mutating func due(_ news: [AlarmNews], at now: Instant) -> (now: [AlarmNews], next: Instant?) {
        let kinds = Set(news.map(\.alarm.kind))
        noticed = noticed.filter { kinds.contains($0.key) }
        var (ready, next): (Set<String>, Instant?) = ([], nil)
        for kind in kinds {
            // A clock that was set back must not hold news for ever.
            let first = min(noticed[kind] ?? now, now)
            noticed[kind] = first
            let times = (sent[kind] ?? []).filter { $0 <= now }
            let due = max(first + gathering, times.count < 2 ? first : times[times.count - 2] + pause)
            if due <= now { ready.insert(kind) } else { next = min(due, next ?? due) }
        }
        return (news.filter { ready.contains($0.alarm.kind) }, next)
    }

    /// Notes that these were told.
    mutating func told(_ news: [AlarmNews], at now: Instant) {
        for kind in Set(news.map(\.alarm.kind)) {
            sent[kind] = Array(((sent[kind] ?? []) + [now]).suffix(2))
            noticed[kind] = nil
        }
    }
}
