/// A feed's entries as they were last written in one format: one that is as it was is not written again when another changes.
///
/// They hold for one feed as long as it says the same of itself (see ``Feed/saysTheSame(as:)``).
struct WrittenEntries: Sendable {
    /// A class, so that taking it over costs one reference.
    private final class Written: Sendable {
        let entry: FeedEntry
        let name: String
        let text: String

        init(_ entry: FeedEntry, _ name: String, _ text: String) {
            self.entry = entry
            self.name = name
            self.text = text
        }
    }

    private var former: [String: Written] = [:]
    private var present: [String: Written] = [:]

    init() {}

    /// For the next writing: what that one does not ask for is forgotten.
    init(after last: WrittenEntries?) {
        former = last?.present ?? [:]
        present.reserveCapacity(former.count + 1)
    }

    /// The text of an entry, under a name if the format has one for it that depends on the others.
    mutating func text(of entry: FeedEntry, as name: String = "", _ write: () -> String) -> String {
        let written: Written
        if let known = former[entry.id], known.entry == entry, known.name == name {
            written = known
        } else {
            written = Written(entry, name, write())
        }
        present[entry.id] = written
        return written.text
    }

    /// Without what was kept for this writing.
    mutating func finish() { former = [:] }
}
