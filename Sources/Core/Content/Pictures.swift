extension ItemContent {
    /// Every picture that the item shows: its own, and those within its texts.
    package var pictures: [PictureDigest] {
        (picture.map { [$0.digest] } ?? []) + body.blocks.pictures + (leaderNotes?.blocks.pictures ?? [])
    }
}

extension [Block] {
    fileprivate var pictures: [PictureDigest] {
        flatMap { block -> [PictureDigest] in
            switch block {
            case .picture(let picture): [picture.digest]
            case .paragraph(let inlines), .heading(_, let inlines): inlines.pictures
            case .quotation(let blocks): blocks.pictures
            case .list(let list): list.entries.flatMap(\.pictures)
            case .table(let table): ((table.header.map { [$0] } ?? []) + table.rows).joined().flatMap(\.pictures)
            case .preformatted, .rule: []
            }
        }
    }
}

extension [Inline] {
    /// A footnote may hold one.
    fileprivate var pictures: [PictureDigest] {
        flatMap { inline -> [PictureDigest] in
            switch inline {
            case .note(let blocks): blocks.pictures
            case .emphasis(let inner), .strong(let inner), .link(_, let inner): inner.pictures
            case .text, .code, .lineBreak: []
            }
        }
    }
}
