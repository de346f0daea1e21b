import Core
import Foundation
import Ledger

/// The body of a post: `{"type":"edition.released","timestamp":…,"data":{…}}` (Standard Webhooks, "Payload structure").
///
/// It is made from what the ledger keeps, with sorted keys and the time of the release, so each attempt makes the same bytes
/// again; only an item that was withdrawn meanwhile is missing from a later one.
package struct WebhookPayload: Encodable, Sendable {
    package struct Item: Encodable, Sendable {
        var title: String
        var summary: String
        var category: String?
        var source: String
        /// `a`, `b` or `joint` for a committee's item that says so.
        var side: CommitteeSide?
        var url: String?
    }

    package struct Edition: Encodable, Sendable {
        var publication: String
        var title: String
        var number: Int
        var slug: String
        var url: String?
        var released: String
        var items: [Item]
        /// How many items the post has no room for; absent when it has all.
        var itemsLeftOut: Int?
    }

    private struct Content: Encodable { var edition: Edition }
    private enum CodingKeys: CodingKey { case type, timestamp, data }

    private var edition: Edition

    package static let type = "edition.released"
    /// The specification's advice is "ideally under 20 kB"; receivers' limits start near there.
    package static let limit = 20_000

    /// `publicURL` is the web edition's address without a slash at its end; `nil` when nothing is shown on the web.
    package init(_ edition: EditionRecord, items: [ItemRecord], publicURL: String?) {
        let address = edition.web ? publicURL.map { "\($0)/editions/\(edition.slug)" } : nil
        self.edition = Edition(
            publication: edition.publication, title: edition.title, number: edition.number, slug: edition.slug, url: address,
            released: (edition.released ?? edition.release).description,
            items: items.filter { $0.content.channels.contains(.intranet) }.map { item in
                Item(
                    title: item.content.title, summary: item.content.summary, category: item.content.category, source: item.source,
                    side: item.content.side,
                    url: item.content.link?.address ?? address.map { "\($0)#item-\(item.id)" })
            })
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.type, forKey: .type)
        try container.encode(edition.released, forKey: .timestamp)
        try container.encode(Content(edition: edition), forKey: .data)
    }

    /// The bytes to post, at most ``limit``: the items' summaries are cut first, then their titles, then the last items go.
    package func bytes() throws(Fault) -> [UInt8] {
        for (summary, title) in [(Int.max, Int.max), (500, 300), (300, 300), (200, 200), (120, 120), (60, 120), (0, 120)] {
            let bytes = try encoded(cut(summary, title))
            if bytes.count <= Self.limit { return bytes }
        }
        var left = cut(0, 120)
        while !left.edition.items.isEmpty {
            left.edition.items.removeLast()
            left.edition.itemsLeftOut = edition.items.count - left.edition.items.count
            let bytes = try encoded(left)
            if bytes.count <= Self.limit { return bytes }
        }
        throw Fault(
            "write the post of", "edition \(edition.slug)", cause: "its title and address alone are longer than \(Self.limit) bytes",
            mend: "Give the publication a shorter title.")
    }

    private func cut(_ summary: Int, _ title: Int) -> Self {
        var copy = self
        for index in copy.edition.items.indices {
            copy.edition.items[index].summary = Self.cut(copy.edition.items[index].summary, summary)
            copy.edition.items[index].title = Self.cut(copy.edition.items[index].title, title)
        }
        return copy
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        limit == 0 ? "" : text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }

    private func encoded(_ payload: Self) throws(Fault) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(payload))
        } catch {
            throw Fault("write the post of", "edition \(edition.slug)", cause: "\(error)", mend: "Report this with the log.")
        }
    }
}
