import Core

/// What a person wrote, made safe to stand in any output: said once, here, for every writer.
extension String {
    /// Without the characters that mark a ``Slot``, without control characters other than tab and line feed, and without the
    /// Unicode controls that reverse the direction of what follows (CVE-2021-42574): none is ever meant to be read.
    var inert: String {
        guard utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F }) else { return self }
        var kept = String.UnicodeScalarView()
        for scalar in unicodeScalars where !Self.isSilent(scalar) { kept.append(scalar) }
        return String(kept)
    }

    /// ``inert`` on one line: every run of white space is one space, none at the ends.
    var singleLine: String { inert.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

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
