/// What a text's scalars are, with a short way for Danish and its neighbours: Swift's own properties of a character look each one up in
/// Unicode's tables, which costs ten times as much, and every item is gone through letter by letter several times.
extension Unicode.Scalar {
    /// À…ɏ are letters, × and ÷ apart.
    private var isLatinLetter: Bool { (0xC0...0x24F).contains(value) && value != 0xD7 && value != 0xF7 }

    package var isLetter: Bool {
        if value < 0x80 { return (0x41...0x5A).contains(value & 0xDF) }
        return isLatinLetter || properties.isAlphabetic
    }

    package var isNumber: Bool {
        value < 0x80 ? (0x30...0x39).contains(value) : !isLatinLetter && properties.numericType != nil
    }

    package var isSpace: Bool {
        value < 0x80 ? value == 0x20 || (0x09...0x0D).contains(value) : !isLatinLetter && properties.isWhitespace
    }

    /// Appends the scalar in lower case, which may be more than one, in UTF-8.
    func appendLowercase(to text: inout [UInt8]) {
        switch value {
        case 0x41...0x5A: text.append(UInt8(value | 0x20))
        case ..<0x80: text.append(UInt8(value))
        case 0xC0...0xD6, 0xD8...0xDE: text += [0xC3, UInt8(value - 0xC0 + 0x80 + 0x20)]
        case 0xDF...0xFF: text += [0xC3, UInt8(value - 0xC0 + 0x80)]
        default: text += Array(properties.lowercaseMapping.utf8)
        }
    }
}

extension Substring {
    /// Without the spaces at both ends.
    package var trimmingSpaces: Substring {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isSpace }), let last = scalars.lastIndex(where: { !$0.isSpace }) else {
            return ""
        }
        return Substring(scalars[first...last])
    }
}

extension String {
    /// Whether each scalar is below U+0300: such a text is in NFC (Unicode Standard Annex 15, quick check).
    package var isPlainLatin: Bool { utf8.allSatisfy { $0 < 0xCC } }
}
