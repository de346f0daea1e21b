extension ItemContent {
    /// Whether a Danish personal number stands anywhere in it.
    package var holdsPersonalNumber: Bool { PersonalNumber.isIn(everyText) }

    /// Everything that some channel may show: also footnotes, captions, descriptions of pictures and addresses, which ``Document/plainText``
    /// leaves out. What must not be published is looked for here, and what an editor searches for.
    package var everyText: String {
        let fields = [title, summary, category, contact, link?.address, picture?.alternativeText, picture?.caption]
        return (fields.compactMap { $0 } + [body.everyText, leaderNotes?.everyText ?? ""]).joined(separator: "\n")
    }
}

extension Document {
    fileprivate var everyText: String { blocks.everyText }
}

extension [Block] {
    fileprivate var everyText: String { map(\.everyText).joined(separator: "\n") }
}

extension Block {
    fileprivate var everyText: String {
        switch self {
        case .paragraph(let inlines), .heading(_, let inlines): inlines.everyText
        case .list(let list): list.entries.map(\.everyText).joined(separator: "\n")
        case .quotation(let blocks): blocks.everyText
        // A number that is split over two cells is still read as one.
        case .table(let table):
            ((table.header.map { [$0] } ?? []) + table.rows).map { $0.map(\.everyText).joined(separator: " ") }.joined(separator: "\n")
        case .preformatted(let text): text
        case .rule: ""
        case .picture(let picture): picture.alternativeText + "\n" + (picture.caption ?? "")
        }
    }
}

extension [Inline] {
    /// The words as one reads them, then what is behind them.
    fileprivate var everyText: String { ([plainText] + hidden).joined(separator: "\n") }

    private var hidden: [String] {
        flatMap { inline -> [String] in
            switch inline {
            case .note(let blocks): [blocks.everyText]
            case .link(let target, let inner): [target.address] + inner.hidden
            case .emphasis(let inner), .strong(let inner): inner.hidden
            case .text, .code, .lineBreak: []
            }
        }
    }
}
