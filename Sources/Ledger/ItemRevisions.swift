import Core
import Database

extension Ledger {
    /// Records an edit at the desk as a new version. Throws when the item has changed since `version`, or is withdrawn or superseded.
    ///
    /// Editions that carry the item and are not released yet take the new version, which is why their approvals no longer hold. The
    /// file's digest stays: the same file dropped again changes nothing, another one replaces the edit.
    package func reviseItem(
        _ id: ItemID, from version: Int, to content: ItemContent, by actor: String, at now: Instant
    ) throws(Fault) {
        let text = try Stored.text(content)
        try write([.items, .editions]) { db throws(Fault) in
            let found = try db.first("SELECT state, version FROM item WHERE id = ?", Value(id)) {
                (ItemState(rawValue: $0.text(0)) ?? .held, $0.int(1))
            }
            guard let (state, current) = found, state != .withdrawn, state != .superseded else {
                throw Fault("edit", "item \(id)", cause: "it is gone", mend: "Have its source drop the file again.")
            }
            guard current == version else {
                throw Fault("edit", "item \(id)", cause: "it has changed in the meantime", mend: "Look at it again, then edit.")
            }
            try db.run(
                """
                INSERT INTO item_version (item, version, digest, text_digest, title, content, received, author, likeness, resembles, share)
                SELECT item, version + 1, digest, text_digest, ?3, ?4, ?5, ?6, likeness, resembles, share FROM item_version WHERE item = ?1 AND version = ?2
                """, Value(id), Value(version), Value(content.title), Value(text), Value(now), Value(actor))
            try db.keepWords(of: id, content)
            try db.run(
                """
                UPDATE item SET version = ?2, state = CASE state WHEN 'held' THEN 'held' ELSE 'accepted' END, visible_until = ?4, changed = ?3
                WHERE id = ?1
                """, Value(id), Value(version + 1), Value(now), Value(content.visibleUntil))
            try db.run(
                """
                UPDATE edition_item SET version = ?2 WHERE item = ?1
                AND edition IN (SELECT id FROM edition WHERE state IN ('closed', 'held'))
                """, Value(id), Value(version + 1))
            try db.audit(now, actor, "edit", "item \(id)", Phrase.version.written(["number": "\(version + 1)"]))
        }
    }

    /// The editions that carry an item, the latest first.
    package func editions(carrying item: ItemID, limit: Int = 20) throws(Fault) -> [EditionRecord] {
        try read { db throws(Fault) in
            try db.all(
                """
                \(EditionRecord.columns) WHERE id IN (SELECT edition FROM edition_item WHERE item = ?) ORDER BY release DESC LIMIT ?
                """, Value(item), Value(limit)
            ) { EditionRecord($0) }
        }
    }
}
