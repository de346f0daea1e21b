import Core
import Crypto
import Ledger
import Press

/// Makes a post of what the ledger has: the same bytes at each attempt, as long as the item or edition is the same.
package struct PostComposer: Sendable {
    private let ledger: Ledger
    private let press: @Sendable () -> Press
    private let language: Language
    private let publicURL: String
    private let zone: Zone
    /// Where hubs fetch a feed, in each format that they may know; empty for one that not everybody may read.
    private let feeds: @Sendable (String) -> [String]

    /// `publicURL` is the web's address without a slash at its end.
    package init(
        ledger: Ledger, language: Language, zone: Zone, publicURL: String, feeds: @escaping @Sendable (String) -> [String] = { _ in [] },
        press: @escaping @Sendable () -> Press
    ) {
        self.zone = zone
        self.feeds = feeds
        self.ledger = ledger
        self.language = language
        self.publicURL = publicURL
        self.press = press
    }

    /// What is to be told of a post to its endpoint. Throws a ``Fault`` when the ledger cannot be read or has no such item.
    package func post(_ record: PostRecord, for endpoint: Endpoint) throws(Fault) -> IntranetPost {
        let event: IntranetPost.Event =
            record.wanted == nil ? .withdrawn : record.told == nil && record.remote == nil ? .published : .corrected
        var post: IntranetPost
        switch record.topic {
        case .item(let id):
            guard var item = try ledger.item(id) else { throw Self.missing("item \(id)") }
            // The version that is wanted, also when another has come since: one identifier stands for the same bytes at each attempt.
            if let version = record.wanted.flatMap({ PostPlan.version(of: id, in: $0) }), version != item.version,
                let former = try ledger.version(version, of: id)
            {
                item.version = version
                item.content = former.content
            }
            post = try self.post(item, event)
            post.key = "budstikke-\(number(record))"
        case .edition(let id):
            guard let edition = try ledger.edition(id) else { throw Self.missing("edition \(id)") }
            if let alert = try ledger.alert(of: edition) {
                post = try self.post(edition, alert, event)
            } else {
                post = try self.post(edition, try ledger.items(of: id).filter { endpoint.takes($0.content) }, event)
            }
            post.key = "budstikke-\(edition.slug)"
        case .feed(let id):
            guard let name = try ledger.feedName(id) else { throw Self.missing("feed \(id)") }
            post = self.post(feed: name, record, event)
        }
        post.isUncertain = record.isUncertain
        let named = [endpoint.name, post.key, String(record.created.milliseconds), record.wanted ?? "", event.rawValue]
        post.identifier = "msg_\(record.id)_" + SHA256.hexadecimalDigest(named.joined(separator: "\n").utf8).prefix(16)
        return post
    }

    /// A post's number is unique in one ledger, its time of making in all that were ever here.
    private func number(_ record: PostRecord) -> String { "\(record.id)-\(String(record.created.seconds, radix: 36))" }

    private static func missing(_ object: String) -> Fault {
        Fault("post", object, cause: "the ledger has no such thing", mend: "Report this with the log.")
    }

    private var words: IntranetPost.Words {
        let catalogue = press().catalogue
        return .init(
            correction: catalogue.text("intranet.correction", language), withdrawal: catalogue.text("intranet.withdrawal", language),
            readMore: catalogue.text("intranet.readMore", language))
    }

    private func post(_ item: ItemRecord, _ event: IntranetPost.Event) throws(Fault) -> IntranetPost {
        let content = item.content
        return IntranetPost(
            event: event, identifier: "", key: "", isUncertain: false, title: content.title, summary: content.summary,
            text: content.body.plainText,
            html: press().postHTML(item.id, content, language: language, publicURL: publicURL, pictures: try dimensions(content)),
            category: content.category, source: item.source, url: content.link?.address, picture: try picture(content),
            released: max(item.received, content.visibleFrom ?? item.received), visibleUntil: content.visibleUntil, language: language,
            edition: nil, items: [item], words: words)
    }

    /// What an endpoint would be told of an edition with these items: the text's HTML.
    package func preview(of edition: EditionRecord, _ items: [ItemRecord], hasWebEdition: Bool) throws(Fault) -> String {
        var edition = edition
        edition.web = hasWebEdition
        return try post(edition, items.filter { $0.content.channels.contains(.intranet) }, .published).html
    }

    private func post(_ edition: EditionRecord, _ items: [ItemRecord], _ event: IntranetPost.Event) throws(Fault) -> IntranetPost {
        let address = edition.web ? "\(publicURL)/editions/\(edition.slug)" : nil
        var dimensions: [PictureDigest: PictureDimensions] = [:]
        if address == nil { for item in items { dimensions.merge(try self.dimensions(item.content)) { first, _ in first } } }
        let corrections = try ledger.corrections(of: edition.id).map { correction in
            IntranetPost.Correction(
                at: correction.at,
                label: press().correctionLabel(
                    zone.civil(correction.at).date, released: zone.civil(edition.released ?? edition.release).date, language: language),
                note: correction.note)
        }
        let html =
            press().postHTML(corrections: corrections.map { ($0.label, $0.note) })
            + press().postHTML(
                items.map { item in
                    PostEntry(
                        id: item.id, content: item.content, url: item.content.link?.address ?? address.map { "\($0)#item-\(item.id)" })
                },
                language: language, publicURL: publicURL, pictures: dimensions)
        var post = IntranetPost(
            event: event, identifier: "", key: "", isUncertain: false, title: edition.title,
            summary: items.map(\.content.title).joined(separator: " · ").cut(to: 300),
            text: (corrections.map { "\($0.label) \($0.note)" } + items.map { "\($0.content.title)\n\($0.content.summary)" })
                .joined(separator: "\n\n"), html: html,
            category: nil, source: press().identity.name, url: address, picture: try firstPicture(items),
            released: edition.released ?? edition.release, visibleUntil: nil, language: language, edition: edition, items: items,
            words: words)
        post.corrections = corrections
        return post
    }

    /// A feed that has changed: what a hub needs to know is where it is.
    private func post(feed name: String, _ record: PostRecord, _ event: IntranetPost.Event) -> IntranetPost {
        var post = IntranetPost(
            event: event, identifier: "", key: "feed-\(name)", isUncertain: false, title: name, summary: "", text: "", html: "",
            category: nil, source: press().identity.name, url: nil, picture: nil, released: record.created, visibleUntil: nil,
            language: language, edition: nil, items: [], words: words)
        post.feedAddresses = feeds(name)
        return post
    }

    /// All that a crisis message says, or its all-clear. The edition's title says whether it is a drill, and whether it is over.
    private func post(_ edition: EditionRecord, _ alert: AlertRecord, _ event: IntranetPost.Event) throws(Fault) -> IntranetPost {
        guard var item = try ledger.item(alert.item) else { throw Self.missing("item \(alert.item)") }
        let kind: AlertMark.Kind = alert.allClear == edition.id ? .ended : .raised
        item.content = alert.content
        item.content.title = edition.title
        if kind == .ended {
            item.content.picture = nil
            item.content.body = Document((alert.farewell ?? "").isEmpty ? [] : [.paragraph([.text(alert.farewell ?? "")])])
        }
        let body = item.content.body
        let text = kind == .raised && body.isEmpty ? alert.content.summary : body.plainText
        item.content.summary = text
        let shown = AlertSource.shown(alert.source)
        item.source = shown.isEmpty ? press().identity.name : shown
        var post = try self.post(item, event)
        post.summary = (kind == .raised && !alert.content.summary.isEmpty ? alert.content.summary : text).cut(to: 300)
        post.text = text
        post.released = edition.released ?? edition.release
        post.visibleUntil = kind == .raised ? alert.until : nil
        post.edition = edition
        post.alert = .init(kind: kind, id: alert.id, isDrill: alert.isDrill, until: alert.until)
        return post
    }

    /// The pictures that the posts of a coming edition with these items will carry at an endpoint.
    func pictures(_ items: [ItemRecord], for endpoint: Endpoint) throws(Fault) -> [IntranetPost.Attachment] {
        switch endpoint.per {
        case .edition: try firstPicture(items).map { [$0] } ?? []
        case .item: try items.map { item throws(Fault) in try picture(item.content) }.compactMap { $0 }
        }
    }

    private func firstPicture(_ items: [ItemRecord]) throws(Fault) -> IntranetPost.Attachment? {
        for item in items { if let picture = try picture(item.content) { return picture } }
        return nil
    }

    private func dimensions(_ content: ItemContent) throws(Fault) -> [PictureDigest: PictureDimensions] {
        var dimensions: [PictureDigest: PictureDimensions] = [:]
        for digest in content.pictures { dimensions[digest] = try ledger.pictureFacts(digest).map(PictureDimensions.init) }
        return dimensions
    }

    private func picture(_ content: ItemContent) throws(Fault) -> IntranetPost.Attachment? {
        guard let reference = content.picture, let picture = try ledger.picture(reference.digest) else { return nil }
        return .init(
            fileName: "budstikke-\(picture.digest.hexadecimal.prefix(20)).\(picture.format.fileExtension)",
            mediaType: picture.format.mediaType, bytes: picture.bytes, alternativeText: reference.alternativeText,
            url: "\(publicURL)/pictures/\(picture.fileName)")
    }
}
