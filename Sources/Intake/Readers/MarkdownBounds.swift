/// What keeps cmark-gfm 0.29.0.gfm.6 fast: it is quadratic or worse on a few shapes (CVE-2022-39209, CVE-2023-22486, CVE-2023-37463
/// and kin), cannot be interrupted, and ends the process when memory is refused. Its costs were measured at 256 KiB: 250 s for
/// delimiter rows of tables in one long paragraph, 4 s for `![[]()`, 3 s for `*[a](u)`, and gigabytes for wide tables with
/// short rows; every other known shape takes below 0.2 s. So those few shapes are counted before the parser sees them.
enum MarkdownBounds {
    /// Bytes of Markdown that are read.
    static let size = 256 << 10
    /// Opening brackets in one text: 5,000 cost 0.06 s.
    private static let brackets = 5_000
    /// Bytes of a paragraph before a table's delimiter row, summed over the rows: each row makes cmark scan them again, at 0.13 µs a byte.
    private static let delimiterCost = 1 << 20
    /// Columns times lines, summed over the tables: cmark makes a node for each cell, also for the missing ones.
    private static let cells = 50_000
    /// Columns in one table.
    private static let columns = 100
    /// How deep blocks and inlines may nest in a tree that is walked.
    static let depth = 40

    /// Whether the text is cheap to parse.
    static func permit(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= size, bytes.count(where: { $0 == UInt8(ascii: "[") }) <= brackets else { return false }
        return permitTables(bytes)
    }

    private static func permitTables(_ bytes: [UInt8]) -> Bool {
        var runBytes = 0
        var cost = 0
        var columnsOfRun = 0
        var cellCount = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }) {
                runBytes = 0
                columnsOfRun = 0
                continue
            }
            if isDelimiterRow(line) {
                cost += runBytes
                columnsOfRun = max(columnsOfRun, line.count { $0 == UInt8(ascii: "|") } + 1)
                guard columnsOfRun <= columns else { return false }
            }
            runBytes += line.count + 1
            cellCount += columnsOfRun
            guard cost <= delimiterCost, cellCount <= cells else { return false }
        }
        return true
    }

    /// Any line that might be one: only `| : -`, spaces and quotation marks, with a `-`.
    private static func isDelimiterRow(_ line: ArraySlice<UInt8>) -> Bool {
        line.contains(UInt8(ascii: "-")) && line.allSatisfy { "|:- \t>".utf8.contains($0) }
    }
}
