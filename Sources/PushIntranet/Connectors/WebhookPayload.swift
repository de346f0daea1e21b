import Core
import Foundation
import Ledger

/// The body of a webhook's post (Standard Webhooks, "Payload structure"): `{"type":"edition.released","timestamp":…,"data":{"edition":{…}}}`,
/// with `edition.corrected`, `edition.withdrawn`, `item.published`, `item.corrected` and `item.withdrawn` beside it.
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

    package struct Alert: Encodable, Sendable {
        /// `raised` or `ended`.
        var kind: AlertMark.Kind
        /// The same for a message and its all-clear.
        var id: AlertID
        var drill: Bool
        /// When it ends by itself.
        var until: String?
    }

    package struct Correction: Encodable, Sendable {
        var date: String
        var note: String
    }

    package struct Edition: Encodable, Sendable {
        var publication: String
        var title: String
        var number: Int
        var slug: String
        var url: String?
        var released: String
        var items: [Item]
        /// Of a crisis message or its all-clear; absent in any other edition.
        var alert: Alert?
        /// What was put right since the release, the first one first; absent when nothing was.
        var corrections: [Correction]?
        /// How many items the post has no room for; absent when it has all.
        var itemsLeftOut: Int?
    }

    private struct Content: Encodable {
        var edition: Edition?
        var item: ItemContent?
    }

    /// A post about one item.
    struct ItemContent: Encodable, Sendable {
        /// The same for every version of the item.
        var key: String
        var title: String
        var summary: String
        var text: String
        var category: String?
        var source: String
        var url: String?
        var visibleUntil: String?
    }

    private enum CodingKeys: CodingKey { case type, timestamp, data }

    private var edition: Edition?
    private var item: ItemContent?
    private let type: String
    private let timestamp: String
    private let object: String

    /// The specification's advice is "ideally under 20 kB"; receivers' limits start near there.
    package static let limit = 20_000

    /// A withdrawal names what is withdrawn, and repeats nothing of it.
    package init(_ post: IntranetPost) {
        let isGone = post.event == .withdrawn
        timestamp = post.released.description
        object = post.key
        if let edition = post.edition {
            type = "edition." + (post.event == .published ? "released" : post.event.rawValue)
            self.edition = Edition(
                publication: edition.publication, title: edition.title, number: edition.number, slug: edition.slug, url: post.url,
                released: timestamp,
                items: isGone
                    ? []
                    : post.items.map { item in
                        Item(
                            title: item.content.title, summary: item.content.summary, category: item.content.category, source: item.source,
                            side: item.content.side,
                            url: item.content.link?.address ?? post.url.map { "\($0)#item-\(item.id)" })
                    })
            if !isGone, !post.corrections.isEmpty {
                self.edition?.corrections = post.corrections.map { Correction(date: $0.at.description, note: $0.note) }
            }
            self.edition?.alert = post.alert.map {
                Alert(kind: $0.kind, id: $0.id, drill: $0.isDrill, until: $0.until?.description)
            }
        } else {
            type = "item." + post.event.rawValue
            item = ItemContent(
                key: post.key, title: post.title, summary: isGone ? "" : post.summary, text: isGone ? "" : post.text,
                category: post.category, source: post.source, url: post.url, visibleUntil: post.visibleUntil?.description)
        }
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode(Content(edition: edition, item: item), forKey: .data)
    }

    /// The bytes to post, at most ``limit``: the items' summaries are cut first, then their titles, then the last items go.
    package func bytes() throws(Fault) -> [UInt8] {
        for (summary, title) in [(Int.max, Int.max), (500, 300), (300, 300), (200, 200), (120, 120), (60, 120), (0, 120)] {
            let bytes = try encoded(cut(summary, title))
            if bytes.count <= Self.limit { return bytes }
        }
        if let fitted = try withFewerItems() { return fitted }
        throw Fault(
            "write the post of", object, cause: "its title and address alone are longer than \(Self.limit) bytes",
            mend: "Give it a shorter title.")
    }

    private func withFewerItems() throws(Fault) -> [UInt8]? {
        var left = cut(0, 120)
        let all = edition?.items.count ?? 0
        while let count = left.edition?.items.count, count > 0 {
            left.edition?.items.removeLast()
            left.edition?.itemsLeftOut = all - count + 1
            let bytes = try encoded(left)
            if bytes.count <= Self.limit { return bytes }
        }
        return nil
    }

    private func cut(_ summary: Int, _ title: Int) -> Self {
        var copy = self
        copy.edition?.items = (edition?.items ?? []).map { item in
            var item = item
            item.summary = Self.cut(item.summary, summary)
            item.title = Self.cut(item.title, title)
            return item
        }
        if let item {
            // A text of some thousand characters fits; the summary goes only when the text is gone.
            copy.item?.text = Self.cut(item.text, summary == .max ? .max : summary * 16)
            copy.item?.summary = Self.cut(item.summary, max(summary, 200))
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
            throw Fault("write the post of", object, cause: "\(error)", mend: "Report this with the log.")
        }
    }
}
