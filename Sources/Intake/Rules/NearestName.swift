/// The known name that a written one most resembles, by edit distance without regard to case; `nil` when none is near
/// (more than a third of its letters, or more than three, differ).
func nearestName(to written: String, among known: [String]) -> String? {
    let ranked = known.map { ($0, editDistance(Array(written.lowercased().prefix(64)), Array($0.lowercased().prefix(64)))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= min(3, max(1, best.0.count / 3)) else { return nil }
    return best.0
}

/// Levenshtein's distance.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in b.enumerated() {
            let change = letter == other ? diagonal : diagonal + 1
            diagonal = row[j + 1]
            row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
