/// The known name that a misspelt one most likely means; `nil` when none is near.
package func nearestName(to name: String, among known: some Sequence<String>) -> String? {
    let lower = name.lowercased()
    let best = known.map { (name: $0, distance: editDistance(lower, $0.lowercased())) }.min { $0.distance < $1.distance }
    return best.flatMap { $0.distance <= max(2, name.count / 3) ? $0.name : nil }
}

/// Levenshtein's distance: how many letters to insert, remove or change.
func editDistance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for (i, left) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, right) in b.enumerated() {
            let change = diagonal + (left == right ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(change, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[b.count]
}
