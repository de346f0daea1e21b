import Core
import Ledger

/// What an edition says to some of its readers only: with the talking points to leaders, without the topics that they have turned off.
///
/// Each set of readers that gets the same is a variant, rendered once for each of its languages, so the number of variants is what
/// a release costs. Beyond ``most`` the sets with the fewest readers get all topics: an item too many is the lesser fault than a
/// release that takes an hour.
struct ReaderVariant: Hashable, Sendable {
    static let most = 16

    var seesLeaderNotes = false
    /// Those of the turned-off topics that the edition has, in lower case.
    var muted: Set<String> = []

    /// As the ledger names it: empty for what everybody gets.
    var name: String {
        let parts = (seesLeaderNotes ? ["leaders"] : []) + (muted.isEmpty ? [] : ["without " + muted.sorted().joined(separator: ", ")])
        return parts.joined(separator: "; ")
    }

    init(seesLeaderNotes: Bool = false, muted: Set<String> = []) {
        self.seesLeaderNotes = seesLeaderNotes
        self.muted = muted
    }

    /// The variant of a ``name``; `topics` are those that the edition has or had, in lower case. `nil` when the name tells of others.
    init?(name: String, topics: Set<String>) {
        var rest = Substring(name)
        if rest.hasPrefix("leaders") {
            seesLeaderNotes = true
            rest = rest.dropFirst("leaders".count)
            if rest.hasPrefix("; ") { rest = rest.dropFirst(2) }
        }
        guard !rest.isEmpty else { return }
        guard rest.hasPrefix("without "), let muted = Self.parts(rest.dropFirst("without ".count), of: topics.sorted()[...]) else {
            return nil
        }
        self.muted = Set(muted)
    }

    /// Which of the names, in their order, stand in a text with commas between; a name may have a comma itself.
    private static func parts(_ text: Substring, of names: ArraySlice<String>) -> [String]? {
        for index in names.indices where text.hasPrefix(names[index]) {
            let rest = text.dropFirst(names[index].count)
            if rest.isEmpty { return [names[index]] }
            guard rest.hasPrefix(", "), let others = parts(rest.dropFirst(2), of: names[(index + 1)...]) else { continue }
            return [names[index]] + others
        }
        return nil
    }

    /// The edition as these readers get it.
    func content(_ content: EditionContent) -> EditionContent {
        var own = content
        own.showsLeaderNotes = content.showsLeaderNotes || seesLeaderNotes
        own.entries = content.entries.filter { !muted.contains($0.content.category?.lowercased() ?? "") }
        return own
    }
}

/// Whom an edition goes to, and in which languages they read.
struct Readers {
    struct Group {
        var numbers: [RecipientID] = []
        var languages: Set<Language> = []
    }

    private(set) var groups: [ReaderVariant: Group] = [:]

    mutating func add(_ recipient: RecipientID, _ language: Language?, _ variant: ReaderVariant) {
        groups[variant, default: Group()].numbers.append(recipient)
        if let language { groups[variant, default: Group()].languages.insert(language) }
    }

    var languages: Set<Language> { groups.values.reduce(into: []) { $0.formUnion($1.languages) } }

    /// Joins the sets with the fewest readers to what they would get with all topics, until there are no more than permitted.
    mutating func bound(_ most: Int = ReaderVariant.most) {
        let small = groups.filter { !$0.key.muted.isEmpty }.sorted {
            ($0.value.numbers.count, $1.key.name) < ($1.value.numbers.count, $0.key.name)
        }
        for (variant, group) in small.prefix(max(0, groups.count - most)) {
            groups[variant] = nil
            let whole = ReaderVariant(seesLeaderNotes: variant.seesLeaderNotes)
            groups[whole, default: Group()].numbers += group.numbers
            groups[whole, default: Group()].languages.formUnion(group.languages)
        }
    }
}
