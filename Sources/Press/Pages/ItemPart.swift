import Core

/// One item as a part of a page: the values under which the templates know it.
struct ItemPart {
    let content: ItemContent
    let source: String
    let anchor: String
    let dialect: HTMLDialect
    let shelf: PictureShelf
    let texts: (_ key: String, _ places: [String: String]) -> String
    /// Who it is from, as readers see it.
    let byline: (_ source: String, _ side: CommitteeSide?) -> String

    /// The values that are the same whether the item stands in full or in short.
    func values() -> [String: Value] {
        let category = content.category?.singleLine ?? ""
        return [
            "anchor": .text(anchor),
            "source": .text(byline(source.singleLine, content.side)),
            "category": .text(category),
            "title": .text(content.title.singleLine),
            "picture": picture(),
            "link": link(),
            "contact": contact(),
            "moreLabel": .text(texts("item.moreAbout", ["title": content.title.singleLine])),
        ]
    }

    /// The summary when the text's beginning does not say it in the same words anyway.
    var lead: String? {
        let summary = content.summary.singleLine
        let start = summary.hasSuffix("…") ? String(summary.dropLast()) : summary
        let beginning = Document(Array(content.body.blocks.prefix(3))).plainText.singleLine
        return summary.isEmpty || beginning.holds(start) ? nil : summary
    }

    func html(_ document: Document, topHeading: Int = 3, suffix: String = "") -> String {
        HTMLWriter.html(
            document, dialect, labels: HTMLLabels(table: texts("item.table", [:]), note: texts("item.note", [:])), shelf: shelf,
            anchor: anchor + suffix, topHeading: topHeading)
    }

    private func picture() -> Value {
        guard let picture = content.picture, let source = shelf.source(picture.digest) else { return .null }
        return [
            "address": .text(source.address), "width": .number(String(source.width)), "height": .number(String(source.height)),
            "alt": .text(picture.alternativeText.singleLine), "caption": Value(picture.caption?.singleLine),
        ]
    }

    private func link() -> Value {
        guard let link = content.link else { return .null }
        return ["address": .text(link.address), "label": .text(texts("item.link", ["place": link.shown.inert]))]
    }

    /// The contact's text, split around the mail address in it, so that the address can be a link.
    private func contact() -> Value {
        guard let contact = content.contact?.singleLine, !contact.isEmpty else { return .null }
        if let (address, range) = EmailAddress.first(in: contact) {
            return [
                "before": .text(String(contact[..<range.lowerBound])), "address": .text(address.text),
                "after": .text(String(contact[range.upperBound...])),
            ]
        }
        return ["before": .text(contact)]
    }
}
