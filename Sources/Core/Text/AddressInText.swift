/// A mail address within a longer text: as a whole, not as the end or the beginning of another one.
package enum AddressInText {
    /// The text with another one in each place of the address, in any case of letters; `nil` when it stands nowhere as a whole.
    /// `key` is the address in lower case, in ASCII.
    package static func replaced(_ key: String, by other: String, in text: String) -> String? {
        let bytes = Array(text.utf8)
        let places = places(of: key, in: bytes)
        guard !places.isEmpty else { return nil }
        var made: [UInt8] = []
        var at = 0
        for place in places {
            made += bytes[at..<place.lowerBound]
            made += Array(other.utf8)
            at = place.upperBound
        }
        made += bytes[at...]
        return String(decoding: made, as: UTF8.self)
    }

    /// Where it stands as a whole. The soft line breaks of quoted-printable within it (RFC 2045, section 6.7) are passed over.
    package static func places(of key: String, in bytes: [UInt8], whole: Bool = true) -> [Range<Int>] {
        let key = Array(key.utf8)
        guard let first = key.first, bytes.count >= key.count else { return [] }
        var found: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            if lower(bytes[start]) == first, let end = end(of: key, in: bytes, from: start), !whole || isWhole(start..<end, in: bytes) {
                found.append(start..<end)
                start = end
            } else {
                start += 1
            }
        }
        return found
    }

    private static func end(of key: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        var at = start
        for (index, wanted) in key.enumerated() {
            if index > 0 { while let next = pastSoftBreak(bytes, at) { at = next } }
            guard at < bytes.count, lower(bytes[at]) == wanted else { return nil }
            at += 1
        }
        return at
    }

    private static func pastSoftBreak(_ bytes: [UInt8], _ at: Int) -> Int? {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "=") else { return nil }
        if bytes[at + 1] == 0x0A { return at + 2 }
        return at + 2 < bytes.count && bytes[at + 1] == 0x0D && bytes[at + 2] == 0x0A ? at + 3 : nil
    }

    private static func isWhole(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
        if range.lowerBound > 0, isOfLocalPart(bytes[range.lowerBound - 1]), !isEscaped(range.lowerBound - 1, in: bytes) { return false }
        guard range.upperBound < bytes.count else { return true }
        let next = bytes[range.upperBound]
        if isAlphanumeric(next) || next == UInt8(ascii: "-") { return false }
        // A full stop ends a sentence, or goes on with the domain.
        return next != UInt8(ascii: ".") || range.upperBound + 1 >= bytes.count || !isAlphanumeric(bytes[range.upperBound + 1])
    }

    /// Whether a letter is that of a line break or tab as JSON writes it.
    private static func isEscaped(_ at: Int, in bytes: [UInt8]) -> Bool {
        at > 0 && bytes[at - 1] == UInt8(ascii: "\\") && "nrt".utf8.contains(bytes[at])
    }

    private static func isOfLocalPart(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte >= 0x80 || ".+_-%&!#$*^{}|~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(lower(byte))
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
