extension ItemContent {
    /// Every picture that the item shows: its own, and those within its texts.
    package var pictureReferences: [PictureReference] {
        (picture.map { [$0] } ?? []) + body.pictures + (leaderNotes?.pictures ?? [])
    }

    package var pictures: [PictureDigest] { pictureReferences.map(\.digest) }

    /// Whether one of its pictures has no words for those who do not see it.
    package var lacksAlternativeText: Bool { pictureReferences.contains { $0.alternativeText.allSatisfy(\.isWhitespace) } }
}

extension Document {
    /// Every picture in the text, in reading order.
    package var pictures: [PictureReference] { blocks.pictures }
}

extension [Block] {
    fileprivate var pictures: [PictureReference] {
        flatMap { block -> [PictureReference] in
            switch block {
            case .picture(let picture): [picture]
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
    fileprivate var pictures: [PictureReference] {
        flatMap { inline -> [PictureReference] in
            switch inline {
            case .note(let blocks): blocks.pictures
            case .emphasis(let inner), .strong(let inner), .link(_, let inner): inner.pictures
            case .text, .code, .lineBreak: []
            }
        }
    }
}
