import Foundation

/// Random numbers that a printed seed brings back: SplitMix64 (Steele, Lea and Flood 2014).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// A new seed, or the one in `BUDSTIKKE_SEED`, printed so that a failure can be run again.
    package init(printedFor test: String) {
        self.init(seed: ProcessInfo.processInfo.environment["BUDSTIKKE_SEED"].flatMap { UInt64($0) } ?? .random(in: .min ... .max))
        print("\(test): BUDSTIKKE_SEED=\(seed)")
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// True once in so many times.
    package mutating func once(in times: Int) -> Bool { Int.random(in: 0..<times, using: &self) == 0 }

    /// Up to so many values of a range, each once, in their order.
    package mutating func some(_ most: Int, of range: ClosedRange<Int>, without excluded: Int? = nil) -> [Int] {
        let count = Int.random(in: 1...most, using: &self)
        let drawn = (0..<count).map { _ in Int.random(in: range, using: &self) }.filter { $0 != excluded }
        return Set(drawn).sorted()
    }
}
