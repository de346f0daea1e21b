import Core
import Database

/// Where an item stands.
///
///     accepted ⇄ approved        an editor approves; a new version needs a new approval
///        ⇅          ⇅
///       held       held          an editor holds it back
///     any → withdrawn            its source or an editor takes it back
///     any → superseded           a later file of the same name came after an edition had used it
package enum ItemState: String, Hashable, Codable, Sendable, CaseIterable {
    case accepted, approved, held, withdrawn, superseded
}

/// An item with the version that is in force.
package struct ItemRecord: Selectable, Hashable, Codable, Sendable {
    package var id: ItemID
    package var source: String
    /// The file's or subfolder's name in the drop folder, in NFC.
    package var name: String
    package var state: ItemState
    package var version: Int
    /// When the item first came.
    package var received: Instant
    /// When the version in force came.
    package var revised: Instant
    package var content: ItemContent
    /// Whether an editor has approved this very version; a later file of the same name does not change that.
    package var isApproved: Bool
    /// An item of another source that has told nearly the same, when there was one as this version came.
    package var resembles: ItemID?
    /// The share of the text that both have in common, from 0 to 1.
    package var share: Double?

    package var facts: SelectionFacts { SelectionFacts(content) }

    /// Of the version in force.
    static let columns = "\(columnsOfVersions) AND item_version.version = item.version"
    /// Of each version.
    static let columnsOfVersions = """
        SELECT item.id, item.source, item.name, item.state, item_version.version, item.received, item_version.received,
        item_version.content, item.approved IS item_version.version, item_version.resembles, item_version.share
        FROM item JOIN item_version ON item_version.item = item.id
        """

    init(_ row: borrowing Row) throws(Fault) {
        id = row.identifier(0)
        source = row.text(1)
        name = row.text(2)
        state = ItemState(rawValue: row.text(3)) ?? .held
        version = row.int(4)
        received = row.instant(5)
        revised = row.instant(6)
        content = try Stored.value(ItemContent.self, row.text(7))
        isApproved = row.bool(8)
        resembles = row.isNull(9) ? nil : row.identifier(9)
        share = row.isNull(10) ? nil : row.real(10)
    }
}

extension Publication {
    /// The items that a continuous publication shows at an instant: those that it selects, of which an editor has approved the version
    /// in force where its rule asks for that.
    package func running(from live: [LiveItem], at instant: Instant) -> [LiveItem] {
        select(from: approval == .none ? live : live.filter(\.isApproved), at: instant)
    }
}

/// What Intake hands over: a checked item with its pictures.
package struct Submission: Sendable {
    package var source: String
    /// The file's or subfolder's name, in NFC.
    package var name: String
    /// SHA-256 over all of the item's files, in hexadecimal: the same content has the same digest.
    package var digest: String
    /// SHA-256 of the text file alone.
    package var textDigest: String
    package var content: ItemContent
    package var pictures: [PictureRenditions]

    /// `textDigest` is `digest` for an item of one file.
    package init(
        source: String, name: String, digest: String, textDigest: String? = nil, content: ItemContent, pictures: [PictureRenditions]
    ) {
        self.source = source
        self.name = name
        self.digest = digest
        self.textDigest = textDigest ?? digest
        self.content = content
        self.pictures = pictures
    }
}

/// A live item as a file that comes later finds it.
package struct ReplaceableItem: Hashable, Sendable {
    package var id: ItemID
    package var name: String
    /// SHA-256 of its text file, in hexadecimal.
    package var textDigest: String
    /// Whether an edition carries it, so that it can be replaced no more.
    package var isFrozen: Bool
}

/// What became of a submission.
package enum Acceptance: Hashable, Sendable {
    case new(ItemID)
    /// A new version of an item that no edition has frozen yet.
    case replaced(ItemID, version: Int)
    /// The very same file again, under the same name: nothing changed (also after a crash between commit and move).
    case unchanged(ItemID)
    /// The same content is already there under another name or from another source; no second item was made.
    case duplicate(of: ItemID, source: String, name: String)

    /// The version that it became; `nil` when it became none.
    package var version: Int? {
        switch self {
        case .new: 1
        case .replaced(_, let version): version
        case .unchanged, .duplicate: nil
        }
    }

    package var item: ItemID {
        switch self {
        case .new(let id), .replaced(let id, _), .unchanged(let id), .duplicate(let id, _, _): id
        }
    }
}
