import Core

/// The edition as mail: HTML, and the same in plain text.
///
/// Long items stand as summary with a link to the web edition. Gmail cuts a mail at 102 KB and hides the foot with the link to
/// unsubscribe, so the HTML stays at ``limit`` bytes: the longest texts are shortened first, and what is still too long is a
/// ``Fault``, never a mail that is cut.
struct MailPage {
    /// Bytes of HTML. Quoted-printable and the personal address come on top of it.
    static let limit = 90_000
    /// Bytes of text, without markup, up to which an item stands in full.
    static let fullTextLimit = 1_500
    /// The card of 600 px less its padding.
    static let pictureWidth = 536
    static let logoHeight = 48

    private let frame: EditionFrame
    private let entries: [EditionContent.Entry]
    private let shelf: PictureShelf
    private let dialect: HTMLDialect

    init(_ frame: EditionFrame) {
        self.frame = frame
        entries = frame.entries(for: .email)
        var dimensions = frame.pictures
        if let logo = frame.press.identity.logo { dimensions[logo.digest] = PictureDimensions(logo) }
        shelf = PictureShelf(
            place: frame.linksPictures ? .web(base: frame.base) : .attached, dimensions: dimensions, widest: Self.pictureWidth)
        dialect = .mail(frame.press.palette)
    }

    /// Throws a ``Fault`` when the mail stays above ``limit``.
    func fitted() throws(Fault) -> (html: String, text: String, pictures: [EditionRendering.InlinePicture]) {
        let bodies = entries.map { part($0).html($0.content.body) }
        var full = Set(entries.indices.filter { !isShortened($0, bodies) })
        while true {
            let html = try self.html(bodies, full)
            if html.utf8.count <= Self.limit {
                return (html, try text(full), pictures(full))
            }
            let longest = full.filter { canBeShortened($0) }.max { (bodies[$0].utf8.count, -$0) < (bodies[$1].utf8.count, -$1) }
            guard let longest else {
                throw Fault(
                    "render", "edition \(frame.edition.slug)",
                    cause: "the mail is \(html.utf8.count) bytes long, and mail programs cut it after \(Self.limit)",
                    mend: "Lower Max in the publication's [Selection], or ask for shorter items.")
            }
            full.remove(longest)
        }
    }

    private func canBeShortened(_ index: Int) -> Bool { frame.hasWebEdition && entries[index].content.channels.contains(.web) }

    private func isShortened(_ index: Int, _ bodies: [String]) -> Bool {
        canBeShortened(index) && entries[index].content.body.plainText.utf8.count > Self.fullTextLimit
    }

    private func part(_ entry: EditionContent.Entry) -> ItemPart {
        ItemPart(
            content: entry.content, source: entry.source, anchor: EditionFrame.anchor(entry), dialect: dialect, shelf: shelf,
            texts: { frame.text($0, $1) }, byline: { frame.byline($0, $1) })
    }

    private func html(_ bodies: [String], _ full: Set<Int>) throws(Fault) -> String {
        var values = frame.values(entries)
        values["items"] = .list(entries.indices.map { item($0, bodies[$0], isFull: full.contains($0)) })
        values["logo"] = logo()
        values["preheader"] = .text(preheader)
        return try frame.press.page(.mailHTML, in: frame.folder, frame.language, slotted(values))
    }

    private func item(_ index: Int, _ body: String, isFull: Bool) -> Value {
        let entry = entries[index]
        let part = part(entry)
        var values = part.values()
        values["lead"] = isFull ? Value(part.lead) : Value(entry.content.summary.singleLine)
        values["body"] = isFull ? .text(body) : .null
        values["moreURL"] = isFull ? .null : .text(moreAddress(entry))
        values["leaderNotes"] = leaderNotes(entry).map { .text(part.html($0, suffix: "-leder")) } ?? .null
        values["hasLeaderPart"] = .bool(frame.edition.showsLeaderNotes)
        return .map(values)
    }

    private func moreAddress(_ entry: EditionContent.Entry) -> String { "\(frame.address)#\(EditionFrame.anchor(entry))" }

    private func leaderNotes(_ entry: EditionContent.Entry) -> Document? {
        frame.edition.showsLeaderNotes ? entry.content.leaderNotes.flatMap { $0.isEmpty ? nil : $0 } : nil
    }

