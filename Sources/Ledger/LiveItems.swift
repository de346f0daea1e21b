import Core
import Database

/// An item on show, as far as publications choose by it. Of those that are chosen the texts are read then (``Ledger/records(of:)``): the
/// items on show are thousands in some years, an edition has twenty.
package struct LiveItem: Selectable, Hashable, Sendable {
    package var id: ItemID
    package var version: Int
    package var state: ItemState
    package var isApproved: Bool
    package var source: String
    package var received: Instant
    package var facts: SelectionFacts
}

extension Ledger {
    /// The most items that are looked at for a selection. Were there ever more on show at once, the oldest are left out.
    package static let liveLimit = 5_000

    /// The items that may be selected or shown: accepted or approved and not yet expired, oldest first; of more than ``liveLimit`` the newest.
    /// A crisis message's is none of them: see ``standingAlerts(at:)``.
    ///
    /// Feeds ask after every change of any item, so what was read once is not read again: a version never changes, unless a person is
    /// erased from it.
    package func liveItems(at now: Instant) throws(Fault) -> [LiveItem] {
        let changes = self.changes(on: [.items])
        let revision = liveIndex.revision
        if let kept = liveIndex.kept(changes, at: now) { return kept }
        var expiry: Instant?
        let items = try read { db throws(Fault) in
            let present = try db.all(
                """
                SELECT id, version, state, approved IS version, visible_until FROM item
                WHERE state IN ('accepted', 'approved') AND (visible_until IS NULL OR visible_until > ?)
                AND substr(source, 1, ?) != ? ORDER BY received DESC, id DESC LIMIT ?
                """, Value(now), Value(AlertSource.prefix.count), Value(AlertSource.prefix), Value(Self.liveLimit)
            ) { row in
                if let end = row.optionalInstant(4) { expiry = min(expiry ?? end, end) }
                return LiveIndex.Present(
                    id: row.identifier(0), version: row.int(1), state: ItemState(rawValue: row.text(2)) ?? .held, isApproved: row.bool(3))
            }
            return try liveIndex.items(present, revision) { id throws(Fault) in
                try db.first("\(ItemRecord.columns) WHERE item.id = ?", Value(id)) { row throws(Fault) in try ItemRecord(row) }
            }
        }
        liveIndex.keep(items, changes, revision, from: now, until: expiry)
        return items
    }

    /// Items that were chosen, in their order, with their texts: as they stood when ``liveItems(at:)`` told of them.
    package func records(of chosen: [LiveItem]) throws(Fault) -> [ItemRecord] {
        let revision = liveIndex.revision
        var records = liveIndex.texts(of: chosen)
        let missing = chosen.filter { records[$0.id] == nil }
        if !missing.isEmpty {
            let found = try read { db throws(Fault) in
                try missing.map { item throws(Fault) in
                    try db.first(
                        "\(ItemRecord.columnsOfVersions) WHERE item.id = ? AND item_version.version = ?", Value(item.id),
                        Value(item.version)
                    ) { row throws(Fault) in try ItemRecord(row) }
                }
            }.compactMap(\.self)
            liveIndex.keep(found, revision)
            for record in found { records[record.id] = record }
        }
        return chosen.compactMap { item in
            var record = records[item.id]
            record?.state = item.state
            record?.isApproved = item.isApproved
            return record
        }
    }
}
