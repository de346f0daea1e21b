import Core

extension Press {
    /// The receipt as the text of a mail, 72 columns wide, with its subject. Throws a ``Fault`` when the template cannot be rendered.
    package func receiptMail(_ receipt: Receipt, language: Language, zone: Zone) throws(Fault) -> (subject: String, text: String) {
        func text(_ key: String, _ places: [String: String] = [:]) -> String { catalogue.text(key, language, places) }
        func wrapped(_ text: String) -> String { TextWrap.lines(text, width: TextWriter.width).joined(separator: "\n") }
        func listed(_ text: String) -> Value {
            .text(TextWrap.hanging(TextWrap.lines(text, width: TextWriter.width - 2), mark: "- ").joined(separator: "\n"))
        }
        let words = words(of: receipt, language, zone)
        let places = words.placements.map { place in
            listed([place.publication + ":", place.release, place.replaceable].compactMap { $0 }.joined(separator: " "))
        }
        let page = try page(
            "receipt.text", language,
            [
                "heading": .text(wrapped(text("receipt.heading"))), "received": .text(wrapped(words.received)),
                "title": .text(wrapped(receipt.content.title.singleLine)),
                "from": .text(wrapped(catalogue.byline(receipt.source.singleLine, receipt.content.side, language))),
                "hasPlacements": .bool(!places.isEmpty), "placements": .list(places),
                "none": .text(wrapped(text("receipt.none"))), "until": Value(words.until.map(wrapped)),
                "replace": .text(wrapped(text("receipt.replace"))), "withdraw": .text(wrapped(text("receipt.withdraw"))),
                "lix": Value(words.lix.map(wrapped)), "hasRemarks": .bool(!receipt.remarks.isEmpty),
                "remarks": .list(receipt.remarks.map { listed($0.singleLine) }),
                "beside": .text(wrapped(text("receipt.mailBeside"))), "reason": .text(wrapped(text("receipt.mailReason"))),
            ])
        return (text("receipt.mailSubject", ["title": receipt.content.title.singleLine]), page)
    }
}
