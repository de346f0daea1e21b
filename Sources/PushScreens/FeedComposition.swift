import Core
import Ledger

/// Makes a feed of the ledger's items.
package struct FeedComposition: Sendable {
    /// Who an item is from, as readers see it.
    package typealias Byline = @Sendable (_ source: String, _ side: CommitteeSide?, _ language: Language) -> String
    /// Which items a publication shows at an instant, in order: the Planner's selection, handed in by the wiring.
    package typealias Selection = @Sendable (Publication, Instant) throws(Fault) -> [ItemRecord]

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

    /// The publication's feed as it is to be seen at an instant. Throws a ``Fault`` when the ledger cannot be read.
    package func feed(_ publication: Publication, at now: Instant) throws(Fault) -> Feed {
        let shown = try select(publication, now).filter { $0.content.channels.contains(.screens) && $0.content.isVisible(at: now) }
        return Feed(
            name: publication.name, title: publication.title, description: "\(publication.title), \(organisation)",
            language: publication.language ?? language, publicURL: publicURL, publisher: organisation,
            entries: try shown.map { item throws(Fault) in try entry(item, publication.language ?? language) })
    }

    private func entry(_ item: ItemRecord, _ language: Language) throws(Fault) -> FeedEntry {
        let content = item.content
        let published = max(item.received, content.visibleFrom ?? item.received)
        return FeedEntry(
            id: tag(item), title: content.title, summary: content.summary, text: content.body.plainText,
            link: content.link?.address, published: published, updated: max(published, item.revised),
            author: byline(item.source, content.side, language),
            picture: try content.picture.flatMap { reference throws(Fault) in try picture(reference) },
            visibleFrom: content.visibleFrom, visibleUntil: content.visibleUntil)
    }

    private func picture(_ reference: PictureReference) throws(Fault) -> FeedEntry.Picture? {
        guard let picture = try ledger.picture(reference.digest) else { return nil }
        return FeedEntry.Picture(
            address: "\(publicURL)/pictures/\(picture.fileName)", mediaType: picture.format.mediaType, length: picture.bytes.count)
    }

    /// A `tag:` URI (RFC 4151): the host, the day on which the item came, its number. It outlives any change of the address.
    private func tag(_ item: ItemRecord) -> String {
        let host = publicURL.split(separator: "/").dropFirst().first.map { $0.prefix { $0 != ":" } } ?? "localhost"
        return "tag:\(host),\(CivilDateTime(secondsSince1970: item.received.seconds).date):item/\(item.id)"
    }
}
