import Core

/// A table in plain text: columns beside each other where they fit, else each row as lines of `Heading: cell`.
struct TextTable {
    let columns: [Table.Alignment]
    let header: [String]?
    let rows: [[String]]

    func lines(width: Int) -> [String] {
        let all = (header.map { [$0] } ?? []) + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        guard widths.reduce(0, +) + 2 * max(0, widths.count - 1) <= width else { return records(width: width) }
        let rule = header == nil ? [] : [widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")]
        let body = rows.map { row($0, widths) }
        return (header.map { [row($0, widths)] } ?? []) + rule + body
    }

    private func row(_ cells: [String], _ widths: [Int]) -> String {
        let padded = zip(zip(cells, widths), columns).map { pair, alignment in
            let (cell, width) = pair
            let gap = String(repeating: " ", count: max(0, width - cell.count))
            return alignment == .right ? gap + cell : cell + gap
        }
        var line = padded.joined(separator: "  ")
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private func records(width: Int) -> [String] {
        rows.enumerated().flatMap { index, cells -> [String] in
            let lines = cells.enumerated().flatMap { column, cell -> [String] in
                if cell.isEmpty { return [] }
                let name = header.map { $0[column] } ?? ""
                let wrapped = TextWrap.lines(name.isEmpty ? cell : "\(name): \(cell)", width: width - 2)
                return TextWrap.hanging(wrapped, mark: column == 0 ? "- " : "  ")
            }
            return (index == 0 ? [] : [""]) + lines
        }
    }
}
