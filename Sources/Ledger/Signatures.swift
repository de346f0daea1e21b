import Core
import Synchronization

/// The signatures of what came in lately, in memory: which few of thousands of items may tell the same as a new one. 64 bytes an item, all
/// of them looked at in a fraction of a millisecond; an index of them in the ledger would write a page for each key. Only a hint: whether
/// an item is still there, and how much both have in common, its caller asks the ledger.
final class Signatures: Sendable {
    struct Entry {
        let item: ItemID
        let source: String
        let likeness: Likeness
    }

    /// Of more items than this the oldest are forgotten.
    static let limit = 20_000
    /// Rather alike than not: of thousands that all are, so many are ranked.
    private static let ranked = 512
    /// Below the threshold by more than three standard deviations of the estimate.
    private static let floor = Likeness.threshold / 2

    private struct Known {
        var sources: [String: Int32] = [:]
        /// Oldest first.
        var entries: [(likeness: Likeness, item: ItemID, source: Int32)] = []

        mutating func add(_ entry: Entry) {
            let next = Int32(sources.count)
            let source = sources[entry.source, default: next]
            sources[entry.source] = source
            entries.append((entry.likeness, entry.item, source))
            if entries.count > Signatures.limit + Signatures.limit / 4 { entries.removeFirst(entries.count - Signatures.limit) }
        }
    }

    private let known = Mutex<Known?>(nil)

    /// The items of other sources that look most alike, the likeliest first. `load` is asked once for those of former runs, oldest first.
    func likeliest(
        _ likeness: Likeness, notOf source: String, count: Int, load: () throws(Fault) -> [Entry]
    ) throws(Fault) -> [ItemID] {
        try known.withLock { known throws(Fault) in
            var present = Known()
            if let loaded = known { present = loaded } else { for entry in try load() { present.add(entry) } }
            known = present
            let own = present.sources[source] ?? -1
            var found: [(estimate: Double, item: ItemID)] = []
            for entry in present.entries.reversed() where entry.source != own {
                let estimate = entry.likeness.estimate(likeness)
                guard estimate >= Self.floor else { continue }
                found.append((estimate, entry.item))
                if found.count == Self.ranked { break }
            }
            return found.sorted { ($0.estimate, $0.item) > ($1.estimate, $1.item) }.prefix(count).map(\.item)
        }
    }

    /// Adds what has come in. Before the first question there is nothing to add to: it will be read from the ledger.
    func add(_ entries: [Entry]) {
        known.withLock { known in
            for entry in entries { known?.add(entry) }
        }
    }
}
