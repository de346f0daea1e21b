/// A table as Danish Excel opens it by a double click: RFC 4180 with semicolons, CRLF, and a byte order mark for UTF-8.
///
/// A cell that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`, a tab or a line break first) gets an apostrophe before it:
/// a relay's words and a person's address must not run on who reads them.
struct SpreadsheetTable {
    private(set) var text = "\u{FEFF}"

    init(_ headings: String...) { append(headings) }

    mutating func add(_ cells: String...) { append(cells) }

    private mutating func append(_ cells: [String]) { text += cells.map(Self.cell).joined(separator: ";") + "\r\n" }

    static func cell(_ value: String) -> String {
        let isFormula = value.unicodeScalars.first.map { "=+-@\t\r\n＝＋－＠".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + value : value
        guard safe.unicodeScalars.contains(where: { ";,\"\r\n\t".unicodeScalars.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
