import Core
import Synchronization

/// How many requests about phones are answered in an hour: of one address, and in all. A municipality's people often share an address, so
/// that one's part is not small; what it bounds is what a stranger can have written to the ledger.
final class RequestBudget: Sendable {
    static let perAddress = 3_000
    static let inAll = 20_000

    private struct Hour {
        var number: Int64 = 0
        var counts: [String: Int] = [:]
        var all = 0
    }

    private let hour = Mutex(Hour())

    /// Takes one; false when there is none left in this hour.
    func permits(_ address: String, at now: Instant) -> Bool {
        hour.withLock { hour in
            let number = now.seconds / 3_600
            if hour.number != number { hour = Hour(number: number) }
            guard hour.all < Self.inAll, hour.counts[address, default: 0] < Self.perAddress else { return false }
            hour.all += 1
            hour.counts[address, default: 0] += 1
            return true
        }
    }

    /// Seconds until the next hour begins.
    static func rest(at now: Instant) -> Int64 { 3_600 - now.seconds % 3_600 }
}
