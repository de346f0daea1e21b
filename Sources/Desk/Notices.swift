import Core
import Synchronization

/// What somebody is told on the next page they see: how their last act ended. Kept in memory; who is never shown theirs misses nothing
/// that the audit trail does not have.
final class Notices: Sendable {
    struct Notice: Sendable {
        var text: String
        var isProblem = false
    }

    private static let most = 1_000
    private let waiting = Mutex<[String: [Notice]]>([:])

    func add(_ notice: Notice, for holder: String) {
        waiting.withLock { waiting in
            if waiting.count >= Self.most { waiting = [:] }
            waiting[holder, default: []].append(notice)
        }
    }

    func take(_ holder: String) -> [Notice] { waiting.withLock { $0.removeValue(forKey: holder) ?? [] } }
}

/// How often an address may have its refusals written down, so that nobody outside can fill the ledger: the log has the rest.
final class RefusalShare: Sendable {
    private static let perAddress = 30
    private static let overall = 300
    private static let period = Span.hours(1)
    private let state = Mutex((since: Instant(seconds: 0), counts: [String: Int](), total: 0))

    func permits(_ address: String, at now: Instant) -> Bool {
        state.withLock { state in
            if now - state.since >= Self.period { state = (now, [:], 0) }
            let count = state.counts[address, default: 0]
            guard count < Self.perAddress, state.total < Self.overall else { return false }
            state.counts[address] = count + 1
            state.total += 1
            return true
        }
    }
}
