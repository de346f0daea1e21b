import Core
import Foundation

/// JSON Feed 1.1 (jsonfeed.org). OS2display shows its `summary`; `content_text` is never HTML.
struct JSONFeedFile {
    private struct File: Encodable {
        var version = "https://jsonfeed.org/version/1.1"
        var title: String
        var home_page_url: String
        var feed_url: String
        var description: String
        var language: String
        var authors: [Author]
        var items: [Item]
    }

    private struct Author: Encodable { var name: String }

    private struct Item: Encodable {
        var id: String
        var url: String?
        var title: String
        var summary: String
        var content_text: String
        var date_published: String
        var date_modified: String
        var authors: [Author]
        var attachments: [Attachment]?
    }

    private struct Attachment: Encodable {
        var url: String
        var mime_type: String
        var size_in_bytes: Int
    }

    let text: String

    init(_ feed: Feed) {
        text = jsonText(
            File(
                title: feed.title, home_page_url: feed.home, feed_url: feed.address(.json), description: feed.description,
                language: feed.language.rawValue, authors: [Author(name: feed.publisher)], items: feed.entries.map(Self.item)))
    }

    private static func item(_ entry: FeedEntry) -> Item {
        Item(
            id: entry.id, url: entry.link, title: entry.title, summary: entry.summary, content_text: entry.text,
            date_published: entry.published.description, date_modified: entry.updated.description, authors: [Author(name: entry.author)],
            attachments: entry.picture.map { [Attachment(url: $0.address, mime_type: $0.mediaType, size_in_bytes: $0.length)] })
    }
}

/// JSON with keys in a fixed order, so that equal values are equal bytes.
func jsonText(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Structs of strings and whole numbers: the encoder has nothing to refuse.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
}
