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
