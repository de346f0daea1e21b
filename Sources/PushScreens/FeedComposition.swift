import Core
import Crypto
import Ledger

/// Makes a feed of the ledger's items, as its rule and its player's profile want them.
package struct FeedComposition: Sendable {
    /// Who an item is from, as readers see it.
    package typealias Byline = @Sendable (_ source: String, _ side: CommitteeSide?, _ language: Language) -> String
    /// Which of the items on show a publication carries at an instant, in order: the Planner's selection, handed in by the wiring.
    package typealias Selection = @Sendable (Publication, _ live: [LiveItem], Instant) throws(Fault) -> [ItemRecord]

    private let ledger: Ledger
    private let language: Language
    private let publicURL: String
    private let organisation: String
    private let key: InstallationKey
    private let words: AlertWords
    private let hubs: [String]
    private let byline: Byline
    private let select: Selection

    /// `key` makes the tokens of private feeds; `hubs` are the addresses of the WebSub hubs that open ones name.
    package init(
        ledger: Ledger, language: Language, publicURL: String, organisation: String, key: InstallationKey, words: AlertWords,
        hubs: [String] = [], byline: @escaping Byline = { source, _, _ in source }, select: @escaping Selection
    ) {
        self.key = key
        self.ledger = ledger
        self.language = language
        self.publicURL = publicURL
        self.organisation = organisation
        self.words = words
        self.hubs = hubs
        self.byline = byline
        self.select = select
    }

    /// The feed as it is to be seen at an instant. `live` is what ``Ledger/liveItems(at:)`` gave, `alerts` what
    /// ``Ledger/standingAlerts(at:)`` did: every feed shows these, whatever its rule takes else. Throws a ``Fault`` when the ledger cannot
    /// be read.
    package func feed(_ rule: FeedRule, live: [LiveItem], alerts: [AlertRecord], at now: Instant) throws(Fault) -> Feed {
        try feed(rule, of: try items(rule, live: live, at: now), alerts)
    }

    /// The feed with these items, behind these crisis messages. `known` gives the entry that was made of an item before, if there is one.
    func feed(
        _ rule: FeedRule, of items: [ItemRecord], _ alerts: [AlertRecord], known: (ItemRecord) -> FeedEntry? = { _ in nil }
    ) throws(Fault) -> Feed {
        var feed = frame(rule)
        feed.entries = alerts.map { entry($0, rule.language ?? language, limit: rule.textLimit) }
        for item in items {
            if let kept = known(item) { feed.entries.append(kept) } else { feed.entries.append(try entry(item, rule)) }
        }
        return feed
    }

    /// What a feed says of itself, its addresses among it, without an entry.
    package func frame(_ rule: FeedRule) -> Feed {
        var feed = Feed(
            name: rule.name, title: rule.title, description: "\(rule.title), \(organisation)", language: rule.language ?? language,
            publicURL: publicURL, publisher: organisation)
        feed.profile = rule.profile
        feed.place = rule.place
        switch rule.access {
        case .open: feed.hubs = hubs
        case .byAddress(let version): feed.token = FeedToken(feed: rule.name, version: version, key: key)
        }
        return feed
    }

    /// The items that a feed shows, in order.
    package func items(_ rule: FeedRule, live: [LiveItem], at now: Instant) throws(Fault) -> [ItemRecord] {
        guard case .publication(let publication) = rule.content else {
            return try ledger.records(of: rule.content.select(from: live, at: now) ?? [])
        }
        return try select(publication, live, now).filter { $0.content.channels.contains(.screens) && $0.content.isVisible(at: now) }
    }

    private func entry(_ item: ItemRecord, _ rule: FeedRule) throws(Fault) -> FeedEntry {
        let content = item.content
        let published = max(item.received, content.visibleFrom ?? item.received)
        return FeedEntry(
            id: tag("item", item.id.number, item.received), title: content.title, summary: content.summary.limited(to: rule.textLimit),
            text: content.body.plainText.limited(to: rule.textLimit),
            link: content.link?.address, published: published, updated: max(published, item.revised),
            author: byline(item.source, content.side, rule.language ?? language),
            picture: try content.picture.flatMap { reference throws(Fault) in try picture(reference) },
            visibleFrom: content.visibleFrom, visibleUntil: content.visibleUntil)
    }

    private func entry(_ alert: AlertRecord, _ language: Language, limit: Int?) -> FeedEntry {
        let (content, mark, raised) = (alert.content, alert.mark(.raised), alert.raised ?? alert.proposed)
        let source = AlertSource.shown(alert.source)
        var entry = FeedEntry(
            id: tag("alert", alert.id.number, raised), title: words.title(content.title, mark, language),
            summary: content.summary.limited(to: limit), text: content.body.plainText.limited(to: limit), link: content.link?.address,
            published: raised, updated: raised, author: source.isEmpty ? organisation : source, visibleUntil: alert.until)
        entry.rank = .exclusive
        entry.banner = .init(text: words.banner(mark, language), title: content.title, isDrill: alert.isDrill)
        return entry
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
    private func tag(_ kind: String, _ number: Int64, _ came: Instant) -> String {
        let host = publicURL.split(separator: "/").dropFirst().first.map { $0.prefix { $0 != ":" } } ?? "localhost"
        return "tag:\(host),\(CivilDateTime(secondsSince1970: came.seconds).date):\(kind)/\(number)"
    }
}
