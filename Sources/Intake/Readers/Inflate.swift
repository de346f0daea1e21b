/// Unpacks deflate (RFC 1951), the compression of ZIP entries; for the one part of an OpenDocument file that has to be mended.
///
/// Pure and bounded: `nil` for anything that is not well-formed, or that would be larger than `limit`.
struct Inflate {
    private let bytes: ArraySlice<UInt8>
    private let limit: Int
    private var at: Int
    private var bits: UInt32 = 0
    private var bitCount: UInt32 = 0
    private var output: [UInt8] = []

    static func inflated(_ bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
        var inflate = Inflate(bytes, limit)
        return inflate.run() ? inflate.output : nil
    }

    private init(_ bytes: ArraySlice<UInt8>, _ limit: Int) {
        (self.bytes, self.limit, at) = (bytes, limit, bytes.startIndex)
    }

    /// A canonical Huffman code (3.2.2): how many codes of each length, and the symbols in order of their codes.
    private struct Code {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: ArraySlice<Int>) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            for length in 1...15 {
                symbols += lengths.enumerated().filter { $0.element == length }.map(\.offset)
            }
        }
    }

    // Tables of 3.2.5.
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    private static let lengthExtra: [UInt32] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
        16385, 24577,
    ]
    private static let distanceExtra: [UInt32] = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    /// The order in which the lengths of the code for code lengths come (3.2.7).
    private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let fixed = (
        literals: Code((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }[...]),
        distances: Code([Int](repeating: 5, count: 30)[...])
    )

    private mutating func run() -> Bool {
        while true {
            guard let last = take(1), let kind = take(2) else { return false }
            switch kind {
            case 0: guard stored() else { return false }
            case 1: guard block(Self.fixed.literals, Self.fixed.distances) else { return false }
            case 2: guard let (literals, distances) = codes(), block(literals, distances) else { return false }
            default: return false
            }
            if last == 1 { return true }
        }
    }

    private mutating func take(_ count: UInt32) -> Int? {
        while bitCount < count {
            guard at < bytes.endIndex else { return nil }
            bits |= UInt32(bytes[at]) << bitCount
            at += 1
            bitCount += 8
        }
        let value = bits & ((1 << count) - 1)
        bits >>= count
        bitCount -= count
        return Int(value)
    }

    private mutating func symbol(_ code: Code) -> Int? {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            guard let bit = take(1) else { return nil }
            value |= bit
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        return nil
    }

    private mutating func stored() -> Bool {
        bits = 0
        bitCount = 0
        guard at + 4 <= bytes.endIndex else { return false }
        let count = Int(bytes[at]) | Int(bytes[at + 1]) << 8
        at += 4
        guard at + count <= bytes.endIndex, output.count + count <= limit else { return false }
        output += bytes[at..<at + count]
        at += count
        return true
    }

    private mutating func block(_ literals: Code, _ distances: Code) -> Bool {
        while let symbol = symbol(literals) {
            if symbol == 256 { return true }
            if symbol < 256 {
                guard output.count < limit else { return false }
                output.append(UInt8(symbol))
            } else {
                guard symbol - 257 < Self.lengthBase.count, let more = take(Self.lengthExtra[symbol - 257]),
                    let code = self.symbol(distances),
                    code < Self.distanceBase.count, let further = take(Self.distanceExtra[code])
                else { return false }
                guard copy(Self.lengthBase[symbol - 257] + more, from: Self.distanceBase[code] + further) else { return false }
            }
        }
        return false
    }

    /// The text copied may run into what the copying itself writes (3.2.3).
    private mutating func copy(_ count: Int, from distance: Int) -> Bool {
        guard distance <= output.count, output.count + count <= limit else { return false }
        for _ in 0..<count { output.append(output[output.count - distance]) }
        return true
    }

    private mutating func codes() -> (Code, Code)? {
        guard let literals = take(5), let distances = take(5), let count = take(4) else { return nil }
        var lengths = [Int](repeating: 0, count: 19)
        for index in 0..<count + 4 {
            guard let length = take(3) else { return nil }
            lengths[Self.order[index]] = length
        }
        let code = Code(lengths[...])
        var all: [Int] = []
        while all.count < literals + 257 + distances + 1 {
            guard let symbol = symbol(code) else { return nil }
            switch symbol {
            case 0..<16: all.append(symbol)
            case 16:
                guard let last = all.last, let more = take(2) else { return nil }
                all += [Int](repeating: last, count: 3 + more)
            default:
                guard let more = take(symbol == 17 ? 3 : 7) else { return nil }
                all += [Int](repeating: 0, count: (symbol == 17 ? 3 : 11) + more)
            }
        }
        guard all.count == literals + 257 + distances + 1 else { return nil }
        return (Code(all[..<(literals + 257)]), Code(all[(literals + 257)...]))
    }
}
