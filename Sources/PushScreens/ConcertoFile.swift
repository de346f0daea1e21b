import Core

/// Concerto's remote feed: an array whose elements are identified by `type` and `name`. An item is a text for the text fields of a screen
/// and, when it has a picture, a graphic for the picture fields; Concerto keeps the times itself.
struct ConcertoFile {
    /// Concerto fetches no picture above this, in bytes.
    static let heaviestPicture = 10_000_000

    private struct Element: Encodable {
        var type: String
        var name: String
        var text: String?
        var renderAs: String?
        var url: String?
        /// In seconds.
        var duration: Int
        var startTime: String
        var endTime: String?
    }

    let text: String

    init(_ feed: Feed) {
        var names: [String: Int] = [:]
        text = jsonText(
            feed.entries.flatMap { entry -> [Element] in
                // Two items of one title are two contents, not one that is overwritten.
                let count = names[entry.title, default: 0] + 1
                names[entry.title] = count
                return Self.elements(entry, name: count == 1 ? entry.title : "\(entry.title) (\(count))")
            })
    }

    private static func elements(_ entry: FeedEntry, name: String) -> [Element] {
        let (start, end) = ((entry.visibleFrom ?? entry.published).description, entry.visibleUntil?.description)
        let words = entry.summary.isEmpty ? entry.title : "\(entry.title)\n\(entry.summary)"
        let text = Element(
            type: "RichText", name: name, text: words, renderAs: "plaintext", duration: ReadingTime.seconds(words), startTime: start,
            endTime: end)
        guard let picture = entry.picture, picture.length < heaviestPicture else { return [text] }
        return [
            text,
            Element(
                type: "Graphic", name: name, url: picture.address, duration: ReadingTime.seconds(entry.title), startTime: start,
                endTime: end),
        ]
    }
}
