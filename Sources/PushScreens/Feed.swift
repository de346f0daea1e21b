import Core
import Crypto

/// What an infoscreen or a feed reader is shown of one publication: plain text only, in the order of showing.
package struct Feed: Hashable, Sendable {
    /// Lower-case letters, digits and hyphens: the address's last part, without the format's ending.
    package var name: String
    package var title: String
    package var description: String
    package var language: Language
    /// The service's public address, without a slash at its end.
    package var publicURL: String
    /// Shown for an entry without a source of its own: the organisation.
    package var publisher: String
    /// The player it is made for: how each format is written.
    package var profile = FeedProfile.plain
    /// Where the screen hangs; shown by the screen page.
    package var place: String?
    /// The WebSub hubs that are told when it changes; none for a feed that not everybody may read.
    package var hubs: [String] = []
    /// Stands in the addresses of a feed that not everybody may read; `nil` for an open one.
    package var token: FeedToken?
    package var entries: [FeedEntry]

    package init(
        name: String, title: String, description: String, language: Language, publicURL: String, publisher: String,
        entries: [FeedEntry] = []
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.language = language
        self.publicURL = publicURL
        self.publisher = publisher
        self.entries = entries
    }

    /// Where a person reads on: the archive.
    var home: String { "\(publicURL)/editions/" }

    /// Names the feed for as long as it is there: without the token, which may be renewed.
    var id: String { "\(publicURL)/feeds/\(name).atom" }

    package func address(_ format: FeedFormat) -> String { "\(publicURL)/feeds/\(path)\(format.suffix)" }

    /// The page for a wall.
    package var screenAddress: String { "\(publicURL)/screen/\(path)" }

    private var path: String { token.map { "\($0.text)/\(name)" } ?? name }

    /// The newest entry's change. An empty feed has a fixed time, so that its bytes stand still too.
    var updated: Instant { entries.map(\.updated).max() ?? Instant(seconds: 0) }

    /// The feed with what may be seen at an instant: while an exclusive entry is to be seen, nothing else is.
    func visible(at instant: Instant) -> Feed {
        var visible = self
        visible.entries.removeAll { !$0.isVisible(at: instant) }
        if visible.entries.contains(where: { $0.rank == .exclusive }) { visible.entries.removeAll { $0.rank != .exclusive } }
        return visible
    }

    /// Whether two feeds differ in their entries alone.
    func saysTheSame(as other: Feed) -> Bool {
        var (mine, others) = (self, other)
        (mine.entries, others.entries) = ([], [])
        return mine == others
    }

    /// When the next entry appears or expires; `nil` when nothing will change by itself.
    func nextChange(after instant: Instant) -> Instant? {
        entries.flatMap { [$0.visibleFrom, $0.visibleUntil] }.compactMap { $0 }.filter { $0 > instant }.min()
    }
}

/// One item in a feed.
package struct FeedEntry: Hashable, Sendable {
    /// The item's picture as the server shows it. The address has no query: Xibo's issue #2423.
    package struct Picture: Hashable, Sendable {
        package var address: String
        package var mediaType: String
        /// In bytes.
        package var length: Int
        /// In pixels; 0 when not known.
        package var width: Int
        package var height: Int
        package var alternativeText: String

        package init(
            address: String, mediaType: String, length: Int, width: Int = 0, height: Int = 0, alternativeText: String = ""
        ) {
            self.address = address
            self.mediaType = mediaType
            self.length = length
            self.width = width
            self.height = height
            self.alternativeText = alternativeText
        }
    }

    /// Whether an entry shares the screen with others.
    package enum Rank: Hashable, Sendable {
        case ordinary
        /// Takes the screen over: while it is to be seen, no ordinary entry is.
        case exclusive
    }

    /// A `tag:` or `urn:` that never changes for the same item.
    package var id: String
    package var title: String
    package var summary: String
    package var text: String
    package var link: String?
    package var published: Instant
    package var updated: Instant
    /// The source's name.
    package var author: String
    /// One at most: OS2display shows the last of several.
    package var picture: Picture?
    package var visibleFrom: Instant?
    /// The first instant at which it is shown no more.
    package var visibleUntil: Instant?
    package var rank = Rank.ordinary
    /// Of a crisis message: what the screen page shows above it. Elsewhere its title says as much.
    package var banner: Banner?

    /// What marks a crisis message on the screen page.
    package struct Banner: Hashable, Sendable {
        package var text: String
        /// The title without the mark that the banner gives.
        package var title: String
        package var isDrill: Bool
    }

    package init(
        id: String, title: String, summary: String, text: String, link: String? = nil, published: Instant, updated: Instant, author: String,
        picture: Picture? = nil, visibleFrom: Instant? = nil, visibleUntil: Instant? = nil
    ) {
        self.id = id
        self.title = title
        self.summary = summary
        self.text = text
        self.link = link
        self.published = published
        self.updated = updated
        self.author = author
        self.picture = picture
        self.visibleFrom = visibleFrom
        self.visibleUntil = visibleUntil
    }

    func isVisible(at instant: Instant) -> Bool {
        (visibleFrom.map { $0 <= instant } ?? true) && (visibleUntil.map { instant < $0 } ?? true)
    }
}
