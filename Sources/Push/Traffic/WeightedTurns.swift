/// Shares deliveries among channels by weight, one after the other: the smooth weighted round robin of nginx, in which weights 3 and
/// 1 give A A B A. The shares are exact, whoever asks first.
struct WeightedTurns {
    private struct Place {
        let weight: Int
        var current = 0
        /// Its turns that it has not asked for yet.
        var allotted = 0
    }

    private var places: [Place]

    init(weights: [Int]) { places = weights.map { Place(weight: max(1, $0)) } }

    /// How many of `wanted` deliveries the place may take. `backlog` is how many are waiting in all, so that nobody takes what
    /// is another's turn; who is not in the round gets none, and none is kept for it.
    mutating func take(_ index: Int, wanted: Int, backlog: Int, inRound: [Bool]) -> Int {
        for other in places.indices where !inRound[other] {
            places[other].current = 0
            places[other].allotted = 0
        }
        var outstanding = places.reduce(0) { $0 + $1.allotted }
        while places[index].allotted < wanted, outstanding < backlog {
            places[next(inRound)].allotted += 1
            outstanding += 1
        }
        let count = min(wanted, places[index].allotted)
        places[index].allotted -= count
        return count
    }

    /// Turns that were taken and not used.
    mutating func refund(_ index: Int, _ count: Int) { places[index].allotted += count }

    /// Nothing waits: turns that were not asked for are over.
    mutating func finish() { for index in places.indices { places[index].allotted = 0 } }

    private mutating func next(_ inRound: [Bool]) -> Int {
        var total = 0
        var best: Int?
        for index in places.indices where inRound[index] {
            places[index].current += places[index].weight
            total += places[index].weight
            if places[index].current > places[best ?? index].current || best == nil { best = index }
        }
        guard let best else { return 0 }
        places[best].current -= total
        return best
    }
}
