import Core
import Database

/// What the last pass did for one kind.
package struct RetentionPass: Hashable, Codable, Sendable {
    package var at: Instant
    /// By this pass, and by all so far.
    package var removed: Int
    package var total: Int
}

// What is kept no longer, a batch in a transaction: others write between two. A batch chooses anew what it removes, so nothing that has
// come into use meanwhile is taken away. Deleted bytes are overwritten (secure_delete); the log has them until it is copied back.
extension Ledger {
    /// How many are older than `limit` and in no use; of pictures those that are in no use by the contents as they are now.
    package func overdue(_ kind: RetentionKind, olderThan limit: Instant, at now: Instant) throws(Fault) -> Int {
        if kind == .pictures { return try unusedPictures(olderThan: limit).count }
        guard let query = Overdue.query(kind) else { return 0 }
        return try read { db throws(Fault) in
            // The shape is the same for all: the limit, then now, then how many.
            try db.first("SELECT count(*) FROM (\(query))", Value(limit), Value(now), Value(Self.mostCounted)) { $0.int(0) } ?? 0
        }
    }

    private static let mostCounted = 10_000_000

    /// Removes up to `batch` of what is older than `limit`, in one transaction; returns how many it was. To be called until it is 0.
    /// Receipts are not the ledger's. Throws a ``Fault``; nothing of the batch is removed then.
    package func removeOverdue(_ kind: RetentionKind, olderThan limit: Instant, batch: Int, at now: Instant) throws(Fault) -> Int {
        switch kind {
        case .audit: return try removeRows("audit", kind, limit, batch, now)
        case .bounces: return try removeRows("bounce", kind, limit, batch, now)
        case .deliveries: return try removeDeliveries(olderThan: limit, batch: batch, at: now)
        case .items: return try removeItems(olderThan: limit, batch: batch, at: now)
        case .editions: return try removeEdition(olderThan: limit, batch: batch, at: now)
        case .pictures: return try removePictures(olderThan: limit, batch: batch)
        case .formerRecipients: return try removeFormerRecipients(olderThan: limit, batch: batch, at: now)
        case .receipts: return 0
        }
    }

    private func removeRows(_ table: String, _ kind: RetentionKind, _ limit: Instant, _ batch: Int, _ now: Instant) throws(Fault) -> Int {
        guard let query = Overdue.query(kind) else { return 0 }
        return try write([]) { db throws(Fault) in
            try db.run("DELETE FROM \(table) WHERE id IN (\(query))", Value(limit), Value(now), Value(batch))
        }
    }

    private func removeDeliveries(olderThan limit: Instant, batch: Int, at now: Instant) throws(Fault) -> Int {
        guard let query = Overdue.query(.deliveries) else { return 0 }
        return try write([.deliveries]) { db throws(Fault) in
            let ids = try db.all(query, Value(limit), Value(now), Value(batch)) { $0.integer(0) }
            try db.remove(deliveries: ids)
            return ids.count
        }
    }

    private func removeItems(olderThan limit: Instant, batch: Int, at now: Instant) throws(Fault) -> Int {
        guard let query = Overdue.query(.items) else { return 0 }
        return try write([.items]) { db throws(Fault) in
            let ids: [ItemID] = try db.all(query, Value(limit), Value(now), Value(batch)) { $0.identifier(0) }
            for id in ids { try db.removeItem(id) }
            return ids.count
        }
    }

    /// One edition a transaction, its deliveries before it in parts.
    private func removeEdition(olderThan limit: Instant, batch: Int, at now: Instant) throws(Fault) -> Int {
        guard let query = Overdue.query(.editions) else { return 0 }
        let next: EditionID? = try read { db throws(Fault) in
            try db.first(query, Value(limit), Value(now), 1) { $0.identifier(0) }
        }
        guard let next else { return 0 }
        var left = 1
        while left > 0 {
            left = try write([.deliveries]) { db throws(Fault) in
                let ids = try db.all(
                    "SELECT id FROM delivery WHERE edition = ? AND recipient IS NOT NULL LIMIT ?", Value(next), Value(batch)
                ) { $0.integer(0) }
                try db.remove(deliveries: ids)
                return ids.count
            }
        }
        return try write([.editions, .items]) { db throws(Fault) in
            // It may have come into use between the transactions.
            let isStill = try db.all(query, Value(limit), Value(now), Value(Self.mostCounted)) { $0.integer(0) }.contains(next.number)
            guard isStill else { return 0 }
            try db.removeEdition(next)
            return 1
        }
    }

