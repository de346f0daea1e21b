/// The known name that a written one most resembles, without regard to case; `nil` when none is near: more than a third of its
/// letters, or more than three, differ.
package func nearestName(to written: String, among known: some Sequence<String>) -> String? {
    let ranked = known.map { ($0, editDistance(Array(written.lowercased().prefix(64)), Array($0.lowercased().prefix(64)))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= min(3, max(1, best.0.count / 3)) else { return nil }
    return best.0
}

/// How many letters to insert, remove, change or exchange with their neighbour (optimal string alignment).
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var former: [Int] = []
    var row = Array(0...b.count)
    for i in a.indices {
        var next = [i + 1]
        for j in b.indices {
            var least = min(next[j] + 1, row[j + 1] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, former[j - 1] + 1) }
            next.append(least)
        }
        (former, row) = (row, next)
    }
    return row[b.count]
}
