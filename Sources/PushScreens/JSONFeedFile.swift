import Core

/// JSON Feed 1.1 (jsonfeed.org). OS2display shows its `summary`; `content_text` is never HTML.
struct JSONFeedFile {
    let text: String

    init(_ feed: Feed, _ written: inout WrittenEntries) {
        var json = JSONWriter()
        json.object { json in
            json.array("authors") { Self.author(feed.publisher, &$0) }
            json.member("description", feed.description)
            json.member("feed_url", feed.address(.json))
            json.member("home_page_url", feed.home)
            if !feed.hubs.isEmpty {
                json.array("hubs") { json in
                    for hub in feed.hubs {
                        json.element { json in
                            json.member("type", "WebSub")
                            json.member("url", hub)
                        }
                    }
                }
            }
            json.array("items") { json in
                for entry in feed.entries { json.element(written: written.text(of: entry) { Self.item(entry) }) }
            }
            json.member("language", feed.language.rawValue)
            json.member("title", feed.title)
            json.member("version", "https://jsonfeed.org/version/1.1")
        }
        text = json.text + "\n"
    }

    private static func item(_ entry: FeedEntry) -> String {
        var json = JSONWriter(depth: 2)
        json.object { json in
            if let picture = entry.picture {
                json.array("attachments") { json in
                    json.element { json in
                        json.member("mime_type", picture.mediaType)
                        json.member("size_in_bytes", picture.length)
                        json.member("url", picture.address)
                    }
                }
            }
            json.array("authors") { author(entry.author, &$0) }
            json.member("content_text", entry.text)
            json.member("date_modified", entry.updated.description)
            json.member("date_published", entry.published.description)
            json.member("id", entry.id)
            json.member("summary", entry.summary)
            json.member("title", entry.title)
            json.member("url", entry.link)
        }
        return json.text
    }

    private static func author(_ name: String, _ json: inout JSONWriter) { json.element { $0.member("name", name) } }
}
