import Core

extension Press {
    /// The receipt as one HTML file that opens from a file share: no server, no script, pictures in the page itself.
    /// Throws a ``Fault`` when the template cannot be rendered.
    package func receipt(_ receipt: Receipt, language: Language, zone: Zone) throws(Fault) -> String {
        func text(_ key: String, _ places: [String: String] = [:]) -> String { catalogue.text(key, language, places) }
        let words = words(of: receipt, language, zone)
        let pictures = Dictionary(receipt.pictures.map { ($0.digest, $0) }) { first, _ in first }
        let part = ItemPart(
            content: receipt.content, source: receipt.source, anchor: "item", dialect: .web,
            shelf: PictureShelf(
                place: .embedded(pictures), dimensions: pictures.mapValues { PictureDimensions($0) }, widest: WebPage.pictureWidth),
            texts: text, byline: { catalogue.byline($0, $1, language) })
        return try page(
            "receipt.html", language,
            [
                "title": .text(receipt.content.title.singleLine),
                "pageTitle": .text(text("receipt.title", ["title": receipt.content.title.singleLine])), "received": .text(words.received),
                "placements": .list(
                    words.placements.map { place in
                        [
                            "publication": .text(place.publication), "release": .text(place.release),
                            "replaceable": Value(place.replaceable),
                        ]
                    }),
                "until": Value(words.until),
                "isReceipt": true, "hasPlacements": .bool(!receipt.placements.isEmpty),
                "lix": Value(words.lix),
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

    /// What both forms of the receipt say.
    func words(of receipt: Receipt, _ language: Language, _ zone: Zone) -> ReceiptWords {
        let dates = DateWords(catalogue: catalogue, language: language)
        func text(_ key: String, _ places: [String: String] = [:]) -> String { catalogue.text(key, language, places) }
        func moment(_ instant: Instant) -> String { dates.moment(zone.civil(instant)) }
        let placements = receipt.placements.map { placement -> ReceiptWords.Placement in
            switch placement {
            case .edition(let publication, let release, let replaceableUntil):
                .init(
                    publication: publication.singleLine, release: text("receipt.release", ["release": moment(release)]),
                    replaceable: text("receipt.replaceable", ["moment": moment(replaceableUntil)]))
            case .shown(let publication, let from):
                .init(
                    publication: publication.singleLine,
                    // The moment in which the receipt is made is now.
                    release: from > receipt.received + .minutes(1)
                        ? text("receipt.shownFrom", ["moment": moment(from)]) : text("receipt.shownNow"))
            }
        }
        return ReceiptWords(
            received: text(
                "receipt.received",
                [
                    "source": receipt.source.singleLine, "file": receipt.fileName.singleLine, "moment": moment(receipt.received),
                ]),
            placements: placements, until: receipt.content.visibleUntil.map { text("receipt.shownUntil", ["moment": moment($0)]) },
            lix: receipt.lix.map { text("receipt.lix", ["lix": String($0.value), "word": text("receipt.\($0.level.rawValue)")]) })
    }
}

/// What a receipt says, in its reader's language.
struct ReceiptWords {
    struct Placement {
        var publication: String
        var release: String
        var replaceable: String?
    }

    var received: String
    var placements: [Placement]
    /// Until when it is shown; `nil` for an item that has no end.
    var until: String?
    var lix: String?
}
