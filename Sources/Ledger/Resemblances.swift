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
    /// Items whose signatures are compared.
    private static let estimated = 48
    /// Items compared word for word.
    private static let compared = 3

    /// The item of another source that the submission most resembles, when they have enough in common (``Likeness/threshold``).
    func resemblance(_ submission: Submission, _ likeness: Likeness, at now: Instant) throws(Fault) -> Resemblance? {
        let since = now - Self.resemblancePeriod
        let likely = try signatures.likeliest(likeness, notOf: submission.source, count: Self.estimated) { () throws(Fault) in
            try recentSignatures(since: since)
        }
        guard !likely.isEmpty else { return nil }
        let nearest = try read { db throws(Fault) in
            var found: [ItemID: Double] = [:]
            for id in likely {
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
        for id in nearest {
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

    /// Those of former runs, oldest first.
    private func recentSignatures(since: Instant) throws(Fault) -> [Signatures.Entry] {
        let newest = try read { db throws(Fault) in
            try db.all(
                """
                SELECT item.id, item.source, item_version.likeness FROM item
                JOIN item_version ON item_version.item = item.id AND item_version.version = item.version
                WHERE item.received >= ? AND item_version.likeness IS NOT NULL ORDER BY item.id DESC LIMIT ?
                """, Value(since), Value(Signatures.limit)
            ) { row in Likeness(bytes: row.bytes(2)).map { Signatures.Entry(item: row.identifier(0), source: row.text(1), likeness: $0) } }
        }
        return newest.reversed().compactMap(\.self)
    }
}
