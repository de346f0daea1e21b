import Core
import Database
import Synchronization

extension Ledger {
    /// The most items that are looked at for a selection. Were there ever more on show at once, the oldest are left out.
    package static let liveLimit = 5_000

    /// The items that may be selected or shown: accepted or approved and not yet expired, oldest first; of more than ``liveLimit`` the newest.
    /// A crisis message's is none of them: see ``standingAlerts(at:)``.
    ///
    /// Feeds ask after every change of any item, so a text that was read once is not read again: a version never changes.
    package func liveItems(at now: Instant) throws(Fault) -> [ItemRecord] {
        try read { db throws(Fault) in
            let present = try db.all(
                """
                SELECT id, version, state, approved IS version FROM item
                WHERE state IN ('accepted', 'approved') AND (visible_until IS NULL OR visible_until > ?)
                AND substr(source, 1, ?) != ? ORDER BY received DESC, id DESC LIMIT ?
                """, Value(now), Value(AlertSource.prefix.count), Value(AlertSource.prefix), Value(Self.liveLimit)
            ) { row in
                LiveRecords.Present(
                    id: row.identifier(0), version: row.int(1), state: ItemState(rawValue: row.text(2)) ?? .held, isApproved: row.bool(3))
            }
            return try liveRecords.records(present) { id throws(Fault) in
                try db.first("\(ItemRecord.columns) WHERE item.id = ?", Value(id)) { row throws(Fault) in try ItemRecord(row) }
            }
        }
    }
}

/// The items on show as they were last read, each with its version.
final class LiveRecords: Sendable {
    struct Present {
        var id: ItemID
        var version: Int
        var state: ItemState
        var isApproved: Bool
    }

    private let known = Mutex<[ItemID: ItemRecord]>([:])

    /// To be called when the text of a version has changed after all: a person was erased from it.
    func forget() { known.withLock { $0 = [:] } }

    /// The records of those that are present, the last one first. `read` is asked for those that are not known in this version.
    func records(_ present: [Present], read: (ItemID) throws(Fault) -> ItemRecord?) throws(Fault) -> [ItemRecord] {
        let former = known.withLock { $0 }
        var current: [ItemID: ItemRecord] = [:]
        current.reserveCapacity(present.count)
        var records: [ItemRecord] = []
        records.reserveCapacity(present.count)
        for item in present.reversed() {
            let found: ItemRecord?
            if let known = former[item.id], known.version == item.version { found = known } else { found = try read(item.id) }
            guard var record = found else { continue }
            record.state = item.state
            record.isApproved = item.isApproved
            current[item.id] = record
            records.append(record)
        }
        // Those alone: what has expired or was withdrawn takes no memory.
        known.withLock { $0 = current }
        return records
    }
}
