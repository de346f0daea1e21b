extension Document {
    /// The text without any markup, blocks separated by one line break: for feeds, summaries, search and readability.
    package var plainText: String { blocks.map(\.plainText).filter { !$0.isEmpty }.joined(separator: "\n") }
}

extension Block {
    package var plainText: String {
        switch self {
        case .paragraph(let inlines), .heading(_, let inlines): inlines.plainText
        case .list(let list): list.entries.map { $0.map(\.plainText).joined(separator: "\n") }.joined(separator: "\n")
        case .quotation(let blocks): blocks.map(\.plainText).joined(separator: "\n")
        case .table(let table):
            ((table.header.map { [$0] } ?? []) + table.rows).map { $0.map(\.plainText).joined(separator: " ") }.joined(separator: "\n")
        case .preformatted(let text): text
        case .rule: ""
        case .picture(let picture): picture.caption ?? ""
        }
    }
}

extension [Inline] {
    /// The words of the inlines; a line break is one space, a footnote is left out.
    package var plainText: String {
        reduce(into: "") { text, inline in
            switch inline {
            case .text(let run), .code(let run): text += run
            case .emphasis(let inner), .strong(let inner), .link(_, let inner): text += inner.plainText
            case .lineBreak: text += " "
            case .note: break
            }
        }
    }
}
