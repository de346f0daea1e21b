import Core

/// The Atom Syndication Format (RFC 4287); every text construct says that it is plain text (section 3.1).
struct AtomFile {
    let text: String

    init(_ feed: Feed, _ written: inout WrittenEntries) {
        var xml = XMLWriter()
        xml.element("feed", ["xmlns": "http://www.w3.org/2005/Atom", "xml:lang": feed.language.rawValue]) { xml in
            xml.element("id", text: feed.id)
            xml.element("title", ["type": "text"], text: feed.title)
            xml.element("subtitle", ["type": "text"], text: feed.description)
            xml.element("updated", text: feed.updated.description)
            xml.element("author") { $0.element("name", text: feed.publisher) }
            xml.element("link", ["rel": "self", "type": "application/atom+xml", "href": feed.address(.atom)])
            for hub in feed.hubs { xml.element("link", ["rel": "hub", "href": hub]) }
            xml.element("link", ["rel": "alternate", "type": "text/html", "href": feed.home])
            for entry in feed.entries { xml.add(written: written.text(of: entry) { Self.item(entry) }) }
        }
        text = xml.text
    }

    private static func item(_ entry: FeedEntry) -> String {
        var xml = XMLWriter(depth: 1)
        xml.element("entry") { xml in
            xml.element("id", text: entry.id)
            xml.element("title", ["type": "text"], text: entry.title)
            xml.element("updated", text: entry.updated.description)
            xml.element("published", text: entry.published.description)
            xml.element("author") { $0.element("name", text: entry.author) }
            if let link = entry.link { xml.element("link", ["rel": "alternate", "href": link]) }
            if let picture = entry.picture {
                xml.element(
                    "link", ["rel": "enclosure", "type": picture.mediaType, "length": String(picture.length), "href": picture.address])
            }
            xml.element("summary", ["type": "text"], text: entry.summary)
            xml.element("content", ["type": "text"], text: entry.text)
        }
        return xml.text
    }
}
