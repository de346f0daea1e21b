import Core

/// What the page of one feed for a wall says of itself; its items come later, by its player.
package struct ScreenFace: Hashable, Sendable {
    /// The feed's name in addresses.
    package var feed: String
    package var title: String
    /// Where the screen hangs; the title stands for it when there is none.
    package var place: String?
    package var language: Language
    /// How the page reaches `/screen/`: `../` when a token stands before the feed's name, else empty.
    package var root: String
    /// The names under which the page asks for its look and its code.
    package var style: String
    package var player: String

    package init(feed: String, title: String, place: String?, language: Language, root: String = "", style: String, player: String) {
        self.root = root
        self.feed = feed
        self.title = title
        self.place = place
        self.language = language
        self.style = style
        self.player = player
    }
}

extension Press {
    /// The sheet of the screen page, in the organisation's colours. Throws a ``Fault`` when the template cannot be rendered.
    package func screenStyle() throws(Fault) -> String { try page("screen/style.css", .da, [:]) }

    /// The page for a wall. Throws a ``Fault`` when the template cannot be rendered.
    package func screenPage(_ face: ScreenFace, zone: Zone) throws(Fault) -> String {
        let logo: Value =
            identity.logo.map { ["file": .text($0.fileName), "alt": .text(identity.logoAlternativeText.singleLine)] } ?? .null
        return try page(
            "screen/page.html", face.language,
            [
                "title": .text(face.title.singleLine), "place": Value(face.place?.singleLine), "feed": .text(face.feed),
                "root": .text(face.root),
                "zone": .text(zone.identifier), "style": .text(face.style), "player": .text(face.player), "logo": logo,
                "clock": .text(catalogue.text("date.clock", face.language)),
            ])
    }

    /// The lowest contrast of what stands on a screen page: WCAG 2.1, 1.4.6, asks for 7 where light and distance are not ours to choose.
    package var screenContrast: Double { min(identity.primary.contrast(to: .white), identity.text.contrast(to: identity.surface)) }
}
