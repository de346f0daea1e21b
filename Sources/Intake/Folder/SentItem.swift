import Core

/// An item that somebody sent with a browser, as the files that a manager would have saved in the drop folder.
///
/// It becomes a subfolder there: so it is taken in by the same readers, under the same rules, with the same receipt. Its files are called
/// `tekst` and `billede`, with the endings that they came with; the subfolder is called by the title and by who sent it.
package struct SentItem: Sendable {
    /// What the form asked for, for a text that was written there.
    package struct Fields: Sendable {
        package var title: String
        package var text: String
        package var summary: String?
        package var category: String?
        package var audience: String?
        /// As a field of type `datetime-local` has it.
        package var visibleFrom: String?
        package var visibleUntil: String?
        package var contact: String?
        package var leaderNotes: String?
        package var alternativeText: String?
        package var caption: String?

        package init(title: String, text: String) {
            self.title = title
            self.text = text
        }
    }

    /// The subfolder's name.
    package let name: String
    package let files: [NamedBytes]

    /// A text that was written in the form. `mark` tells it from others of the same title: a few letters.
    package init(_ fields: Fields, picture: NamedBytes?, by actor: String, mark: String, blocked: BlockedWords) {
        name = Self.name(fields.title, actor, mark, blocked)
        let isMarkdown = MarkupHints.isMarkdown(fields.text)
        let text = isMarkdown ? MarkupHints.keepingDates(fields.text) : fields.text
        let file = NamedBytes(name: isMarkdown ? "tekst.md" : "tekst.txt", bytes: Array((Self.header(fields) + "\n" + text + "\n").utf8))
        files = [file] + Self.picture(picture)
    }

    /// A document that was made elsewhere; it says everything itself.
    package init(document: NamedBytes, picture: NamedBytes?, by actor: String, mark: String, blocked: BlockedWords) {
        name = Self.name(FileFormat.stem(document.name), actor, mark, blocked)
        files = [NamedBytes(name: "tekst" + Self.ending(document.name), bytes: document.bytes)] + Self.picture(picture)
    }

    private static func picture(_ picture: NamedBytes?) -> [NamedBytes] {
        picture.map { [NamedBytes(name: "billede" + ending($0.name), bytes: $0.bytes)] } ?? []
    }

    /// With its dot; none when it is no ending, or one of files that are passed over without a word: then the note says what can be read.
    private static func ending(_ name: String) -> String {
        let ending = FileFormat.ending(name)
        guard (1...10).contains(ending.utf8.count), ending.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }),
            !IgnoredNames.contain(EntryName("tekst." + ending))
        else { return "" }
        return "." + ending
    }

    /// Letters, digits, spaces and hyphens, so that it is a file's name everywhere. What must not be published stands in no name.
    private static func name(_ title: String, _ actor: String, _ mark: String, _ blocked: BlockedWords) -> String {
        func plain(_ text: String) -> String {
            let kept = text.map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : " " }
            return String(kept).split(separator: " ").joined(separator: " ")
        }
        var title = String(plain(title.precomposedStringWithCanonicalMapping).prefix(60)).trimmingEnds
        if title.isEmpty || PersonalNumber.isIn(title) || blocked.first(in: [(.title, title)]) != nil { title = "Nyhed" }
        return "\(title) (\(plain(actor).prefix(20)) \(mark))"
    }

    private static let titleKey = "Titel"
    /// How the file of a text that was written in a form begins.
    static let firstHeader = titleKey + ": "

    private static func header(_ fields: Fields) -> String {
        let lines: [(String, String?)] = [
            (titleKey, fields.title), ("Resumé", fields.summary), ("Kategori", fields.category), ("Målgruppe", fields.audience),
            ("Vises fra", fields.visibleFrom), ("Vises til", fields.visibleUntil), ("Alt", fields.alternativeText),
            ("Billedtekst", fields.caption), ("Kontakt", fields.contact),
        ]
        var text = lines.compactMap { key, value in value.map { "\(key): \(oneLine($0))\n" } }.joined()
        if let notes = fields.leaderNotes { text += "Lederinfo:\n" + HeaderReader.continued(notes) }
        return text
    }

    private static func oneLine(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

extension String {
    fileprivate var trimmingEnds: String { split(separator: " ").joined(separator: " ") }
}
