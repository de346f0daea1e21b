import Core

/// An item's text as an editor has changed it in a text field: Markdown, read by the reader that files are read by.
package enum EditedText {
    /// Stand for a footnote's number while the text is read: characters for private use, which mean nothing to Markdown.
    private static let (noteStart, noteEnd) = ("\u{E7F0}", "\u{E7F1}")

    /// `former` is the text that was edited: its pictures are called `billede1` and so on in their order, its footnotes `[^1]`, and stand
    /// again where the new text names them. Throws a ``Refusal``: `tooLarge`, `tooIntricate` or `pictureMissing`.
    package static func read(_ text: String, former: Document, pictureName: (Int) -> String) throws(Refusal) -> Document {
        let pictures = Dictionary(
            former.pictures.enumerated().map { (pictureName($0.offset + 1).lowercased(), $0.element) },
            uniquingKeysWith: { first, _ in first })
        let notes = former.notes
        let cleaned = MarkupHints.keepingDates(TextDecoding.cleaned(text).precomposedStringWithCanonicalMapping)
        let marked = cleaned.replacing(noteStart, with: "").replacing(noteEnd, with: "").replacing(/(^|[^\\])\[\^(\d{1,4})\]/) { found in
            found.1 + noteStart + found.2 + noteEnd
        }
        let document = try MarkdownReader(pictures: pictures).read(marked).document
        return Document(document.blocks.map { $0.withNotes(notes) })
    }

    /// Text around the marks, and what they stand for; a number that there is no footnote of stays as it was written.
    fileprivate static func split(_ text: String, _ notes: [[Block]]) -> [Inline] {
        guard text.contains(noteStart) else { return [.text(text)] }
        var inlines: [Inline] = []
        var words = ""
        for (index, part) in text.components(separatedBy: noteStart).enumerated() {
            guard index > 0, let end = part.firstIndex(of: Character(noteEnd)) else {
                words += part
                continue
            }
            let number = Int(part[..<end]) ?? 0
            if notes.indices.contains(number - 1) {
                if !words.isEmpty { inlines.append(.text(words)) }
                words = ""
                inlines.append(.note(notes[number - 1]))
            } else {
                words += "[^\(part[..<end])]"
            }
            words += part[part.index(after: end)...]
        }
        if !words.isEmpty { inlines.append(.text(words)) }
        return inlines
    }

    fileprivate static func written(_ text: String) -> String {
        text.replacing(noteStart, with: "[^").replacing(noteEnd, with: "]")
    }
}

extension Document {
    /// The footnotes in reading order.
    fileprivate var notes: [[Block]] { blocks.flatMap(\.notes) }
}

extension Block {
    fileprivate var notes: [[Block]] {
        switch self {
        case .paragraph(let inlines), .heading(_, let inlines): inlines.notes
        case .list(let list): list.entries.flatMap { $0.flatMap(\.notes) }
        case .quotation(let blocks): blocks.flatMap(\.notes)
        case .table(let table): ((table.header.map { [$0] } ?? []) + table.rows).joined().flatMap(\.notes)
        case .preformatted, .rule, .picture: []
        }
    }

    fileprivate func withNotes(_ notes: [[Block]]) -> Block {
        switch self {
        case .paragraph(let inlines): return .paragraph(inlines.withNotes(notes))
        case .heading(let level, let inlines): return .heading(level: level, inlines.withNotes(notes))
        case .list(let list): return .list(List(start: list.start, entries: list.entries.map { $0.map { $0.withNotes(notes) } }))
        case .quotation(let blocks): return .quotation(blocks.map { $0.withNotes(notes) })
        case .table(let table):
            return .table(
                Table(
                    columns: table.columns, header: table.header.map { $0.map { $0.withNotes(notes) } },
                    rows: table.rows.map { $0.map { $0.withNotes(notes) } }))
        case .preformatted(let text): return .preformatted(EditedText.written(text))
        case .rule, .picture: return self
        }
    }
}

extension [Inline] {
    fileprivate var notes: [[Block]] {
        flatMap { inline -> [[Block]] in
            switch inline {
            case .note(let blocks): [blocks]
            case .emphasis(let inner), .strong(let inner), .link(_, let inner): inner.notes
            case .text, .code, .lineBreak: []
            }
        }
    }

    fileprivate func withNotes(_ notes: [[Block]]) -> [Inline] {
        flatMap { inline -> [Inline] in
            switch inline {
            case .text(let text): EditedText.split(text, notes)
            case .emphasis(let inner): [.emphasis(inner.withNotes(notes))]
            case .strong(let inner): [.strong(inner.withNotes(notes))]
            case .link(let target, let inner): [.link(target, inner.withNotes(notes))]
            case .code(let text): [.code(EditedText.written(text))]
            case .lineBreak, .note: [inline]
            }
        }
    }
}
