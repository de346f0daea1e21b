/// Values kept in memory up to a total weight; what was used longest ago goes first.
struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var values: [Key: (value: Value, used: Int)] = [:]
    private var turn = 0
    private var weight = 0
    private let limit: Int
    private let weigh: @Sendable (Value) -> Int

    init(limit: Int, weigh: @escaping @Sendable (Value) -> Int) {
        self.limit = limit
        self.weigh = weigh
    }

    /// Reading counts as use. A value heavier than the whole limit is not kept.
    subscript(key: Key) -> Value? {
        mutating get {
            turn += 1
            values[key]?.used = turn
            return values[key]?.value
        }
        set {
            if let former = values.removeValue(forKey: key) { weight -= weigh(former.value) }
            guard let newValue, weigh(newValue) <= limit else { return }
            turn += 1
            weight += weigh(newValue)
            values[key] = (newValue, turn)
            while weight > limit, let oldest = values.min(by: { $0.value.used < $1.value.used }) {
                weight -= weigh(oldest.value.value)
                values[oldest.key] = nil
            }
        }
    }

    var count: Int { values.count }
}
