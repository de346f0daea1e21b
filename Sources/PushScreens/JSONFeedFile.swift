import Core
import Foundation

/// JSON Feed 1.1 (jsonfeed.org). OS2display shows its `summary`; `content_text` is never HTML.
struct JSONFeedFile {
    private struct File: Encodable {
        var version = "https://jsonfeed.org/version/1.1"
        var title: String
        var homePageURL: String
        var feedURL: String
        var description: String
        var language: String
        var authors: [Author]
        var hubs: [Hub]?
        var items: [Item]
    }

    private struct Hub: Encodable {
        var type = "WebSub"
        var url: String
    }

    private struct Author: Encodable { var name: String }

    private struct Item: Encodable {
        var id: String
        var url: String?
        var title: String
        var summary: String
        var contentText: String
        var datePublished: String
        var dateModified: String
        var authors: [Author]
        var attachments: [Attachment]?
    }

    private struct Attachment: Encodable {
        var url: String
        var mimeType: String
        var sizeInBytes: Int
    }

    let text: String

    init(_ feed: Feed) {
        text = jsonText(
            File(
                title: feed.title, homePageURL: feed.home, feedURL: feed.address(.json), description: feed.description,
                language: feed.language.rawValue, authors: [Author(name: feed.publisher)],
                hubs: feed.hubs.isEmpty ? nil : feed.hubs.map { Hub(url: $0) }, items: feed.entries.map(Self.item)))
    }

    private static func item(_ entry: FeedEntry) -> Item {
        Item(
            id: entry.id, url: entry.link, title: entry.title, summary: entry.summary, contentText: entry.text,
            datePublished: entry.published.description, dateModified: entry.updated.description, authors: [Author(name: entry.author)],
            attachments: entry.picture.map { [Attachment(url: $0.address, mimeType: $0.mediaType, sizeInBytes: $0.length)] })
    }
}

/// JSON with keys in a fixed order, so that equal values are equal bytes.
func jsonText(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    // The specifications write their keys in snake_case.
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Structs of strings and whole numbers: the encoder has nothing to refuse.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) + "\n" } ?? ""
}
