import Core

/// How long something will still take, by how fast it went lately.
struct ProgressEstimate: Sendable {
    /// What lies further back tells nothing of the present speed.
    static let window = Span.minutes(2)
    /// Less than this is too short to judge by.
    static let shortest = Span.seconds(3)

    private var looks: [(at: Instant, left: Int)] = []
    /// How much was left when it began.
    private(set) var begun = 0

    /// Notes how much was left. When there is more than before, something new has begun.
    mutating func note(left: Int, at now: Instant) {
        if let last = looks.last, last.left < left || now < last.at { looks = [] }
        if looks.isEmpty { begun = left }
        looks.append((now, left))
        // The one just outside the window is its beginning.
        while looks.count > 2, now - looks[1].at >= Self.window { looks.removeFirst() }
    }

    /// `nil` while nothing moves, or too little is known.
    var remaining: Span? {
        guard let first = looks.first, let last = looks.last, last.at - first.at >= Self.shortest, last.left < first.left else {
            return nil
        }
        let each = Double((last.at - first.at).milliseconds) / Double(first.left - last.left)
        return Span(milliseconds: Int64(each * Double(last.left)))
    }
}
