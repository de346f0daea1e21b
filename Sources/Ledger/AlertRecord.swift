import Core
import Database

/// Where a crisis message stands.
///
///     proposed ──confirm──▶ standing ──end──▶ ended
///         └──────reject──▶ rejected
///
/// Where two people have to agree it begins as proposed, else as standing. A ledger that has gone back in time makes a standing one
/// proposed again.
package enum AlertState: String, Hashable, Codable, Sendable, CaseIterable {
    case proposed, standing, ended, rejected
}

/// Why a crisis message is over; who is told follows from it.
package enum AlertEnding: String, Hashable, Codable, Sendable {
    /// A person said so: the all-clear goes to all who got the message.
    case ended
    /// Its file was taken back, or its item is shown no more: as if a person had said so.
    case withdrawn
    /// Its own time was over. The mail has told when, so only the endpoints are told.
    case expired
    /// A new file of the same name says something else: nobody is told that this one is over.
    case replaced
}

/// A crisis message, with what it says.
package struct AlertRecord: Hashable, Codable, Sendable {
    package var id: AlertID
    package var state: AlertState
    package var isDrill: Bool
    package var item: ItemID
    package var version: Int
    /// The item's: `Akut/HR`.
    package var source: String
    package var content: ItemContent
    /// Who gets the mail. Screens and endpoints show it to everybody.
    package var audience: String
    /// When it ends by itself.
    package var until: Instant?
    package var proposed: Instant
    package var proposer: String
    package var raised: Instant?
    /// Who agreed, where two people have to.
    package var confirmer: String?
    package var ended: Instant?
    package var ender: String?
    package var ending: AlertEnding?
    /// What the all-clear says; empty for the usual words.
    package var farewell: String?
    package var edition: EditionID?
    package var allClear: EditionID?
    /// Whether its item may still be shown.
    package var isShown: Bool

    package func mark(_ kind: AlertMark.Kind) -> AlertMark { AlertMark(kind, isDrill: isDrill) }

    static let columns = """
        SELECT alert.id, alert.state, alert.drill, alert.item, alert.version, item.source, item_version.content, alert.audience, alert.until,
        alert.proposed, alert.proposer, alert.raised, alert.confirmer, alert.ended, alert.ender, alert.ending, alert.farewell, alert.edition,
        alert.all_clear, item.state IN ('accepted', 'approved') AND item.version = alert.version
        FROM alert JOIN item ON item.id = alert.item
        JOIN item_version ON item_version.item = alert.item AND item_version.version = alert.version
        """

    init(_ row: borrowing Row) throws(Fault) {
        id = row.identifier(0)
        state = AlertState(rawValue: row.text(1)) ?? .proposed
        isDrill = row.bool(2)
        item = row.identifier(3)
        version = row.int(4)
        source = row.text(5)
        content = try Stored.value(ItemContent.self, row.text(6))
        audience = row.text(7)
        until = row.optionalInstant(8)
        proposed = row.instant(9)
        proposer = row.text(10)
        raised = row.optionalInstant(11)
        confirmer = row.optionalText(12)
        ended = row.optionalInstant(13)
        ender = row.optionalText(14)
        ending = row.optionalText(15).flatMap(AlertEnding.init)
        farewell = row.optionalText(16)
        edition = row.isNull(17) ? nil : row.identifier(17)
        allClear = row.isNull(18) ? nil : row.identifier(18)
        isShown = row.bool(19)
    }
}

/// What somebody wants to tell everybody at once, about an item that is in the ledger already.
package struct AlertProposal: Hashable, Sendable {
    package var item: ItemID
    package var version: Int
    package var isDrill: Bool
    package var audience: String
    package var until: Instant?
    package var proposer: String

    package init(item: ItemID, version: Int, isDrill: Bool, audience: String, until: Instant?, proposer: String) {
        self.item = item
        self.version = version
        self.isDrill = isDrill
        self.audience = audience
        self.until = until
        self.proposer = proposer
    }
}
