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
            case .quotation(let blocks): blocks.pictures
            case .list(let list): list.entries.flatMap(\.pictures)
            default: []
            }
        }
    }
}
