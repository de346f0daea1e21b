import Core

/// Concerto's remote feed: an array whose elements are identified by `type` and `name`. An item is a text for the text fields of a screen
/// and, when it has a picture, a graphic for the picture fields; Concerto keeps the times itself.
struct ConcertoFile {
    /// Concerto fetches no picture above this, in bytes.
    static let heaviestPicture = 10_000_000

    let text: String

    init(_ feed: Feed, _ written: inout WrittenEntries) {
        var names: [String: Int] = [:]
        var json = JSONWriter()
        json.array { json in
            for entry in feed.entries {
                // Two items of one title are two contents, not one that is overwritten.
                let count = names[entry.title, default: 0] + 1
                names[entry.title] = count
                let name = count == 1 ? entry.title : "\(entry.title) (\(count))"
                json.element(written: written.text(of: entry, as: name) { Self.elements(entry, name) })
            }
        }
        text = json.text + "\n"
    }

    /// One or two elements of the array.
    private static func elements(_ entry: FeedEntry, _ name: String) -> String {
        let (start, end) = ((entry.visibleFrom ?? entry.published).description, entry.visibleUntil?.description)
        let words = entry.summary.isEmpty ? entry.title : "\(entry.title)\n\(entry.summary)"
        var json = JSONWriter(depth: 1)
        json.object { json in
            json.member("duration", ReadingTime.seconds(words))
            json.member("end_time", end)
            json.member("name", name)
            json.member("render_as", "plaintext")
            json.member("start_time", start)
            json.member("text", words)
            json.member("type", "RichText")
        }
        guard let picture = entry.picture, picture.length < heaviestPicture else { return json.text }
        json.element { json in
            json.member("duration", ReadingTime.seconds(entry.title))
            json.member("end_time", end)
            json.member("name", name)
            json.member("start_time", start)
            json.member("type", "Graphic")
            json.member("url", picture.address)
        }
        return json.text
    }
}
