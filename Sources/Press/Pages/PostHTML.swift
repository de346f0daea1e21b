import Core

extension HTMLDialect {
    /// For a page of another system, which has its own looks: plain elements, no attributes.
    static let plain = {
        var dialect = HTMLDialect.web
        for (element, tag) in dialect.tags where element != .headerCell { dialect.tags[element] = Tag(tag.name) }
        dialect.tableFrame = nil
        dialect.linksNotes = false
        return dialect
    }()
}

/// An item as an edition's post names it.
package struct PostEntry: Sendable {
    var id: ItemID
    var content: ItemContent
    var url: String?

    /// `url` is where it stands in full; `nil` when the post itself is the only place.
    package init(id: ItemID, content: ItemContent, url: String?) {
        self.id = id
        self.content = content
        self.url = url
    }
}

extension Press {
    /// The CSS pixels that an intranet's text column usually has.
    private static let columnWidth = 960

    /// An item's text, link and contact as HTML for an intranet's page; the title and the item's own picture are not in it.
    /// `publicURL` is where pictures within the text are fetched.
    package func postHTML(
        _ id: ItemID, _ content: ItemContent, language: Language, publicURL: String, pictures: [PictureDigest: PictureDimensions]
    ) -> String {
        let shelf = PictureShelf(place: .web(base: publicURL), dimensions: pictures, widest: Self.columnWidth)
        let part = ItemPart(
            content: content, source: "", anchor: "item-\(id)", dialect: .plain, shelf: shelf,
            texts: { catalogue.text($0, language, $1) }, byline: { source, _ in source })
        var html = ""
        if content.body.isEmpty, !content.summary.isEmpty { html += "<p>\(HTML.escaped(content.summary.inert))</p>\n" }
        html += part.html(content.body, topHeading: 2)
        if let link = content.link {
            let label = catalogue.text("item.link", language, ["place": link.shown.inert])
            html += #"<p><a href="\#(HTML.escaped(link.address))">\#(HTML.escaped(label))</a></p>"# + "\n"
        }
        if let contact = content.contact?.singleLine, !contact.isEmpty { html += "<p>\(HTML.escaped(contact.inert))</p>\n" }
        return html
    }

    /// `Rettet 3. december:`, as it stands before a correction's note; `released` is the edition's day.
    package func correctionLabel(_ date: CivilDate, released: CivilDate, language: Language) -> String {
        let dates = DateWords(catalogue: catalogue, language: language)
        return catalogue.text("edition.corrected", language, ["date": dates.short(date, in: released.year)])
    }

    /// The notes of an edition's corrections as HTML for an intranet's page.
    package func postHTML(corrections: [(label: String, note: String)]) -> String {
        corrections.map { line in
            "<p><strong>\(HTML.escaped(line.label.inert))</strong> \(HTML.escaped(line.note.singleLine.inert))</p>\n"
        }.joined()
    }

    /// An edition's items as HTML for an intranet's page: in short with a link where each stands in full, else in full.
    package func postHTML(
        _ entries: [PostEntry], language: Language, publicURL: String, pictures: [PictureDigest: PictureDimensions]
    ) -> String {
        entries.map { entry in
            let title = "<h2>\(HTML.escaped(entry.content.title.singleLine.inert))</h2>\n"
            guard let url = entry.url else {
                return title + postHTML(entry.id, entry.content, language: language, publicURL: publicURL, pictures: pictures)
            }
            let about = catalogue.text("item.moreAbout", language, ["title": entry.content.title.singleLine])
            return title + "<p>\(HTML.escaped(entry.content.summary.inert))</p>\n"
                + #"<p><a href="\#(HTML.escaped(url))">\#(HTML.escaped(about))</a></p>"# + "\n"
        }.joined()
    }
}
