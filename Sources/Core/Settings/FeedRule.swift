/// What one feed shows and how: a section `[Feed name]` of the configuration, or a schedule with `Feed=yes`.
package struct FeedRule: Hashable, Sendable {
    /// Which player the feed is made for: each reads the formats in its own way (see ``FeedProfile``).
    package var profile = FeedProfile.plain
    /// Lower-case ASCII letters, digits and hyphens: the address's last part.
    package var name: String
    package var title: String
    /// Where the screen hangs, as the screen page shows it: "Kantinen, Rådhuset".
    package var place: String?
    package var language: Language?
    package var content: Content
    /// The longest text of an entry, in characters; a longer one is cut at a word.
    package var textLimit: Int?
    /// How long the player shows one entry; `nil` where it decides by itself.
    package var seconds: Int?
    package var access = Access.open

    /// Who may read the feed.
    package enum Access: Hashable, Codable, Sendable {
        case open
        /// Who knows its address: there is a token in it, another one in each version.
        case byAddress(version: Int)
    }

    package enum Content: Hashable, Sendable {
        /// What a publication carries: a continuous one everything now, a recurring one its latest edition.
        case publication(Publication)
        /// Every item on show that is for everybody or one of these audiences.
        case items(audiences: [String], Publication.Selection)
    }

    package init(name: String, title: String, content: Content) {
        self.name = name
        self.title = title
        self.content = content
    }

    /// The feed of a schedule with `Feed=yes`.
    package init(_ publication: Publication) {
        self.init(name: publication.name, title: publication.title, content: .publication(publication))
        language = publication.language
        access = publication.channels.feedAccess
    }
}

/// The players whose ways a feed can be made for.
package enum FeedProfile: String, CaseIterable, Hashable, Codable, Sendable {
    /// Feed readers and anything not named here.
    case plain
    /// Its RSS slide shows `description` as text, five entries; its "Nyheder" slide shows Atom's summary.
    case os2display
    /// Reads `media:content` too, and decides by the Content-Type.
    case xibo
    /// Short texts beside pictures of 10 MB at most.
    case concerto

    /// How many entries the player shows.
    package var entries: Int { self == .os2display ? 5 : 20 }
    /// The longest text that fits, in characters.
    package var textLimit: Int? {
        switch self {
        case .plain: nil
        case .os2display, .xibo: 400
        case .concerto: 300
        }
    }
    /// How long the player shows one entry unless its owner changes that.
    package var seconds: Int? { self == .plain ? nil : 15 }
}

extension FeedRule.Content {
    /// The items among those on show that a ``items(audiences:_:)`` feed takes, in order; `nil` for a publication, which has its own rule.
    package func select<Item: Selectable>(from items: [Item], at instant: Instant) -> [Item]? {
        guard case .items(let audiences, let selection) = self else { return nil }
        let names = Set((audiences + [Audience.everybody.name]).map { $0.lowercased() })
        return selection.select(
            from: items.filter { item in
                item.facts.channels.contains(.screens) && item.facts.isVisible(at: instant)
                    && item.facts.audience.map { names.contains($0.lowercased()) } ?? true
            })
    }
}