    private func removePictures(olderThan limit: Instant, batch: Int) throws(Fault) -> Int {
        let unused = try unusedPictures(olderThan: limit)
        for start in stride(from: 0, to: unused.count, by: batch) {
            try write([]) { db throws(Fault) in
                for digest in unused[start..<min(start + batch, unused.count)] {
                    // Who has handed it in again since has made it young.
                    let isOld = try db.first("SELECT 1 FROM picture WHERE digest = ? AND kept < ?", Value(digest), Value(limit)) { _ in true
                    }
                    guard isOld ?? false else { continue }
                    try db.run("DELETE FROM picture_rendition WHERE mail = ?1 OR screen = ?1 OR thumbnail = ?1", Value(digest))
                    try db.run("DELETE FROM picture WHERE digest = ?", Value(digest))
                }
            }
        }
        return unused.count
    }

    /// Digests that stand in no item and no edition, nor are the other size of one that does.
    private func unusedPictures(olderThan limit: Instant) throws(Fault) -> [String] {
        try read { db throws(Fault) in
            var unused = Set(try db.all("SELECT digest FROM picture WHERE kept < ?", Value(limit)) { $0.text(0) })
            guard !unused.isEmpty else { return [] }
            for table in ["item_version", "rendering"] {
                try db.each("SELECT content FROM \(table)", []) { row in
                    for digest in Self.digests(in: row.text(0)) { unused.remove(digest) }
                }
            }
            let sizes = try db.all("SELECT mail, screen, thumbnail FROM picture_rendition") { [$0.text(0), $0.text(1), $0.text(2)] }
            // A size that an item does not name goes with the one that it names.
            for group in sizes where group.contains(where: { !unused.contains($0) }) { unused.subtract(group) }
            return unused.sorted()
        }
    }

    /// The runs of 64 hexadecimal digits in a text.
    static func digests(in text: String) -> [String] {
        var found: [String] = []
        var run: [UInt8] = []
        for byte in Array(text.utf8) + [0] {
            if (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) {
                run.append(byte)
            } else {
                if run.count == 64 { found.append(String(decoding: run, as: UTF8.self)) }
                run.removeAll(keepingCapacity: true)
            }
        }
        return found
    }

    private func removeFormerRecipients(olderThan limit: Instant, batch: Int, at now: Instant) throws(Fault) -> Int {
        guard let query = Overdue.query(.formerRecipients) else { return 0 }
        let ids: [RecipientID] = try read { db throws(Fault) in
            try db.all(query, Value(limit), Value(now), Value(batch)) { $0.identifier(0) }
        }
        guard !ids.isEmpty else { return 0 }
        let digest = try digestOfPeople()
        return try write([.recipients]) { db throws(Fault) in
            var removed = 0
            for id in ids {
                let key = try db.first(
                    "SELECT address_key FROM recipient WHERE id = ? AND active = 0 AND changed < ?", Value(id), Value(limit)
                ) {
                    $0.text(0)
                }
                guard let key else { continue }
                try db.remember(id, key, as: digest(key), now)
                try db.removePerson(id)
                removed += 1
            }
            return removed
        }
    }

    /// Notes that a pass has gone through a kind.
    package func noteRetention(_ kind: RetentionKind, removed: Int, at now: Instant) throws(Fault) {
        _ = try write([]) { db throws(Fault) in
            try db.run(
                """
                INSERT INTO retention_pass (kind, at, removed, total) VALUES (?1, ?2, ?3, ?3)
                ON CONFLICT (kind) DO UPDATE SET at = ?2, removed = ?3, total = total + ?3
                """, Value(kind.rawValue), Value(now), Value(removed))
        }
    }

