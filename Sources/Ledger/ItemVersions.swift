import Core
import Database

/// One version of an item, as it stood.
package struct ItemVersion: Hashable, Codable, Sendable {
    package var version: Int
    package var received: Instant
    /// `intake`, or the name of who wrote it at the desk.
    package var author: String
    package var content: ItemContent

    static let columns = "SELECT version, received, author, content FROM item_version"

    init(_ row: borrowing Row) throws(Fault) {
        version = row.int(0)
        received = row.instant(1)
        author = row.text(2)
        content = try Stored.value(ItemContent.self, row.text(3))
    }
}

/// A file that did not become an item.
package struct RefusedFile: Hashable, Codable, Sendable {
    package var at: Instant
    /// `source/name`, with personal numbers masked.
    package var file: String
    /// The rule that stopped it.
    package var reason: String
}

extension Ledger {
    /// An item's versions, newest first.
    package func versions(of item: ItemID, limit: Int = 50) throws(Fault) -> [ItemVersion] {
        try read { db throws(Fault) in
            try db.all(
                "\(ItemVersion.columns) WHERE item = ? ORDER BY version DESC LIMIT ?", Value(item), Value(limit)
            ) { row throws(Fault) in try ItemVersion(row) }
        }
    }

    /// One version of an item; `nil` when there is none of that number.
    package func version(_ number: Int, of item: ItemID) throws(Fault) -> ItemVersion? {
        try read { db throws(Fault) in
            try db.first("\(ItemVersion.columns) WHERE item = ? AND version = ?", Value(item), Value(number)) { row throws(Fault) in
                try ItemVersion(row)
            }
        }
    }

    /// The files refused since an instant, newest first.
    package func refusedFiles(since: Instant, limit: Int = 20) throws(Fault) -> [RefusedFile] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT at, object, detail FROM audit WHERE act = 'reject' AND at >= ? ORDER BY id DESC LIMIT ?", Value(since), Value(limit)
            ) { row in RefusedFile(at: row.instant(0), file: row.text(1), reason: row.text(2)) }
        }
    }
}
