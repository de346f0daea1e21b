import Core
import QRCode

/// What the screen page shows, as the JSON that its player reads at `/screen/<feed>/items.json`.
///
/// Addresses are relative to the page, so that it works under any name of the server. Times are milliseconds since 1970: the player holds
/// them against the server's clock, so that an entry that expires while the network is away is gone in time.
struct ScreenItemsFile {
    /// More than fits under a title at a size that is read from five metres; the player cuts what does not fit.
    private static let textLimit = 420

    let text: String

    /// `codes` are the QR codes of addresses; there is none for an address that is too long for one.
    init(_ feed: Feed, codes: [String: QRCode], _ written: inout WrittenEntries) {
        var json = JSONWriter()
        json.object { json in
            json.array("items") { json in
                for entry in feed.entries { json.element(written: written.text(of: entry) { Self.item(entry, feed, codes) }) }
            }
            json.member("place", feed.place)
            json.member("title", feed.title)
        }
        text = json.text + "\n"
    }

    /// What the QR code beside an entry leads to. A crisis message has no web edition to read on in.
    static func address(behind entry: FeedEntry, _ feed: Feed) -> String? {
        entry.link ?? (entry.rank == .exclusive ? nil : feed.home)
    }

    /// An address in ASCII: what is not is percent-encoded as UTF-8 (RFC 3987, section 3.1).
    static func uri(_ address: String) -> String {
        address.utf8.map { byte in
            (0x21...0x7E).contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    private static func item(_ entry: FeedEntry, _ feed: Feed, _ codes: [String: QRCode]) -> String {
        // All that a crisis message says, as far as it fits; of an item what makes people read it.
        let whole = entry.summary.isEmpty || entry.rank == .exclusive && !entry.text.isEmpty ? entry.text : entry.summary
        let text = whole.limited(to: textLimit)
        var json = JSONWriter(depth: 2)
        json.object { json in
            // What stands above a crisis message.
            json.member("banner", entry.banner?.text)
            if let code = address(behind: entry, feed).flatMap({ codes[$0] }) {
                json.object("code") { json in
                    json.member("path", code.path)
                    json.member("side", code.side)
                }
            }
            json.member("drill", entry.banner?.isDrill == true ? true : nil)
            json.member("exclusive", entry.rank == .exclusive ? true : nil)
            json.member("from", entry.visibleFrom?.milliseconds)
            json.member("id", entry.id)
            if let picture = entry.picture { Self.write(picture, feed, &json) }
            // How long it is shown.
            json.member("seconds", ReadingTime.seconds(entry.title + text))
            json.member("source", entry.author)
            json.member("text", text)
            json.member("title", entry.banner?.title ?? entry.title)
            json.member("until", entry.visibleUntil?.milliseconds)
        }
        return json.text
    }

    private static func write(_ picture: FeedEntry.Picture, _ feed: Feed, _ json: inout JSONWriter) {
        let isOurs = picture.address.hasPrefix(feed.publicURL + "/")
        // A token before the feed's name is one step more.
        let steps = feed.token == nil ? "../" : "../../"
        json.object("picture") { json in
            json.member("address", isOurs ? steps + picture.address.dropFirst(feed.publicURL.count + 1) : picture.address)
            json.member("alternative_text", picture.alternativeText)
            json.member("height", picture.height)
            json.member("width", picture.width)
        }
    }
}
