import Core
import Database

/// An item of another source that tells nearly the same as one that comes in.
package struct Resemblance: Hashable, Sendable {
    package var item: ItemID
    package var source: String
    package var title: String
    package var received: Instant
    /// The share of three-word runs that both have in common, from 0 to 1.
    package var share: Double
}

extension Ledger {
    /// How long back a story is looked for.
    package static let resemblancePeriod = Span.days(60)
    /// Items looked at under one key: what bounds the cost when thousands of items are alike.
    private static let perKey = 16
    /// Items whose signatures are compared.
    private static let estimated = 48
    /// Items compared word for word.
    private static let compared = 3

    /// The item of another source that the submission most resembles, when they have enough in common (``Likeness/threshold``).
    func resemblance(_ submission: Submission, _ likeness: Likeness, at now: Instant) throws(Fault) -> Resemblance? {
        let since = now - Self.resemblancePeriod
        let likely = try read { db throws(Fault) in
            var shared: [ItemID: Int] = [:]
            for key in likeness.keys {
                let items: [ItemID] = try db.all(
                    "SELECT item FROM item_likeness WHERE key = ? ORDER BY item DESC LIMIT \(Self.perKey)", Value(key)
                ) { $0.identifier(0) }
                for id in items { shared[id, default: 0] += 1 }
            }
            var found: [ItemID: Double] = [:]
            for id in shared.sorted(by: { ($0.value, $0.key) > ($1.value, $1.key) }).prefix(Self.estimated).map(\.key) {
                found[id] = try db.first(
                    """
                    SELECT item_version.likeness FROM item
                    JOIN item_version ON item_version.item = item.id AND item_version.version = item.version
                    WHERE item.id = ? AND item.source <> ? AND item.state <> 'withdrawn' AND item_version.received >= ?
                    """, Value(id), Value(submission.source), Value(since)
                ) { row in Likeness(bytes: row.bytes(0)).map(likeness.estimate) ?? 0 }
            }
            return found.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(Self.compared).map(\.key)
        }
        var best: Resemblance?
        for id in likely {
            guard let other = try item(id) else { continue }
            let share = Likeness.share(submission.content.comparedText, other.content.comparedText)
            guard share >= Likeness.threshold, share > best?.share ?? 0 else { continue }
            best = Resemblance(item: id, source: other.source, title: other.content.title, received: other.revised, share: share)
        }
        return best
    }

    /// What the version in force was found to resemble when it came; `nil` when that is gone.
    package func resemblance(of id: ItemID) throws(Fault) -> Resemblance? {
        let found: (ItemID, Double)? = try read { db throws(Fault) in
            try db.first(
                """
                SELECT resembles, share FROM item JOIN item_version ON item_version.item = item.id AND item_version.version = item.version
                WHERE item.id = ? AND resembles IS NOT NULL
                """, Value(id)
            ) { row in (row.identifier(0), row.real(1)) }
        }
        guard let (other, share) = found, let item = try item(other), item.state != .withdrawn else { return nil }
        return Resemblance(item: other, source: item.source, title: item.content.title, received: item.revised, share: share)
    }
}

extension Connection {
    /// Puts a version under its keys in place of the former version.
    func index(_ item: ItemID, _ likeness: Likeness?, insteadOf former: Int) throws(Fault) {
        let old = try first("SELECT likeness FROM item_version WHERE item = ? AND version = ?", Value(item), Value(former)) { $0.bytes(0) }
        for key in old.flatMap(Likeness.init(bytes:))?.keys ?? [] {
            try run("DELETE FROM item_likeness WHERE key = ? AND item = ?", Value(key), Value(item))
        }
        for key in likeness?.keys ?? [] {
            try run("INSERT OR IGNORE INTO item_likeness (key, item) VALUES (?, ?)", Value(key), Value(item))
        }
    }
}
