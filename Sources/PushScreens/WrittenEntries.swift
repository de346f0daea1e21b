/// A feed's entries as they were last written in one format: one that is as it was is not written again when another changes.
///
/// They hold for one feed as long as it says the same of itself (see ``Feed/saysTheSame(as:)``).
struct WrittenEntries: Sendable {
    private struct Written: Sendable {
        var entry: FeedEntry
        var name: String
        var text: String
    }

    private var former: [String: Written] = [:]
    private var present: [String: Written] = [:]

    init() {}

    /// For the next writing: what that one does not ask for is forgotten.
    init(after last: WrittenEntries?) { former = last?.present ?? [:] }

    /// The text of an entry, under a name if the format has one for it that depends on the others.
    mutating func text(of entry: FeedEntry, as name: String = "", _ write: () -> String) -> String {
        let written: Written
        if let known = former[entry.id], known.entry == entry, known.name == name {
            written = known
        } else {
            written = Written(entry: entry, name: name, text: write())
        }
        present[entry.id] = written
        return written.text
    }

    /// Without what was kept for this writing.
    mutating func finish() { former = [:] }
}
