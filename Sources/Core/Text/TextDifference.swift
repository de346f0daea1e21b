/// What changed from one text to another, line by line, and word by word within a line that was changed: for people.
///
///     ~ På [-mandag-]{+tirsdag+} åbner stien.
///     - a line that is gone
///     + a line that is new
package enum TextDifference {
    /// Beyond so many lines, or words in a line, what differs is told as removed and added: a comparison takes time with the product.
    private static let limit = 2_000

    /// The changed lines alone, in the order of the new text; empty when the texts are the same.
    package static func lines(from former: [String], to new: [String]) -> [String] {
        guard former.count <= limit, new.count <= limit else {
            return former == new ? [] : ["- (\(former.count) lines)", "+ (\(new.count) lines)"]
        }
        var result: [String] = []
        for (removed, added) in changes(former, new) {
            if removed.count == added.count {
                result += zip(removed, added).map { pair(former[$0], new[$1]) }.flatMap { $0 }
            } else {
                result += removed.map { "- " + former[$0] } + added.map { "+ " + new[$0] }
            }
        }
        return result
    }

    /// What an editor is shown of a change: words that stay, go and come, with a paragraph's words around them.
    package enum Piece: Hashable, Sendable {
        case same(String)
        case removed(String)
        case added(String)
        /// Paragraphs that stay and are not shown.
        case gap
    }

    /// A change of a text, paragraph by paragraph; each but the last piece of a paragraph ends in a space or a line feed.
    package static func pieces(from former: String, to new: String) -> [Piece] {
        func lines(_ text: String) -> [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        let (a, b) = (lines(former), lines(new))
        guard a.count <= limit, b.count <= limit else { return former == new ? [] : [.removed(former), .added(new)] }
        var pieces: [Piece] = []
        var next = 0
        for (removed, added) in changes(a, b) {
            pieces += context(Array(b[next..<added.lowerBound]), isFirst: next == 0, isLast: false)
            next = added.upperBound
            if removed.count == added.count {
                for (old, fresh) in zip(removed, added) { pieces += words(a[old], b[fresh]) + [.same("\n")] }
            } else {
                pieces += removed.map { .removed(a[$0] + "\n") } + added.map { .added(b[$0] + "\n") }
            }
        }
        return pieces + context(Array(b[next...]), isFirst: next == 0, isLast: true)
    }

    /// Of what stays the line before a change and the one after it.
    private static func context(_ lines: [String], isFirst: Bool, isLast: Bool) -> [Piece] {
        let meant = lines.filter { !$0.isEmpty }
        let shown = (isFirst ? 0 : 1) + (isLast ? 0 : 1)
        guard meant.count > shown else { return lines.map { .same($0 + "\n") } }
        let before: [Piece] = isFirst ? [] : meant.first.map { [.same($0 + "\n")] } ?? []
        let after: [Piece] = isLast ? [] : meant.last.map { [.same($0 + "\n")] } ?? []
        return before + [.gap] + after
    }

    private static func words(_ former: String, _ new: String) -> [Piece] {
        let (a, b) = (former.split(separator: " ").map(String.init), new.split(separator: " ").map(String.init))
        guard a.count <= limit, b.count <= limit else { return [.removed(former), .added(new)] }
        var pieces: [Piece] = []
        var next = 0
        func text(_ words: ArraySlice<String>) -> String { words.joined(separator: " ") + " " }
        for (removed, added) in changes(a, b) {
            if next < added.lowerBound { pieces.append(.same(text(b[next..<added.lowerBound]))) }
            next = added.upperBound
            if !removed.isEmpty { pieces.append(.removed(text(a[removed]))) }
            if !added.isEmpty { pieces.append(.added(text(b[added]))) }
        }
        if next < b.count { pieces.append(.same(text(b[next...]))) }
        return pieces
    }

    /// Two versions of a line: word by word when they have words in common.
    private static func pair(_ former: String, _ new: String) -> [String] {
        let (a, b) = (former.split(separator: " ").map(String.init), new.split(separator: " ").map(String.init))
        guard a.count <= limit, b.count <= limit else { return ["- " + former, "+ " + new] }
        let edits = changes(a, b)
        let kept = a.count - edits.reduce(0) { $0 + $1.removed.count }
        guard kept > 0 else { return ["- " + former, "+ " + new] }
        var words: [String] = []
        var next = 0
        for (removed, added) in edits {
            words += b[next..<added.lowerBound]
            next = added.upperBound
            let change =
                (removed.isEmpty ? "" : "[-" + a[removed].joined(separator: " ") + "-]")
                + (added.isEmpty ? "" : "{+" + b[added].joined(separator: " ") + "+}")
            words.append(change)
        }
        words += b[next...]
        return ["~ " + words.joined(separator: " ")]
    }

    /// The ranges that differ, in order: what was there, and what is in its place.
    private static func changes(_ former: [String], _ new: [String]) -> [(removed: Range<Int>, added: Range<Int>)] {
        let difference = new.difference(from: former)
        let gone = Set(difference.removals.map(\.place))
        let come = Set(difference.insertions.map(\.place))
        var (i, j) = (0, 0)
        var changes: [(Range<Int>, Range<Int>)] = []
        while i < former.count || j < new.count {
            let (from, to) = (i, j)
            while gone.contains(i) { i += 1 }
            while come.contains(j) { j += 1 }
            if i > from || j > to {
                changes.append((from..<i, to..<j))
            } else {
                i += 1
                j += 1
            }
        }
        return changes
    }
}

extension CollectionDifference.Change {
    fileprivate var place: Int {
        switch self {
        case .insert(let offset, _, _), .remove(let offset, _, _): offset
        }
    }
}
