import Core
import Database

/// Where an edition stands.
///
///     open ──cut-off──▶ closed ──release──▶ released ⟲ a correction
///      │                  │  ▲                  │
///      │                  ▼  │ an editor        └──a correction that leaves nothing──▶ recalled ⟲
///      ├──────────────▶  held ──release──▶ released
///      └──────────────▶ skipped            nothing is in it; from closed and held when all its items have gone
package enum EditionState: String, Hashable, Codable, Sendable, CaseIterable {
    case open, closed, held, released, skipped, recalled
}

/// One issue of a publication.
package struct EditionRecord: Hashable, Codable, Sendable {
    package var id: EditionID
    package var publication: String
    /// Counts the publication's released editions; 0 until the release.
    package var number: Int
    /// Unique over all editions, such as `direktionens-nyhedsbrev-2026-12-01`.
    package var slug: String
    package var title: String
    package var audience: String
    /// The civil date and time by the rule, before any holiday moved it: what the next edition is counted from.
    package var scheduled: String
    package var release: Instant
    package var cutOff: Instant
    /// The instant after which no delivery of it is tried any more; set at release.
    package var stopBy: Instant?
    package var state: EditionState
    /// Why it is held or was skipped.
    package var reason: String?
    package var leaderNotes: Bool
    package var web: Bool
    package var released: Instant?
    /// How often it has been corrected since.
    package var corrections: Int
    /// When it was corrected last.
    package var corrected: Instant?
    /// The order that an editor gave its items, the lead story first.
    package var order: [ItemID]
    /// The items that an editor took out of it.
    package var leftOut: Set<ItemID>
    /// Of one that went ahead of another: that one's publication, whose edition bears the same ``scheduled``; set at release.
    package var aheadOf: String?

    static let columns = """
        SELECT id, publication, number, slug, title, audience, scheduled, release, cut_off, stop_by, state, reason, leader_notes, web, released,
        corrections, corrected, item_order, left_out, ahead_of
        FROM edition
        """

    init(_ row: borrowing Row) {
        id = row.identifier(0)
        publication = row.text(1)
        number = row.int(2)
        slug = row.text(3)
        title = row.text(4)
        audience = row.text(5)
        scheduled = row.text(6)
        release = row.instant(7)
        cutOff = row.instant(8)
        stopBy = row.optionalInstant(9)
        state = EditionState(rawValue: row.text(10)) ?? .held
        reason = row.optionalText(11)
        leaderNotes = row.bool(12)
        web = row.bool(13)
        released = row.optionalInstant(14)
        corrections = row.int(15)
        corrected = row.optionalInstant(16)
        order = Self.numbers(row.text(17))
        leftOut = Set(Self.numbers(row.text(18)))
        aheadOf = row.optionalText(19)
    }

    static func numbers(_ text: String) -> [ItemID] { text.split(separator: " ").compactMap { Int64($0).map(ItemID.init) } }

    /// Items in the order that an editor gave them, without those that were left out; what came since stands behind.
    package func arranged(_ items: [ItemRecord]) -> [ItemRecord] {
        let kept = items.filter { !leftOut.contains($0.id) }
        let places = Dictionary(order.enumerated().map { ($1, $0) }) { first, _ in first }
        return kept.enumerated().sorted { a, b in
            (places[a.element.id] ?? places.count, a.offset) < (places[b.element.id] ?? places.count, b.offset)
        }.map(\.element)
    }
}

/// An item as an edition froze it.
package struct FrozenItem: Hashable, Codable, Sendable {
    package var item: ItemID
    package var version: Int

    package init(item: ItemID, version: Int) {
        self.item = item
        self.version = version
    }
}

/// What the Planner says of a coming edition.
package struct EditionPlan: Hashable, Sendable {
    package var publication: String
    package var slug: String
    package var title: String
    package var audience: String
    package var scheduled: String
    package var release: Instant
    package var cutOff: Instant
    package var leaderNotes: Bool

    package init(
        publication: String, slug: String, title: String, audience: String, scheduled: String, release: Instant, cutOff: Instant,
        leaderNotes: Bool
    ) {
        self.publication = publication
        self.slug = slug
        self.title = title
        self.audience = audience
        self.scheduled = scheduled
        self.release = release
        self.cutOff = cutOff
        self.leaderNotes = leaderNotes
    }
}

/// An edition as some of its readers get it by mail: with talking points, or without the topics that they have turned off.
package struct EditionVariant: Sendable {
    /// Unique within the edition, not empty.
    package var name: String
    package var renderings: [Language: EditionRendering]
    package var recipients: [RecipientID]

    package init(name: String, renderings: [Language: EditionRendering], recipients: [RecipientID]) {
        self.name = name
        self.renderings = renderings
        self.recipients = recipients
    }
}

/// Everything that a release sets going, recorded in one transaction with the release itself.
package struct Release: Sendable {
    package var items: [FrozenItem]
    package var renderings: [Language: EditionRendering]
    /// Who gets it by mail; who has unsubscribed is left out unless ``mandatory``.
    package var recipients: [RecipientID]
    package var mandatory: Bool
    /// What intranet endpoints get of it, and in which version.
    package var posts: [PostPlan]
    package var web: Bool
    package var stopBy: Instant
    /// What it says to some of its readers only; none of them is among ``recipients``.
    package var variants: [EditionVariant] = []
    package var urgency = Urgency.routine
    /// The publication that it goes ahead of: until that one's edition is out, its page is for its readers alone.
    package var aheadOf: String?

    package init(
        items: [FrozenItem], renderings: [Language: EditionRendering], recipients: [RecipientID], mandatory: Bool, posts: [PostPlan] = [],
        web: Bool, stopBy: Instant
    ) {
        self.items = items
        self.renderings = renderings
        self.recipients = recipients
        self.mandatory = mandatory
        self.posts = posts
        self.web = web
        self.stopBy = stopBy
    }
}

/// Whether deliveries wait their turn. A crisis message is urgent: it goes before everything else, through quiet hours and past the
/// limits of receiving domains.
package enum Urgency: String, Hashable, Codable, Sendable { case routine, urgent }
