/// Where an item may be shown; an item without `Kanaler` may be shown on all of them.
package enum ChannelKind: String, CaseIterable, Hashable, Codable, Sendable {
    case email, web, screens, intranet
}

/// How urgently an item asks for place: orders items within an edition and on a screen.
package enum Priority: Int, Hashable, Codable, Sendable, Comparable {
    case low = 0
    case normal = 1
    case high = 2

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What a manager wrote: one version of an item, after Intake has read and checked it. Immutable once in the ledger.
package struct ItemContent: Hashable, Codable, Sendable {
    package var title: String
    /// One or two sentences; derived from the text's first paragraph when the writer gave none.
    package var summary: String
    package var category: String?
    /// The side that it comes from; of a committee's items alone.
    package var side: CommitteeSide?
    /// The audience the item is for; `nil` means everybody who receives the publication.
    package var audience: String?
    package var channels: Set<ChannelKind>
    package var visibleFrom: Instant?
    /// The instant from which the item is shown nowhere any more.
    package var visibleUntil: Instant?
    package var priority: Priority
    /// The item's own picture, shown beside its title; pictures within the text are blocks of ``body``.
    package var picture: PictureReference?
    package var link: LinkTarget?
    package var contact: String?
    /// Talking points for leaders; shown in leaders' editions only.
    package var leaderNotes: Document?
    package var body: Document

    package init(
        title: String, summary: String, category: String? = nil, side: CommitteeSide? = nil, audience: String? = nil,
        channels: Set<ChannelKind> = Set(ChannelKind.allCases), visibleFrom: Instant? = nil, visibleUntil: Instant? = nil,
        priority: Priority = .normal, picture: PictureReference? = nil, link: LinkTarget? = nil, contact: String? = nil,
        leaderNotes: Document? = nil, body: Document
    ) {
        self.title = title
        self.summary = summary
        self.category = category
        self.side = side
        self.audience = audience
        self.channels = channels
        self.visibleFrom = visibleFrom
        self.visibleUntil = visibleUntil
        self.priority = priority
        self.picture = picture
        self.link = link
        self.contact = contact
        self.leaderNotes = leaderNotes
        self.body = body
    }

    /// Whether the item may be shown at an instant: from ``visibleFrom`` on, before ``visibleUntil``.
    package func isVisible(at instant: Instant) -> Bool {
        instant.isBetween(visibleFrom, visibleUntil)
    }
}

/// A picture's bytes as the ledger keeps them, with what every channel needs to know of them.
package struct Picture: Hashable, Sendable {
    package enum Format: String, Hashable, Codable, Sendable {
        case jpeg, png

        package var mediaType: String { "image/" + rawValue }
        package var fileExtension: String { self == .jpeg ? "jpg" : "png" }
    }

    package var digest: PictureDigest
    package var format: Format
    /// Width and height in pixels.
    package var width: Int
    package var height: Int
    package var bytes: [UInt8]

    package init(digest: PictureDigest, format: Format, width: Int, height: Int, bytes: [UInt8]) {
        self.digest = digest
        self.format = format
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// The file name under which every channel shows the picture.
    package var fileName: String { "\(digest).\(format.fileExtension)" }
}
