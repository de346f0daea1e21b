/// A relay's answer to one command: one or more lines with the same three digits (RFC 5321, section 4.2.1).
package struct SMTPReply: Hashable, Sendable, CustomStringConvertible {
    /// 200 to 599.
    package let code: Int
    /// `5.1.1` (RFC 3463), when the relay says one (RFC 2034).
    package let enhanced: String?
    /// The lines' texts, without codes and control characters, joined by spaces; at most 300 characters.
    package let text: String

    package init(code: Int, enhanced: String?, text: String) {
        self.code = code
        self.enhanced = enhanced
        self.text = text
    }

    /// `nil` when a line has no code or not the same one, or the code's first digit is none of RFC 5321.
    package init?(lines: [[UInt8]]) {
        let parsed = lines.compactMap(Self.split)
        guard let first = parsed.first, parsed.count == lines.count, parsed.allSatisfy({ $0.code == first.code }),
            (200...599).contains(first.code)
        else { return nil }
        code = first.code
        let enhanced = Self.enhanced(first.text, first.code)
        self.enhanced = enhanced
        let texts = parsed.map { line in
            // The enhanced code stands in every line; it is shown once.
            guard let enhanced, line.text.hasPrefix(enhanced) else { return line.text }
            return String(line.text.dropFirst(enhanced.count).drop { $0 == " " })
        }
        let joined = texts.joined(separator: " ")
        // Counting characters is dear, and no text has more of them than bytes.
        text = joined.utf8.count <= 300 ? joined : String(joined.prefix(300))
    }

    /// Whether more lines follow this one.
    static func continues(_ line: [UInt8]) -> Bool { line.count > 3 && line[3] == UInt8(ascii: "-") }

    package var isPositive: Bool { code < 400 }
    /// The relay closes the connection (RFC 5321, section 3.8).
    package var isClosing: Bool { code == 421 }

    /// `550 5.1.1 No such user`.
    package var description: String { [String(code), enhanced ?? "", text].filter { !$0.isEmpty }.joined(separator: " ") }

    private static func split(_ line: [UInt8]) -> (code: Int, text: String)? {
        guard line.count >= 3, line.prefix(3).allSatisfy({ (0x30...0x39).contains($0) }),
            line.count == 3 || line[3] == 0x20 || line[3] == 0x2D
        else { return nil }
        let code = line.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return (code, withoutControls(String(decoding: line.dropFirst(4), as: UTF8.self)))
    }

    /// `class.subject.detail`, the class being that of the code.
    private static func enhanced(_ text: String, _ code: Int) -> String? {
        let word = text.utf8.prefix { $0 != 0x20 }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual(CollectionOfOne(UInt8(0x30 + code / 100))),
            parts.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy { (0x30...0x39).contains($0) } })
        else { return nil }
        return String(Substring(word))
    }
}
