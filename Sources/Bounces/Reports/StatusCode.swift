/// Codes in a receiver's words: enhanced ones (RFC 3463) such as 5.1.1 and replies (RFC 5321) such as 550.
struct StatusCode: Hashable, Sendable, CustomStringConvertible {
    var digits: [Int]

    var kind: Int { digits[0] }
    var subject: Int { digits[1] }
    var detail: Int { digits[2] }
    var description: String { digits.map(String.init).joined(separator: ".") }
    /// 5.0.0 says no more than that it failed.
    var saysNothing: Bool { subject == 0 && detail == 0 }

    /// The first enhanced code in a text. One that is a part of an IP address or of a version is none.
    static func first(in text: some StringProtocol, classes: Set<Int> = [2, 4, 5]) -> StatusCode? {
        let bytes = Array(text.utf8.prefix(64 << 10))
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                index += 1
                continue
            }
            var numbers: [Int] = []
            var end = index
            while end < bytes.count, isDigit(bytes[end]) {
                let start = end
                while end < bytes.count, isDigit(bytes[end]) { end += 1 }
                numbers.append(end - start <= 3 ? bytes[start..<end].reduce(0) { $0 * 10 + Int($1 - 0x30) } : -1)
                guard end + 1 < bytes.count, bytes[end] == 0x2E, isDigit(bytes[end + 1]) else { break }
                end += 1
            }
            let isAlone = index == 0 || !(isLetter(bytes[index - 1]) || [0x2E, 0x2D, 0x5F, 0x40].contains(bytes[index - 1]))
            let isEnded =
                end >= bytes.count || !(isLetter(bytes[end]) || bytes[end] == 0x2D && end + 1 < bytes.count && isLetter(bytes[end + 1]))
            if numbers.count == 3, !numbers.contains(-1), isAlone || follows(bytes, index, "550-"), isEnded, classes.contains(numbers[0]) {
                return StatusCode(digits: numbers)
            }
            index = max(end, index + 1)
        }
        return nil
    }

    /// `550-5.1.1`: the hyphen belongs to the reply.
    private static func follows(_ bytes: [UInt8], _ index: Int, _ pattern: String) -> Bool {
        guard index >= 4, bytes[index - 1] == 0x2D else { return false }
        return bytes[(index - 4)..<(index - 1)].allSatisfy(isDigit)
    }

    /// The first reply code of a refusal: three digits that begin with 4 or 5, before a space, a hyphen or the end.
    static func reply(in text: some StringProtocol) -> Int? {
        let bytes = Array(text.utf8.prefix(64 << 10))
        var index = 0
        while index + 3 <= bytes.count {
            defer { index += 1 }
            guard bytes[index] == 0x34 || bytes[index] == 0x35, (0x30...0x35).contains(bytes[index + 1]), isDigit(bytes[index + 2]) else {
                continue
            }
            let before: UInt8 = index == 0 ? 0x20 : bytes[index - 1]
            let after: UInt8 = index + 3 == bytes.count ? 0x20 : bytes[index + 3]
            guard !isDigit(before), !isLetter(before), ![0x2E, 0x2D, 0x5F, 0x40, 0x2F, 0x2B].contains(before) else { continue }
            guard [0x20, 0x2D, 0x0A, 0x3A, 0x27, 0x22, 0x3B].contains(after) else { continue }
            return bytes[index..<(index + 3)].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
}
