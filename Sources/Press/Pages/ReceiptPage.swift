import Core

/// What a manager finds beside the file in `Modtaget/`.
package struct Receipt: Sendable {
    /// An edition that the item will be in as things stand.
    package struct Placement: Hashable, Sendable {
        package var publication: String
        package var release: CivilDateTime
        /// Until when a new version of the file replaces this one.
        package var replaceableUntil: CivilDateTime

        package init(publication: String, release: CivilDateTime, replaceableUntil: CivilDateTime) {
            self.publication = publication
            self.release = release
            self.replaceableUntil = replaceableUntil
        }
    }

    package var fileName: String
    package var source: String
    package var content: ItemContent
    package var receivedAt: CivilDateTime
    package var placements: [Placement]
    /// LIX; `nil` for a text too short to be measured.
    package var lix: Int?
    /// What is worth a second look, each in the reader's language already.
    package var remarks: [String]
    /// Where each picture's file lies, from the receipt's own folder.
    package var pictureFiles: [PictureDigest: String]
    package var pictures: [PictureDigest: PictureDimensions]

    package init(
        fileName: String, source: String, content: ItemContent, receivedAt: CivilDateTime, placements: [Placement], lix: Int? = nil,
        remarks: [String] = [], pictureFiles: [PictureDigest: String] = [:], pictures: [PictureDigest: PictureDimensions] = [:]
    ) {
        self.fileName = fileName
        self.source = source
        self.content = content
        self.receivedAt = receivedAt
        self.placements = placements
        self.lix = lix
        self.remarks = remarks
        self.pictureFiles = pictureFiles
        self.pictures = pictures
    }
}

extension Press {
    /// The receipt as one HTML file that opens from a file share: no server, no script, pictures from the same folder.
    /// Throws a ``Fault`` when the template cannot be rendered.
    package func receipt(_ receipt: Receipt, language: Language) throws(Fault) -> String {
        func text(_ key: String, _ places: [String: String] = [:]) -> String { catalogue.text(key, language, places) }
        let dates = DateWords(catalogue: catalogue, language: language)
        let part = ItemPart(
            content: receipt.content, source: receipt.source, anchor: "item", dialect: .web,
            shelf: PictureShelf(place: .beside(receipt.pictureFiles), dimensions: receipt.pictures, widest: WebPage.pictureWidth),
            texts: text)
        let received = text(
            "receipt.received",
            ["source": receipt.source.singleLine, "file": receipt.fileName.singleLine, "moment": dates.moment(receipt.receivedAt)])
        return try page(
            "receipt.html", language,
            [
                "title": .text(receipt.content.title.singleLine),
                "pageTitle": .text(text("receipt.title", ["title": receipt.content.title.singleLine])), "received": .text(received),
                "placements": placements(receipt, dates),
                "isReceipt": true, "hasPlacements": .bool(!receipt.placements.isEmpty),
                "lix": receipt.lix.map { .text(text("receipt.lix", ["lix": String($0), "word": text(Readability(lix: $0).key)])) } ?? .null,
                "hasRemarks": .bool(!receipt.remarks.isEmpty),
                "remarks": .list(receipt.remarks.map { .text($0.singleLine) }),
                "items": [.map(part.fullValues(showsLeaderNotes: true))],
            ])
    }

    private func placements(_ receipt: Receipt, _ dates: DateWords) -> Value {
        .list(
            receipt.placements.map { placement in
                [
                    "publication": .text(placement.publication.singleLine),
                    "release": .text(catalogue.text("receipt.release", dates.language, ["release": dates.moment(placement.release)])),
                    "replaceable": .text(
                        catalogue.text(
                            "receipt.replaceable", dates.language, ["moment": dates.moment(placement.replaceableUntil)])),
                ]
            })
    }
}
