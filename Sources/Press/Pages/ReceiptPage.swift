import Core

extension Press {
    /// The receipt as one HTML file that opens from a file share: no server, no script, pictures in the page itself.
    /// Throws a ``Fault`` when the template cannot be rendered.
    package func receipt(_ receipt: Receipt, language: Language, zone: Zone) throws(Fault) -> String {
        func text(_ key: String, _ places: [String: String] = [:]) -> String { catalogue.text(key, language, places) }
        let dates = DateWords(catalogue: catalogue, language: language)
        let pictures = Dictionary(receipt.pictures.map { ($0.digest, $0) }) { first, _ in first }
        let part = ItemPart(
            content: receipt.content, source: receipt.source, anchor: "item", dialect: .web,
            shelf: PictureShelf(
                place: .embedded(pictures), dimensions: pictures.mapValues { PictureDimensions($0) }, widest: WebPage.pictureWidth),
            texts: text)
        let received = text(
            "receipt.received",
            [
                "source": receipt.source.singleLine, "file": receipt.fileName.singleLine,
                "moment": dates.moment(zone.civil(receipt.received)),
            ])
        return try page(
            "receipt.html", language,
            [
                "title": .text(receipt.content.title.singleLine),
                "pageTitle": .text(text("receipt.title", ["title": receipt.content.title.singleLine])), "received": .text(received),
                "placements": placements(receipt, dates, zone),
                "isReceipt": true, "hasPlacements": .bool(!receipt.placements.isEmpty),
                "lix": receipt.lix.map {
                    .text(text("receipt.lix", ["lix": String($0.value), "word": text("receipt.\($0.level.rawValue)")]))
                } ?? .null,
                "hasRemarks": .bool(!receipt.remarks.isEmpty),
                "hasScreens": .bool(!receipt.screens.isEmpty),
                "screens": .list(
                    receipt.screens.map { screen in
                        [
                            "feed": .text(screen.feed.singleLine), "isWell": .bool(screen.remarks.isEmpty),
                            "remarks": .list(screen.remarks.map { .text($0.singleLine) }),
                        ]
                    }),
                "remarks": .list(receipt.remarks.map { .text($0.singleLine) }),
                "items": [.map(part.fullValues(showsLeaderNotes: true))],
            ])
    }

    private func placements(_ receipt: Receipt, _ dates: DateWords, _ zone: Zone) -> Value {
        func moment(_ instant: Instant) -> String { dates.moment(zone.civil(instant)) }
        func text(_ key: String, _ places: [String: String]) -> Value { .text(catalogue.text(key, dates.language, places)) }
        return .list(
            receipt.placements.map { placement in
                switch placement {
                case .edition(let publication, let release, let replaceableUntil):
                    [
                        "publication": .text(publication.singleLine), "release": text("receipt.release", ["release": moment(release)]),
                        "replaceable": text("receipt.replaceable", ["moment": moment(replaceableUntil)]),
                    ]
                case .shown(let publication, let from):
                    [
                        "publication": .text(publication.singleLine),
                        "release": from > receipt.received
                            ? text("receipt.shownFrom", ["moment": moment(from)]) : text("receipt.shownNow", [:]),
                    ]
                }
            })
    }
}
