/// How much one text is like another, by the runs of three words that they share (Jaccard's index over shingles, Broder 1997).
///
/// A ``Likeness`` is a text's MinHash signature: 64 numbers, of each of which the last eight bits are kept (Li and König 2010), from which
/// the share that two texts have in common is estimated without either text. So the few texts that may be alike are found among thousands,
/// and only those are compared word for word. Everything is a pure function of the text, the same on every machine.
package struct Likeness: Hashable, Sendable {
    /// Texts with fewer words are not compared: "Kantinen holder lukket fredag" is no copy of another such note.
    package static let leastWords = 20
    /// The share from which two texts count as nearly the same.
    package static let threshold = 0.4

    private static let count = 64

    private let signature: SIMD64<UInt8>

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
        signature = SIMD64(minima.map { UInt8(truncatingIfNeeded: $0) })
    }

    /// The form in which it is kept; `nil` when it is not one.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        signature = SIMD64(bytes)
    }

    package var bytes: [UInt8] { signature.indices.map { signature[$0] } }

    /// The share of shingles in common, from 0 to 1, to within about 0.06.
    package func estimate(_ other: Likeness) -> Double {
        let equal = SIMD64<UInt8>.zero.replacing(with: 1, where: signature .== other.signature).wrappedSum()
        // One in 256 is equal by chance.
        return max(0, (Double(equal) / Double(Self.count) * 256 - 1) / 255)
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
        var words: [UInt64] = []
        text.eachComparableWord { words.append(hash($0)) }
        guard words.count >= leastWords else { return [] }
        return Set((0...(words.count - 3)).map { mixed(mixed(mixed(words[$0]) &+ words[$0 + 1]) &+ words[$0 + 2]) })
    }

    /// FNV-1a: Swift's own hashes differ from run to run.
    private static func hash(_ word: [UInt8]) -> UInt64 {
        word.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
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
