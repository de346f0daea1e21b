/// Lines of at most so many characters, broken between words; a word longer than a line, such as an address, stays whole.
enum TextWrap {
    /// A line feed in the text begins a new line; every other run of white space is one space.
    static func lines(_ text: String, width: Int) -> [String] {
        let paragraphs: [Substring] = text.split(separator: "\n" as Character, omittingEmptySubsequences: false)
        return paragraphs.flatMap { paragraph -> [String] in
            var lines: [String] = []
            var line = ""
            var length = 0
            for word in paragraph.split(whereSeparator: \.isWhitespace) {
                let count = word.count
                if length > 0, length + 1 + count > width {
                    lines.append(line)
                    (line, length) = ("", 0)
                }
                line += (length > 0 ? " " : "") + word
                length += (length > 0 ? 1 : 0) + count
            }
            return lines + [line]
        }
    }

    /// The lines behind a mark: the first after the mark itself, the others as far in.
    static func hanging(_ lines: [String], mark: String) -> [String] {
        let indentation = String(repeating: " ", count: mark.count)
        return lines.enumerated().map { $0 == 0 ? mark + $1 : $1.isEmpty ? "" : indentation + $1 }
    }
}
