import Core
import QRCode

/// What the screen page shows, as the JSON that its player reads at `/screen/<feed>/items.json`.
///
/// Addresses are relative to the page, so that it works under any name of the server. Times are milliseconds since 1970: the player holds
/// them against the server's clock, so that an entry that expires while the network is away is gone in time.
struct ScreenItemsFile {
    private struct File: Encodable {
        var title: String
        var place: String?
        var items: [Item]
    }

    private struct Item: Encodable {
        var id: String
        var title: String
        var text: String
        var source: String
        var from: Int64?
        var until: Int64?
        /// How long it is shown.
        var seconds: Int
        var exclusive: Bool?
        /// What stands above a crisis message.
        var banner: String?
        var drill: Bool?
        var picture: Picture?
        var code: QRCode?
    }

    private struct Picture: Encodable {
        var address: String
        var width: Int
        var height: Int
        var alternativeText: String
    }

    /// More than fits under a title at a size that is read from five metres; the player cuts what does not fit.
    private static let textLimit = 420

    let text: String

    /// `code` makes the QR code of an address; none where the address is too long for one.
    init(_ feed: Feed, code: (String) -> QRCode?) {
        text = jsonText(File(title: feed.title, place: feed.place, items: feed.entries.map { Self.item($0, feed, code) }))
    }

    /// An address in ASCII: what is not is percent-encoded as UTF-8 (RFC 3987, section 3.1).
    static func uri(_ address: String) -> String {
        address.utf8.map { byte in
            (0x21...0x7E).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func item(_ entry: FeedEntry, _ feed: Feed, _ code: (String) -> QRCode?) -> Item {
        // All that a crisis message says, as far as it fits; of an item what makes people read it.
        let whole = entry.summary.isEmpty || entry.rank == .exclusive && !entry.text.isEmpty ? entry.text : entry.summary
        let text = whole.limited(to: textLimit)
        return Item(
            id: entry.id, title: entry.banner?.title ?? entry.title, text: text, source: entry.author,
            from: entry.visibleFrom?.milliseconds,
            until: entry.visibleUntil?.milliseconds, seconds: ReadingTime.seconds(entry.title + text),
            exclusive: entry.rank == .exclusive ? true : nil, banner: entry.banner?.text, drill: entry.banner?.isDrill == true ? true : nil,
            picture: entry.picture.map { picture($0, feed) },
            // A crisis message has no web edition to read on in.
            code: (entry.link ?? (entry.rank == .exclusive ? nil : feed.home)).flatMap(code))
    }

    private static func picture(_ picture: FeedEntry.Picture, _ feed: Feed) -> Picture {
        let isOurs = picture.address.hasPrefix(feed.publicURL + "/")
        return Picture(
            // A token before the feed's name is one step more.
            address: isOurs
                ? (feed.token == nil ? "../" : "../../") + picture.address.dropFirst(feed.publicURL.count + 1) : picture.address,
            width: picture.width, height: picture.height, alternativeText: picture.alternativeText)
    }
}
