import Core
import Ledger

/// Makes a feed of the ledger's items, as its rule and its player's profile want them.
package struct FeedComposition: Sendable {
    /// Who an item is from, as readers see it.
    package typealias Byline = @Sendable (_ source: String, _ side: CommitteeSide?, _ language: Language) -> String
    /// Which of the items on show a publication carries at an instant, in order: the Planner's selection, handed in by the wiring.
    package typealias Selection = @Sendable (Publication, _ live: [ItemRecord], Instant) throws(Fault) -> [ItemRecord]

    private let ledger: Ledger
    private let language: Language
    private let publicURL: String
    private let organisation: String
    private let byline: Byline
    private let select: Selection

    package init(
        ledger: Ledger, language: Language, publicURL: String, organisation: String, byline: @escaping Byline = { source, _, _ in source },
        select: @escaping Selection
    ) {
        self.ledger = ledger
        self.language = language
        self.publicURL = publicURL
        self.organisation = organisation
        self.byline = byline
        self.select = select
    }

    /// The feed as it is to be seen at an instant. `live` is what ``Ledger/liveItems(at:)`` gave. Throws a ``Fault`` when the ledger
    /// cannot be read.
    package func feed(_ rule: FeedRule, live: [ItemRecord], at now: Instant) throws(Fault) -> Feed {
        var feed = Feed(
            name: rule.name, title: rule.title, description: "\(rule.title), \(organisation)", language: rule.language ?? language,
            publicURL: publicURL, publisher: organisation,
            entries: try items(rule, live: live, at: now).map { item throws(Fault) in try entry(item, rule) })
        feed.profile = rule.profile
        feed.place = rule.place
        return feed
    }

    /// The items that a feed shows, in order.
    package func items(_ rule: FeedRule, live: [ItemRecord], at now: Instant) throws(Fault) -> [ItemRecord] {
        guard case .publication(let publication) = rule.content else { return rule.content.select(from: live, at: now) ?? [] }
        return try select(publication, live, now).filter { $0.content.channels.contains(.screens) && $0.content.isVisible(at: now) }
    }

    private func entry(_ item: ItemRecord, _ rule: FeedRule) throws(Fault) -> FeedEntry {
        let content = item.content
        let published = max(item.received, content.visibleFrom ?? item.received)
        return FeedEntry(
            id: tag(item), title: content.title, summary: content.summary.limited(to: rule.textLimit),
            text: content.body.plainText.limited(to: rule.textLimit),
            link: content.link?.address, published: published, updated: max(published, item.revised),
            author: byline(item.source, content.side, rule.language ?? language),
            picture: try content.picture.flatMap { reference throws(Fault) in try picture(reference) },
            visibleFrom: content.visibleFrom, visibleUntil: content.visibleUntil)
    }

    private func picture(_ reference: PictureReference) throws(Fault) -> FeedEntry.Picture? {
        // Without its bytes: a feed is made within 100 ms of a change.
        let digest = try ledger.renditionDigest(of: reference.digest, as: .screen)
        guard let picture = try ledger.pictureFacts(digest), let length = try ledger.pictureLength(digest) else { return nil }
        return FeedEntry.Picture(
            address: "\(publicURL)/pictures/\(picture.fileName)", mediaType: picture.format.mediaType, length: length,
            width: picture.width, height: picture.height, alternativeText: reference.alternativeText)
    }

    /// A `tag:` URI (RFC 4151): the host, the day on which the item came, its number. It outlives any change of the address.
    private func tag(_ item: ItemRecord) -> String {
        let host = publicURL.split(separator: "/").dropFirst().first.map { $0.prefix { $0 != ":" } } ?? "localhost"
        return "tag:\(host),\(CivilDateTime(secondsSince1970: item.received.seconds).date):item/\(item.id)"
    }
}
