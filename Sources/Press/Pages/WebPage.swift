import Core

/// The edition as a page on the web: every item in full, without scripts, without anything from elsewhere.
struct WebPage {
    /// The text column, in CSS pixels.
    static let pictureWidth = 704

    private let frame: EditionFrame
    private let shelf: PictureShelf

    init(_ frame: EditionFrame) {
        self.frame = frame
        shelf = PictureShelf(place: .web(base: frame.base), dimensions: frame.pictures, widest: Self.pictureWidth)
    }

    func html() throws(Fault) -> String {
        let entries = frame.entries(for: .web)
        var values = frame.values(entries)
        values["items"] = .list(entries.map { item($0) })
        values["description"] = .text(entries.first.map { $0.content.summary.singleLine } ?? frame.title)
        values["logo"] = frame.press.webLogo(base: frame.base)
        return try frame.press.page(.web, in: frame.folder, frame.language, values)
    }

    private func item(_ entry: EditionContent.Entry) -> Value {
        let part = ItemPart(
            content: entry.content, source: entry.source, anchor: EditionFrame.anchor(entry), dialect: .web, shelf: shelf,
            texts: { frame.text($0, $1) }, byline: { frame.byline($0, $1) })
        return .map(part.fullValues(showsLeaderNotes: frame.edition.showsLeaderNotes, asksLeaders: frame.edition.showsLeaderNotes))
    }
}

extension ItemPart {
    /// The values of an item that stands in full; `asksLeaders` adds what a leader may ask about any item.
    func fullValues(showsLeaderNotes: Bool, asksLeaders: Bool = false) -> [String: Value] {
        var values = values()
        values["lead"] = content.body.isEmpty ? Value(content.summary.singleLine) : Value(lead)
        values["body"] = .text(html(content.body))
        if showsLeaderNotes, let notes = content.leaderNotes, !notes.isEmpty {
            values["leaderNotes"] = .text(html(notes, suffix: "-leder"))
        }
        values["asksLeaders"] = .bool(asksLeaders)
        values["hasLeaderPart"] = .bool(asksLeaders || values["leaderNotes"] != nil)
        return values
    }
}

extension Press {
    /// The logo as the web shows it; `null` without one.
    func webLogo(base: String) -> Value {
        guard let logo = identity.logo else { return .null }
        let shelf = PictureShelf(place: .web(base: base), dimensions: [logo.digest: PictureDimensions(logo)], widest: WebPage.pictureWidth)
        guard let source = shelf.source(logo.digest, highest: MailPage.logoHeight) else { return .null }
        return [
            "address": .text(source.address), "width": .number(String(source.width)), "height": .number(String(source.height)),
            "alt": .text(identity.logoAlternativeText.singleLine),
        ]
    }
}