    /// What the last pass did for each kind.
    package func retentionPasses() throws(Fault) -> [RetentionKind: RetentionPass] {
        let passes = try read { db throws(Fault) in
            try db.all("SELECT kind, at, removed, total FROM retention_pass LIMIT 100") {
                (RetentionKind(rawValue: $0.text(0)), RetentionPass(at: $0.instant(1), removed: $0.int(2), total: $0.int(3)))
            }
        }
        return passes.reduce(into: [:]) { if let kind = $1.0 { $0[kind] = $1.1 } }
    }

    /// Gives up to `pages` free pages back to the file system, in one transaction. Returns whether there are more.
    package func shrink(pages: Int) throws(Fault) -> Bool {
        try write([]) { db throws(Fault) in
            let free = try db.first("PRAGMA freelist_count") { $0.int(0) } ?? 0
            // A few are needed again tomorrow.
            guard free > pages else { return false }
            try db.execute("PRAGMA incremental_vacuum(\(pages))")
            let left = try db.first("PRAGMA freelist_count") { $0.int(0) } ?? 0
            // A file from before has no way to give them back one by one.
            return left < free && left > pages
        }
    }

    /// Copies the log back and empties it: deleted bytes stand in neither file then. Returns false when a long reader keeps it.
    package func emptyLog() throws(Fault) -> Bool { try alone { db throws(Fault) in try db.emptyLog() } }
}

/// Which rows are overdue: `?1` is the limit, `?2` now, `?3` how many at most.
private enum Overdue {
    static func query(_ kind: RetentionKind) -> String? {
        switch kind {
        case .audit: "SELECT id FROM audit WHERE at < ?1 AND ?2 ORDER BY id LIMIT ?3"
        case .bounces: "SELECT id FROM bounce WHERE at < ?1 AND ?2 ORDER BY id LIMIT ?3"
        case .deliveries:
            // CROSS JOIN is SQLite's word for "in this order": else it looks at every delivery there is.
            """
            SELECT id FROM (
            SELECT delivery.id FROM edition CROSS JOIN delivery ON delivery.edition = edition.id AND delivery.recipient IS NOT NULL
            WHERE edition.released < ?1 AND coalesce(edition.stop_by, 0) < ?2 AND delivery.state IN ('sent', 'failed')
            AND delivery.since < ?1
            UNION ALL
            SELECT delivery.id FROM notice JOIN delivery ON delivery.notice = notice.id
            WHERE notice.created < ?1 AND notice.stop_by < ?2 AND delivery.state IN ('sent', 'failed')) LIMIT ?3
            """
        case .items:
            """
            SELECT id FROM item WHERE changed < ?1 AND received < ?1 AND coalesce(visible_until, 0) < ?2
            AND NOT EXISTS (SELECT 1 FROM edition_item WHERE edition_item.item = item.id)
            AND NOT EXISTS (SELECT 1 FROM alert WHERE alert.item = item.id
             AND (alert.edition IS NOT NULL OR alert.all_clear IS NOT NULL OR alert.state IN ('proposed', 'standing')))
            AND NOT EXISTS (SELECT 1 FROM post WHERE kind = 'item' AND subject = item.id AND (due IS NOT NULL OR state = 'sending'))
            ORDER BY id LIMIT ?3
            """
        case .editions:
            // The last of each publication stays: the next one is counted from it.
            """
            SELECT id FROM edition WHERE state IN ('released', 'skipped', 'recalled') AND release < ?1 AND coalesce(released, 0) < ?1
            AND coalesce(corrected, 0) < ?1
            AND coalesce(stop_by, 0) < ?2
            AND id != (SELECT other.id FROM edition other WHERE other.publication = edition.publication AND other.state != 'open'
             ORDER BY other.scheduled DESC LIMIT 1)
            AND id IS NOT (SELECT other.id FROM edition other WHERE other.publication = edition.publication AND other.released IS NOT NULL
             ORDER BY other.released DESC LIMIT 1)
            AND NOT EXISTS (SELECT 1 FROM release_rest WHERE release_rest.edition = edition.id)
            AND NOT EXISTS (SELECT 1 FROM phone_rest WHERE phone_rest.edition = edition.id)
            AND NOT EXISTS (SELECT 1 FROM phone_message WHERE phone_message.edition = edition.id AND state NOT IN ('sent', 'failed'))
            AND NOT EXISTS (SELECT 1 FROM edition_item JOIN item ON item.id = edition_item.item
             WHERE edition_item.edition = edition.id AND coalesce(item.visible_until, 0) >= ?2)
            AND NOT EXISTS (SELECT 1 FROM alert WHERE (alert.edition = edition.id OR alert.all_clear = edition.id)
             AND alert.state IN ('proposed', 'standing'))
            AND NOT EXISTS (SELECT 1 FROM post WHERE kind = 'edition' AND subject = edition.id AND (due IS NOT NULL OR state = 'sending'))
            AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.edition = edition.id AND recipient IS NOT NULL
             AND state NOT IN ('sent', 'failed'))
            ORDER BY release LIMIT ?3
            """
        case .formerRecipients:
            """
            SELECT id FROM recipient WHERE active = 0 AND changed < ?1 AND ?2
            AND id NOT IN (SELECT recipient FROM delivery WHERE recipient IS NOT NULL) ORDER BY id LIMIT ?3
            """
        case .pictures, .receipts: nil
        }
    }
}