    /// What the inbox shows behind the subject: the first titles.
    private var preheader: String {
        var text = ""
        for entry in entries {
            let next = (text.isEmpty ? "" : " · ") + entry.content.title.singleLine
            if !text.isEmpty, text.count + next.count > 140 { break }
            text += next
        }
        return text
    }

    private func logo() -> Value {
        guard let logo = frame.press.identity.logo, let source = shelf.source(logo.digest, highest: Self.logoHeight) else { return .null }
        return [
            "address": .text(source.address), "width": .number(String(source.width)), "height": .number(String(source.height)),
            "alt": .text(frame.press.identity.logoAlternativeText.singleLine),
        ]
    }

    /// The personal places, which are filled for each recipient after the rendering.
    private func slotted(_ values: [String: Value]) -> [String: Value] {
        values.merging(Slot.allCases.map { ($0.rawValue, .text(SlottedText.marker($0))) }) { _, slot in slot }
    }

    /// The pictures that the HTML names, each once, in the order of their first appearance.
    private func pictures(_ full: Set<Int>) -> [EditionRendering.InlinePicture] {
        guard !frame.linksPictures else { return [] }
        var digests = frame.press.identity.logo.map { [$0.digest] } ?? []
        for (index, entry) in entries.enumerated() {
            digests += entry.content.picture.map { [$0.digest] } ?? []
            if full.contains(index) { digests += entry.content.body.pictures.map(\.digest) }
            digests += leaderNotes(entry)?.pictures.map(\.digest) ?? []
        }
        var seen: Set<PictureDigest> = []
        return digests.filter { seen.insert($0).inserted }.map { .init(contentID: PictureShelf.contentID($0), digest: $0) }
    }
}

/// The plain text.
extension MailPage {
    private func text(_ full: Set<Int>) throws(Fault) -> String {
        var values = frame.values(entries, contentsTitle: Self.numbered)
        values["leadersText"] = .text(Self.wrapped(frame.text("edition.leadersText")))
        values["mandatoryReason"] = Value(frame.mandatoryReason.map { Self.wrapped($0.singleLine) })
        values["heading"] = .text(Self.wrapped(frame.title))
        values["reason"] = .text(Self.wrapped(frame.text("edition.reason", ["organisation": frame.press.identity.name.singleLine])))
        values["corrections"] = .list(frame.correctionLines.map { .text(Self.wrapped("\($0.label) \($0.note)")) })
        values["correctionIntro"] = frame.edition.isAboutCorrections ? .text(Self.wrapped(frame.correctionIntro)) : .null
        values["items"] = .list(
            entries.enumerated().map { index, entry in textItem(entry, position: index + 1, isFull: full.contains(index)) })
        return try frame.press.page(.mailText, in: frame.folder, frame.language, slotted(values))
    }

    private func textItem(_ entry: EditionContent.Entry, position: Int, isFull: Bool) -> Value {
        let part = part(entry)
        var values = part.values()
        values["title"] = .text(Self.numbered(position, entry.content.title.singleLine))
        let lead = isFull ? part.lead : entry.content.summary.singleLine
        values["lead"] = Value(lead.map(Self.wrapped))
        values["body"] = isFull ? .text(plain(entry.content.body)) : .null
        values["moreURL"] = isFull ? .null : .text(moreAddress(entry))
        values["contact"] = Value(entry.content.contact.map { Self.wrapped($0.singleLine) })
        values["link"] = entry.content.link.map { .text($0.address) } ?? .null
        values["linkLabel"] = entry.content.link.map { .text(frame.text("item.link", ["place": $0.shown.inert])) } ?? .null
        values["picture"] = Value(entry.content.picture.flatMap(pictureLine))
        values["leaderNotes"] = leaderNotes(entry).map { .text(plain($0)) } ?? .null
        values["hasLeaderPart"] = .bool(frame.edition.showsLeaderNotes)
        return .map(values)
    }

    private func pictureLine(_ picture: PictureReference) -> String? {
        let text = plain(Document([.picture(picture)]))
        return text.isEmpty ? nil : text
    }

    private func plain(_ document: Document) -> String { TextWriter.text(document, pictureLabel: frame.text("item.picture")) }

    private static func numbered(_ position: Int, _ title: String) -> String {
        let mark = "\(position). "
        return TextWrap.hanging(TextWrap.lines(title, width: TextWriter.width - mark.count), mark: mark).joined(separator: "\n")
    }

    private static func wrapped(_ text: String) -> String { TextWrap.lines(text, width: TextWriter.width).joined(separator: "\n") }
}
