import Core
import Database
import Synchronization

extension Ledger {
    /// The most items that are looked at for a selection. Were there ever more on show at once, the oldest are left out.
    package static let liveLimit = 5_000

    /// The items that may be selected or shown: accepted or approved and not yet expired, oldest first; of more than ``liveLimit`` the newest.
    /// A crisis message's is none of them: see ``standingAlerts(at:)``.
    ///
    /// Feeds ask after every change of any item, so a text that was read once is not read again: a version never changes, unless a person
    /// is erased from it.
    package func liveItems(at now: Instant) throws(Fault) -> [ItemRecord] {
        let changes = self.changes(on: [.items])
        let revision = liveRecords.revision
        if let kept = liveRecords.kept(changes, at: now) { return kept }
        var expiry: Instant?
        let records = try read { db throws(Fault) in
            let present = try db.all(
                """
                SELECT id, version, state, approved IS version, visible_until FROM item
                WHERE state IN ('accepted', 'approved') AND (visible_until IS NULL OR visible_until > ?)
                AND substr(source, 1, ?) != ? ORDER BY received DESC, id DESC LIMIT ?
                """, Value(now), Value(AlertSource.prefix.count), Value(AlertSource.prefix), Value(Self.liveLimit)
            ) { row in
                if let end = row.optionalInstant(4) { expiry = min(expiry ?? end, end) }
                return LiveRecords.Present(
                    id: row.identifier(0), version: row.int(1), state: ItemState(rawValue: row.text(2)) ?? .held, isApproved: row.bool(3))
            }
            return try liveRecords.records(present, revision) { id throws(Fault) in
                try db.first("\(ItemRecord.columns) WHERE item.id = ?", Value(id)) { row throws(Fault) in try ItemRecord(row) }
            }
        }
        liveRecords.keep(records, changes, revision, from: now, until: expiry)
        return records
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

    /// What was on show from an instant until the next item expires, after so many changes.
    private struct Kept {
        var changes: Int
        var from: Instant
        var until: Instant?
        var records: [ItemRecord]
    }

    /// The feeds ask for now, each coming edition for its release.
    private static let keptLimit = 8

    private struct State {
        /// How often a text has changed within its version.
        var revision = 0
        var known: [ItemID: ItemRecord] = [:]
        var kept: [Kept] = []
    }

    private let state = Mutex(State())

    /// To be asked for before the ledger is read, and handed in with what was read.
    var revision: Int { state.withLock { $0.revision } }

    /// The items on show at an instant, when nothing has changed since they were read.
    func kept(_ changes: Int, at now: Instant) -> [ItemRecord]? {
        state.withLock { state in
            state.kept.first { $0.changes == changes && $0.from <= now && ($0.until.map { now < $0 } ?? true) }?.records
        }
    }

    func keep(_ records: [ItemRecord], _ changes: Int, _ revision: Int, from: Instant, until: Instant?) {
        state.withLock { state in
            guard state.revision == revision else { return }
            state.kept.removeAll { $0.changes != changes }
            if state.kept.count >= Self.keptLimit { state.kept.removeFirst() }
            state.kept.append(Kept(changes: changes, from: from, until: until, records: records))
        }
    }

    /// To be called when the text of a version has changed after all: a person was erased from it. What somebody has read before, and hands
    /// in after this, is not kept.
    func forget() {
        state.withLock { $0 = State(revision: $0.revision + 1) }
    }

    /// The records of those that are present, the last one first. `read` is asked for those that are not known in this version.
    func records(
        _ present: [Present], _ revision: Int, read: (ItemID) throws(Fault) -> ItemRecord?
    ) throws(Fault) -> [ItemRecord] {
        let former = state.withLock { $0.known }
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
        state.withLock { if $0.revision == revision { $0.known = current } }
        return records
    }
}