extension Connection {
    /// Takes deliveries away; in `delivery_tally` they stay. A notice goes with its delivery.
    func remove(deliveries ids: [Int64]) throws(Fault) {
        for id in ids {
            let notice = try first("SELECT notice FROM delivery WHERE id = ? AND notice IS NOT NULL", .integer(id)) { $0.integer(0) }
            try run("DELETE FROM delivery WHERE id = ?", .integer(id))
            if let notice { try run("DELETE FROM notice WHERE id = ?", .integer(notice)) }
        }
    }

    /// What it was found to resemble others by goes; those others stay.
    fileprivate func removeItem(_ id: ItemID) throws(Fault) {
        try run("UPDATE item_version SET resembles = NULL, share = NULL WHERE resembles = ?", Value(id))
        // What stands on the intranet is the intranet's: it is not taken back, only not known here any more.
        try run("DELETE FROM post WHERE kind = 'item' AND subject = ?", Value(id))
        // A crisis message that was never raised.
        try run("DELETE FROM alert WHERE item = ?", Value(id))
        try run("DELETE FROM item_version WHERE item = ?", Value(id))
        try run("DELETE FROM item WHERE id = ?", Value(id))
    }

    /// With what it said, its approvals, its crisis message, and the items that no other edition carries: were they to stay, a later edition
    /// could choose them again. Its deliveries have gone before; their count stays.
    fileprivate func removeEdition(_ id: EditionID) throws(Fault) {
        let items: [ItemID] = try all("SELECT DISTINCT item FROM edition_item WHERE edition = ?", Value(id)) { $0.identifier(0) }
        try run("DELETE FROM edition_item WHERE edition = ?", Value(id))
        try run("UPDATE alert SET all_clear = NULL WHERE all_clear = ?", Value(id))
        try run("DELETE FROM alert WHERE edition = ?", Value(id))
        for table in ["rendering", "correction", "release_moment", "dispatch", "usefulness", "phone_message"] {
            try run("DELETE FROM \(table) WHERE edition = ?", Value(id))
        }
        try run("DELETE FROM post WHERE kind = 'edition' AND subject = ?", Value(id))
        // Items and feeds that were posted because of it.
        try run("UPDATE post SET edition = NULL WHERE edition = ?", Value(id))
        let sums = DeliveryState.allCases.map(\.rawValue).map { "\($0) = \($0) + (SELECT \($0) FROM delivery_tally WHERE edition = ?1)" }
        try run("UPDATE delivery_tally SET \(sums.joined(separator: ", ")) WHERE edition = 0", Value(id))
        try run("DELETE FROM delivery_tally WHERE edition = ?", Value(id))
        try run("DELETE FROM edition WHERE id = ?", Value(id))
        for item in items {
            let isUsed = try first(
                """
                SELECT EXISTS (SELECT 1 FROM edition_item WHERE item = ?1) OR EXISTS (SELECT 1 FROM alert WHERE item = ?1)
                OR EXISTS (SELECT 1 FROM post WHERE kind = 'item' AND subject = ?1 AND (due IS NOT NULL OR state = 'sending'))
                """, Value(item)
            ) { $0.bool(0) }
            if isUsed == false { try removeItem(item) }
        }
    }
}
