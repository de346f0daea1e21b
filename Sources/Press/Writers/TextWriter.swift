import Core

/// A ``Document`` in, plain text for mail out: 72 columns (RFC 5322, section 2.1.1 asks for less than 78), the address of a link
/// in angle brackets behind its text (RFC 3986, appendix C), notes numbered and at the end.
struct TextWriter {
    static let width = 72

    /// `Billede: {text}`.
    private let pictureLabel: String
    private var notes: [[Block]] = []

    static func text(_ document: Document, pictureLabel: String) -> String {
        var writer = TextWriter(pictureLabel: pictureLabel)
        var lines = writer.lines(document.blocks, width: width)
        var index = 0
        while index < writer.notes.count {
            let note = writer.lines(writer.notes[index], width: width - 5)
            lines += (index == 0 ? [""] : []) + TextWrap.hanging(note, mark: "[\(index + 1)] ")
            index += 1
        }
        return lines.joined(separator: "\n")
    }

    private init(pictureLabel: String) { self.pictureLabel = pictureLabel }

    /// Blocks with an empty line between.
    private mutating func lines(_ blocks: [Block], width: Int) -> [String] {
        var all: [String] = []
        for block in blocks {
            let lines = lines(block, width: max(20, width))
            if !all.isEmpty, !lines.isEmpty { all.append("") }
            all += lines
        }
        return all
    }

    private mutating func lines(_ block: Block, width: Int) -> [String] {
        switch block {
        case .paragraph(let inlines): TextWrap.lines(text(inlines), width: width)
        case .heading(_, let inlines): TextWrap.lines(text(inlines), width: width)
        case .list(let list): lines(list, width: width)
        case .quotation(let blocks): lines(blocks, width: width - 2).map { $0.isEmpty ? ">" : "> " + $0 }
        case .table(let table): lines(table, width: width)
        case .preformatted(let text):
            text.inert.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        case .rule: ["* * *"]
        case .picture(let picture): lines(picture, width: width)
        }
    }

    private mutating func lines(_ list: List, width: Int) -> [String] {
        list.entries.enumerated().flatMap { index, entry -> [String] in
            let mark = list.start.map { "\($0 + index). " } ?? "- "
            return TextWrap.hanging(entryLines(entry, width: width - mark.count), mark: mark)
        }
    }

    /// A list within an entry follows its text without an empty line, as the entries follow each other.
    private mutating func entryLines(_ entry: [Block], width: Int) -> [String] {
        guard entry.count > 1, case .paragraph = entry[0], case .list = entry[1] else { return lines(entry, width: width) }
        return lines([entry[0]], width: width) + lines(Array(entry.dropFirst()), width: width)
    }

    private mutating func lines(_ table: Table, width: Int) -> [String] {
        let header = table.header.map { $0.map { text($0).singleLine } }
        let rows = table.rows.map { $0.map { text($0).singleLine } }
        return TextTable(columns: table.columns, header: header, rows: rows).lines(width: width)
    }

    private func lines(_ picture: PictureReference, width: Int) -> [String] {
        let alternative = picture.alternativeText.singleLine
        let lines = alternative.isEmpty ? [] : TextWrap.lines("[" + pictureLabel.replacing("{text}", with: alternative) + "]", width: width)
        return lines + (picture.caption.map { TextWrap.lines($0.singleLine, width: width) } ?? [])
    }

    private mutating func text(_ inlines: [Inline]) -> String {
        var result = ""
        for inline in inlines {
            switch inline {
            // The item's own line feeds are not line breaks.
            case .text(let run), .code(let run): result += run.utf8.contains(0x0A) ? run.inert.replacing("\n", with: " ") : run.inert
            case .emphasis(let inner): result += text(inner)
            case .strong(let inner): result += "*" + text(inner) + "*"
            case .link(let target, let inner): result += Self.link(target, text(inner))
            case .lineBreak: result += "\n"
            case .note(let blocks):
                notes.append(blocks)
                result += " [\(notes.count)]"
            }
        }
        return result
    }

    /// The address once only when the text says it already.
    private static func link(_ target: LinkTarget, _ text: String) -> String {
        let said = text.singleLine
        if said.isEmpty || said == target.address { return target.address }
        let isWeb = target.address.hasPrefix("http")
        if said == target.shown { return isWeb ? target.address : said }
        return "\(text) <\(isWeb ? target.address : target.shown)>"
    }
}
