import Core

/// The formats in which every feed is served, each for readers that know no other.
package enum FeedFormat: CaseIterable, Hashable, Sendable {
    /// RSS 2.0: what every screen system reads.
    case rss
    /// RFC 4287: OS2display's "Nyheder" slide shows its summary.
    case atom
    /// JSON Feed 1.1.
    case json
    /// Concerto's remote feed.
    case concerto

    /// Those that name their hub, so that it can pass them on.
    package static let passedOn: [FeedFormat] = [.rss, .atom, .json]

    package var suffix: String {
        switch self {
        case .rss: ".rss"
        case .atom: ".atom"
        case .json: ".json"
        case .concerto: ".concerto.json"
        }
    }

    /// How a list of screens names who fetches it.
    var player: String { self == .concerto ? "concerto" : String(suffix.dropFirst()) }

    /// Xibo refuses a feed whose type has none of `rss`, `xml`, `text` and `html` in it.
    var contentType: String {
        switch self {
        case .rss: "application/rss+xml; charset=utf-8"
        case .atom: "application/atom+xml; charset=utf-8"
        case .json: "application/feed+json; charset=utf-8"
        case .concerto: "application/json; charset=utf-8"
        }
    }

    /// The file of a feed as it stands; equal feeds give equal bytes.
    func text(_ feed: Feed) -> String {
        var written = WrittenEntries()
        return text(feed, &written)
    }

    /// As ``text(_:)``, with those entries that were written before.
    func text(_ feed: Feed, _ written: inout WrittenEntries) -> String {
        switch self {
        case .rss: RSSFile(feed, &written).text
        case .atom: AtomFile(feed, &written).text
        case .json: JSONFeedFile(feed, &written).text
        case .concerto: ConcertoFile(feed, &written).text
        }
    }

    /// `.concerto.json` ends in `.json`.
    private static let longestEndingFirst: [FeedFormat] = [.concerto, .atom, .json, .rss]

    /// `("infoskaerm", .concerto)` of `infoskaerm.concerto.json`; `nil` for a name without a known ending.
    static func parse(fileName: String) -> (feed: String, format: FeedFormat)? {
        let name = fileName.utf8
        for format in longestEndingFirst where name.count > format.suffix.utf8.count {
            let end = name.index(name.endIndex, offsetBy: -format.suffix.utf8.count)
            if name[end...].elementsEqual(format.suffix.utf8) { return (String(fileName[..<end]), format) }
        }
        return nil
    }
}
