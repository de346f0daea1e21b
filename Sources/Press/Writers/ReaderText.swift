import Core

/// What a person wrote, made safe to stand in any output: said once, here, for every writer.
extension String {
    /// Without the characters that mark a ``Slot``, without control characters other than tab and line feed, and without the
    /// Unicode controls that reverse the direction of what follows (CVE-2021-42574): none is ever meant to be read.
    var inert: String {
        guard mayHaveSilent else { return self }
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars where !Self.isSilent(scalar) { kept.append(scalar) }
        return String(kept)
    }

    /// ``inert`` on one line: every run of white space is one space, none at the ends. A space that does not break stays.
    var singleLine: String {
        let inert = inert
        guard inert.needsFolding else { return inert }
        return inert.unicodeScalars.split { [0x20, 0x09, 0x0A, 0x2028, 0x2029].contains($0.value) }.map { String($0) }.joined(
            separator: " ")
    }

    /// Whether the bytes of any scalar that ``isSilent(_:)`` knows may be here: Danish letters alone do not take the slow way.
    private var mayHaveSilent: Bool {
        var previous: UInt8 = 0
        for byte in utf8 {
            if byte < 0x20, byte != 0x09, byte != 0x0A { return true }
            if byte == 0x7F || byte == 0xEF { return true }
            if previous == 0xC2, byte < 0xA0 { return true }
            // U+202A–202E and U+2066–2069 begin E2 80 and E2 81; so do dashes and quotation marks, up to E2 80 A9.
            if previous == 0x80 && byte >= 0xAA && byte <= 0xAE || previous == 0x81 && byte >= 0xA6 && byte <= 0xA9 { return true }
            previous = byte
        }
        return false
    }

    private var needsFolding: Bool {
        var previous: UInt8 = 0x20
        for byte in utf8 {
            if byte == 0x09 || byte == 0x0A || byte == 0xE2 || byte == 0x20 && previous == 0x20 { return true }
            previous = byte
        }
        return previous == 0x20 && !isEmpty
    }

    /// Whether the other text's bytes stand somewhere in this one's.
    func holds(_ other: String) -> Bool {
        let (bytes, wanted) = (Array(utf8), Array(other.utf8))
        guard let first = wanted.first, wanted.count <= bytes.count else { return wanted.isEmpty }
        return (0...(bytes.count - wanted.count)).contains { start in
            bytes[start] == first && bytes[start..<(start + wanted.count)].elementsEqual(wanted)
        }
    }

    private static func isSilent(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0x00..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xF8F0, 0xF8F1, 0xFEFF: true
        default: false
        }
    }
}

extension LinkTarget {
    /// What a reader is shown of the address: the host of a web address, the address or number of the others.
    var shown: String {
        let rest = address[(address.firstIndex(of: ":").map(address.index(after:)) ?? address.startIndex)...]
        guard rest.hasPrefix("//") else { return String(rest.prefix { $0 != "?" }) }
        let host = rest.dropFirst(2).prefix { !"/?#".contains($0) }
        return String(host.split(separator: "@").last ?? host)
    }
}
