/// Lines of at most so many characters, broken between words; a word longer than a line, such as an address, stays whole.
enum TextWrap {
    /// A line feed in the text begins a new line; every other run of white space is one space. A space that does not break
    /// (U+00A0) holds its words together.
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for paragraph in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            var line = ""
            var length = 0
            for bytes in paragraph.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) {
                let word = Substring(bytes)
                let count = columns(word)
                if length > 0, length + 1 + count > width {
                    lines.append(line)
                    (line, length) = ("", 0)
                }
                if length > 0 { line += " " }
                line += word
                length += count + (length > 0 ? 1 : 0)
            }
            lines.append(line)
        }
        return lines
    }

    /// The lines behind a mark: the first after the mark itself, the others as far in.
    static func hanging(_ lines: [String], mark: String) -> [String] {
        let indentation = String(repeating: " ", count: mark.count)
        return lines.enumerated().map { $0 == 0 ? mark + $1 : $1.isEmpty ? "" : indentation + $1 }
    }

    /// Characters as a reader counts them; for ASCII the bytes.
    private static func columns(_ word: Substring) -> Int { word.utf8.allSatisfy { $0 < 0x80 } ? word.utf8.count : word.count }
}
