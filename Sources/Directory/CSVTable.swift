import Core

/// A table as RFC 4180 has it, with what spreadsheets do beyond that: `;`, `,` or tab between the cells, told apart by the first
/// line; line breaks of any kind; Excel's `sep=;` line. Read row by row: a hundred thousand people's cells take more room than the people.
struct CSVTable {
    struct Row: Equatable {
        /// Where the row begins: 1 for the file's first line. A quoted cell may run over several lines.
        var line: Int
        var cells: [String]

        var isBlank: Bool { cells.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
    }

    /// What is wrong with the quotes of a row.
    struct Flaw: Equatable {
        var line: Int
        var cause: String
    }

    /// Of what has been read so far.
    private(set) var flaws: [Flaw] = []

    private static let separators: [UInt8] = [UInt8(ascii: ";"), UInt8(ascii: ","), UInt8(ascii: "\t")]
    private static let quote = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let text: [UInt8]
    private let separator: UInt8
    private var at = 0
    private var line = 1

    /// A table of UTF-8 text.
    init(_ text: [UInt8]) {
        self.text = text
        separator = Self.named(text) ?? Self.detected(text)
        if Self.named(text) != nil { skipLine() }
    }

    /// The next row that is neither blank nor has a flaw.
    mutating func next() -> Row? {
        while at < text.count {
            if let row = readRow(), !row.isBlank { return row }
        }
        return nil
    }

    /// `nil` after a flaw.
    private mutating func readRow() -> Row? {
        var row = Row(line: line, cells: [])
        while true {
            guard let cell = readCell(rowLine: row.line) else {
                skipLine()
                return nil
            }
            row.cells.append(cell)
            guard at < text.count, text[at] == separator else { break }
            at += 1
        }
        readLineBreak()
        return row
    }

    /// A cell; afterwards the reader stands at a separator, a line break or the end. `nil` after a flaw.
    private mutating func readCell(rowLine: Int) -> String? {
        let separator = separator
        func ends(_ byte: UInt8) -> Bool { byte == separator || byte == Self.newline || byte == Self.carriageReturn }
        guard at < text.count, text[at] == Self.quote else {
            let end = text[at...].firstIndex(where: ends) ?? text.count
            defer { at = end }
            return String(decoding: text[at..<end], as: UTF8.self)
        }
        let opened = line
        var cell: [UInt8] = []
        at += 1
        while at < text.count {
            let byte = text[at]
            at += 1
            if byte != Self.quote {
                if byte == Self.newline { line += 1 }
                cell.append(byte)
            } else if at < text.count, text[at] == Self.quote {
                cell.append(byte)
                at += 1
            } else if at == text.count || ends(text[at]) {
                return String(decoding: cell, as: UTF8.self)
            } else {
                flaws.append(Flaw(line: rowLine, cause: "text stands behind a closing quotation mark"))
                return nil
            }
        }
        flaws.append(Flaw(line: rowLine, cause: "a quotation mark that opens on line \(opened) is not closed: the file may be cut"))
        return nil
    }

    private mutating func readLineBreak() {
        if at < text.count, text[at] == Self.carriageReturn { at += 1 }
        if at < text.count, text[at] == Self.newline { at += 1 }
        line += 1
    }

    private mutating func skipLine() {
        at = text[at...].firstIndex { $0 == Self.newline || $0 == Self.carriageReturn } ?? text.count
        readLineBreak()
    }

    /// The separator that a first line `sep=;` names.
    private static func named(_ text: [UInt8]) -> UInt8? {
        let first = text.prefix { $0 != newline && $0 != carriageReturn }
        guard first.count == 5, String(decoding: first.prefix(4), as: UTF8.self).lowercased() == "sep=", let last = first.last,
            separators.contains(last)
        else { return nil }
        return last
    }

    /// The one that stands most often in the first line, outside quotation marks.
    private static func detected(_ text: [UInt8]) -> UInt8 {
        var counts = [Int](repeating: 0, count: separators.count)
        var isQuoted = false
        for byte in text.prefix(while: { $0 != newline && $0 != carriageReturn }) {
            if byte == quote { isQuoted.toggle() }
            if !isQuoted, let index = separators.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return separators[counts.firstIndex(of: most) ?? 0]
    }
}
