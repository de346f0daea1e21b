/// How much one text is like another, by the runs of three words that they share (Jaccard's index over shingles, Broder 1997).
///
/// A ``Likeness`` is a text's MinHash signature: 64 numbers from which the share that two texts have in common is estimated without
/// either text, and 32 keys of which two texts that share a third of their shingles have one in common with a probability of 97 %. So the
/// few texts that may be alike are found through an index, however many there are, and only those are compared word for word.
/// Everything is a pure function of the text, the same on every machine.
package struct Likeness: Hashable, Sendable {
    /// Texts with fewer words are not compared: "Kantinen holder lukket fredag" is no copy of another such note.
    package static let leastWords = 20
    /// The share from which two texts count as nearly the same.
    package static let threshold = 0.4

    private static let count = 64
    private static let rows = 2

    private let minima: [UInt32]

    /// `nil` for a text that is too short.
    package init?(_ text: String) {
        let shingles = Self.shingles(text)
        guard !shingles.isEmpty else { return nil }
        var minima = [UInt32](repeating: .max, count: Self.count)
        for shingle in shingles {
            // One good mix per function; splitmix64's own step parts them.
            var state = shingle
            for index in 0..<Self.count {
                state &+= 0x9E37_79B9_7F4A_7C15
                let value = UInt32(truncatingIfNeeded: Self.mixed(state) >> 32)
                if value < minima[index] { minima[index] = value }
            }
        }
        self.minima = minima
    }

    /// The form in which it is kept; `nil` when it is not one.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.count * 4 else { return nil }
        minima = (0..<Self.count).map { index in
            (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[index * 4 + $1]) }
        }
    }

    package var bytes: [UInt8] { minima.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } } }

    /// The keys under which texts that are alike meet.
    package var keys: [Int64] {
        stride(from: 0, to: Self.count, by: Self.rows).map { start in
            let pair = UInt64(minima[start]) << 32 | UInt64(minima[start + 1])
            return Int64(bitPattern: Self.mixed(pair &+ UInt64(start) &* 0x9E37_79B9_7F4A_7C15))
        }
    }

    /// The share of shingles in common, from 0 to 1, to within about 0.06.
    package func estimate(_ other: Likeness) -> Double {
        Double(zip(minima, other.minima).count { $0 == $1 }) / Double(Self.count)
    }

    /// The share of three-word runs that two texts have in common, counted.
    package static func share(_ a: String, _ b: String) -> Double {
        let (a, b) = (shingles(a), shingles(b))
        let common = a.intersection(b).count
        let all = a.count + b.count - common
        return all == 0 ? 0 : Double(common) / Double(all)
    }

    /// The texts' three-word runs, each as a number.
    private static func shingles(_ text: String) -> Set<UInt64> {
        let words = text.comparableWords.map(hash)
        guard words.count >= leastWords else { return [] }
        return Set((0...(words.count - 3)).map { mixed(mixed(mixed(words[$0]) &+ words[$0 + 1]) &+ words[$0 + 2]) })
    }

    /// FNV-1a: Swift's own hashes differ from run to run.
    private static func hash(_ word: String) -> UInt64 {
        word.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// The finaliser of splitmix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension ItemContent {
    /// What is compared with other items: what a reader reads of it.
    package var comparedText: String { title + "\n" + body.plainText }
}
