import Core
import Database

/// Which items a list shows.
package struct ItemFilter: Hashable, Sendable {
    /// `nil` means any.
    package var state: ItemState?
    /// `nil` means any source; empty means none.
    package var sources: [String]?
    /// Words that stand somewhere in the item as they are written here, in capital letters or small; empty for all.
    package var search = ""
    /// Only items that a released edition carries.
    package var isUsed = false
    /// Only items with a lower number: the next page.
    package var before: ItemID?

    package init() {}
}

/// An item as a list shows it. Its texts stay in the ledger: reading forty of them takes longer than all the rest of a page.
package struct ItemLine: Hashable, Sendable {
    package var id: ItemID
    package var source: String
    /// The file's or subfolder's name in the drop folder.
    package var name: String
    package var state: ItemState
    /// When the version in force came.
    package var revised: Instant
    package var title: String
    package var picture: PictureDigest?

    fileprivate init(_ row: borrowing Row) {
        id = row.identifier(0)
        source = row.text(1)
        name = row.text(2)
        state = ItemState(rawValue: row.text(3)) ?? .held
        revised = row.instant(4)
        title = row.text(5)
        picture = row.isNull(6) ? nil : PictureDigest(row.text(6))
    }
}

/// Where a search has come to: everything from there on was looked at, and there is more before it.
package struct SearchReach: Hashable, Sendable {
    /// The number of the oldest that was looked at.
    package var number: Int64
    package var since: Instant
}

extension Ledger {
    /// So many items are looked at for one page of a search; ``searchReach(_:)`` says where the next page goes on. An index of parts of words
    /// (FTS5's trigrams) was tried: it makes an item some milliseconds dearer to take in, several times what all the rest costs, and words
    /// that nearly every item has the parts of take it longer than reading the texts.
    package static let searchedItems: Int64 = 2_000

    /// Items of a list, newest first. A search looks at the ``searchedItems`` newest ones before the page's beginning.
    package func items(_ filter: ItemFilter, limit: Int) throws(Fault) -> [ItemLine] {
        let sources = try filter.sources.map { names throws(Fault) in try Stored.text(names) }
        let words = filter.search.searchText
        return try read { db throws(Fault) in
            let oldest = words.isEmpty ? nil : try db.oldestSearched(filter)
            return try db.all(
                """
                SELECT item.id, item.source, item.name, item.state, item_version.received, item_version.title,
                item_version.content ->> '$.picture.digest'
                FROM item JOIN item_version ON item_version.item = item.id AND item_version.version = item.version
                WHERE (?1 IS NULL OR item.state = ?1)
                AND (?2 IS NULL OR item.source IN (SELECT value FROM json_each(?2)))
                AND (?3 = 0 OR EXISTS (SELECT 1 FROM edition_item JOIN edition ON edition.id = edition_item.edition
                    WHERE edition_item.item = item.id AND edition.state = 'released'))
                AND item.id < coalesce(?4, 9223372036854775807) AND item.id >= coalesce(?5, 0)
                AND (?6 = '' OR EXISTS (SELECT 1 FROM item_words WHERE item_words.item = item.id AND holds(words, ?6)))
                ORDER BY item.id DESC LIMIT ?7
                """, Value(filter.state?.rawValue), Value(sources), Value(filter.isUsed), Value(filter.before), Value(oldest), Value(words),
                Value(limit)
            ) { ItemLine($0) }
        }
    }

    /// How far back a page of a search has looked; `nil` when nothing is left before that, or nothing is searched for.
    package func searchReach(_ filter: ItemFilter) throws(Fault) -> SearchReach? {
        guard !filter.search.searchText.isEmpty else { return nil }
        let sources = try filter.sources.map { names throws(Fault) in try Stored.text(names) }
        return try read { db throws(Fault) in
            guard let oldest = try db.oldestSearched(filter) else { return nil }
            let isMore = try db.first(
                """
                SELECT 1 FROM item WHERE id < ?1 AND (?2 IS NULL OR source IN (SELECT value FROM json_each(?2))) LIMIT 1
                """, Value(oldest), Value(sources)
            ) { _ in true }
            guard isMore != nil else { return nil }
            return try db.first("SELECT received FROM item WHERE id >= ? ORDER BY id LIMIT 1", Value(oldest)) { row in
                SearchReach(number: oldest, since: row.instant(0))
            }
        }
    }
}

extension Connection {
    /// Keeps what an item says from now on as it is searched: to be called with each new version.
    func keepWords(of item: ItemID, _ content: ItemContent) throws(Fault) {
        try run("INSERT OR REPLACE INTO item_words (item, words) VALUES (?, ?)", Value(item), Value(content.everyText.searchText))
    }

    /// The number of the oldest item that a page of a search looks at; `nil` when it looks at all that are left.
    fileprivate func oldestSearched(_ filter: ItemFilter) throws(Fault) -> Int64? {
        let before =
            if let before = filter.before { before.number } else { try first("SELECT max(id) FROM item") { $0.integer(0) + 1 } ?? 0 }
        return before > Ledger.searchedItems ? before - Ledger.searchedItems : nil
    }
}
