import Core
import HTTPServer

/// RSS 2.0 (RSS Advisory Board, 2.0.11) with Atom's self link and Dublin Core's creator, because RSS's own author is a mail address.
///
/// OS2display's RSS slide shows `description` as the whole content, so its profile has the text there; elsewhere it is the summary,
/// which is what stands under a title. Xibo also reads `media:content` (Media RSS 1.5.1).
struct RSSFile {
    let text: String

    init(_ feed: Feed, _ written: inout WrittenEntries) {
        var xml = XMLWriter()
        let names: KeyValuePairs = [
            "version": "2.0", "xmlns:atom": "http://www.w3.org/2005/Atom", "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        ]
        xml.element("rss", names) { xml in
            xml.element("channel") { xml in
                xml.element("title", text: Self.unmarked(feed.title))
                xml.element("link", text: feed.home)
                xml.element("description", text: Self.unmarked(feed.description))
                xml.element("language", text: feed.language.rawValue)
                xml.element("lastBuildDate", text: HTTPDate.text(feed.updated))
                xml.element("ttl", text: "1")
                xml.element("atom:link", ["href": feed.address(.rss), "rel": "self", "type": "application/rss+xml"])
                for hub in feed.hubs { xml.element("atom:link", ["href": hub, "rel": "hub"]) }
                for entry in feed.entries { xml.add(written: written.text(of: entry) { Self.item(entry, feed.profile) }) }
            }
        }
        text = xml.text
    }

    private static func item(_ entry: FeedEntry, _ profile: FeedProfile) -> String {
        var xml = XMLWriter(depth: 2)
        xml.element("item") { xml in
            xml.element("title", text: unmarked(entry.title))
            if let link = entry.link { xml.element("link", text: link) }
            let showsText = profile == .os2display && !entry.text.isEmpty
            xml.element("description", text: unmarked(showsText ? entry.text : entry.summary))
            xml.element("dc:creator", text: unmarked(entry.author))
            xml.element("guid", ["isPermaLink": "false"], text: entry.id)
            xml.element("pubDate", text: HTTPDate.text(entry.published))
            if let picture = entry.picture {
                xml.element("enclosure", ["url": picture.address, "length": String(picture.length), "type": picture.mediaType])
                if profile == .xibo {
                    xml.element("media:content", ["url": picture.address, "type": picture.mediaType, "medium": "image"])
                }
            }
        }
        return xml.text
    }

    /// RSS does not say whether its text is HTML: some readers show it as it is, others obey it. A `<` that could begin a tag is
    /// replaced by its typographic likeness, which is right for both.
    static func unmarked(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")) else { return text }
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "<") {
            let following = rest[rest.index(after: open)...]
            let beginsTag = following.first.map { $0.isLetter || "/!?".contains($0) } ?? false
            result += rest[..<open] + (beginsTag ? "\u{2039}" : "<")
            rest = following
        }
        return result + rest
    }
}
