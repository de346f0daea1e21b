import Core

/// Tables of pandoc's tree to ours: merged cells are flattened (the text in the first, the others empty), a cell's blocks become lines.
extension PandocWalk {
    /// Cells in one table, those that merging leaves empty included; a hostile file may declare any span.
    private static var cellLimit: Int { 50_000 }
    private static var columnLimit: Int { 100 }

    /// Of a Word table whose columns have no width pandoc gives rows without cells: rather than lose them, the document is refused.
    ///
    /// Fields: attributes, caption, columns, head, bodies, foot. Throws a ``Refusal``: `tooIntricate`
    /// past the limits, or `documentDamaged`.
    mutating func table(_ node: PandocTree.Node) throws(Refusal) -> [Block] {
        let columns = node.field(2).map { Self.alignment($0) }
        guard columns.count <= Self.columnLimit else { throw Refusal(.tooIntricate) }
        guard !columns.isEmpty else { throw Refusal(.documentDamaged) }
        found = []
        let head = Self.rows(node.field(3))
        let foot = Self.rows(node.field(5))
        // A body has attributes, a number of heading columns, heading rows and rows.
        let bodies = node.field(4).flatMap { body -> [[Any]] in
            let parts = body as? [Any] ?? []
            return parts.dropFirst(2).flatMap { ($0 as? [Any] ?? []).map { Self.cells($0) } }
        }
        var grid = try grid(head + bodies + foot, columns.count)
        let pictures = found.map { Block.picture($0) }
        found = []
        let headCount = head.count
        // pandoc's OpenDocument reader makes a header row of nothing.
        let header = headCount > 0 && grid.first?.contains { !$0.isEmpty } == true ? grid.first : nil
        if headCount > 0, !grid.isEmpty { grid.removeFirst() }
        let rows = grid.filter { row in row.contains { !$0.isEmpty } }
        guard header != nil || !rows.isEmpty else { return pictures }
        let title = try blocks(Self.captionBlocks(node.field(1))).withoutEmptyParagraphs
        return title + [.table(Table(columns: columns, header: header, rows: rows))] + pictures
    }

    /// Rows of cells, each cell where its spans put it.
    private mutating func grid(_ rows: [[Any]], _ width: Int) throws(Refusal) -> [[[Inline]]] {
        guard rows.count * width <= Self.cellLimit else { throw Refusal(.tooIntricate) }
        var grid: [[[Inline]]] = []
        /// For each column, how many rows a cell from above still covers.
        var covered = Array(repeating: 0, count: width)
        for row in rows {
            var line = Array(repeating: [Inline](), count: width)
            var column = 0
            for cell in row {
                while column < width, covered[column] > 0 {
                    covered[column] -= 1
                    column += 1
                }
                guard column < width, let parts = cell as? [Any], parts.count == 5 else { break }
                line[column] = try flattened(PandocTree.nodes(parts[4]))
                let end = min(width, column + max(1, parts[3] as? Int ?? 1))
                while column < end {
                    covered[column] = max(0, (parts[2] as? Int ?? 1) - 1)
                    column += 1
                }
            }
            while column < width {
                covered[column] = max(0, covered[column] - 1)
                column += 1
            }
            grid.append(line)
        }
        return grid
    }

    /// A cell's paragraphs as lines, its list entries with a bullet before them.
    private mutating func flattened(_ nodes: [PandocTree.Node]) throws(Refusal) -> [Inline] {
        let waiting = found
        let blocks = try blocks(nodes)
        let own = blocks.pictureReferences
        found = waiting + own
        return blocks.lines.joined(by: .lineBreak)
    }

    private static func alignment(_ column: Any) -> Table.Alignment {
        switch ((column as? [Any])?.first as? [String: Any])?["t"] as? String {
        case "AlignLeft": .left
        case "AlignCenter": .centre
        case "AlignRight": .right
        default: .natural
        }
    }

    private static func rows(_ section: [Any]) -> [[Any]] {
        (section.count > 1 ? section[1] as? [Any] ?? [] : []).map { cells($0) }
    }

    private static func cells(_ row: Any) -> [Any] {
        guard let parts = row as? [Any], parts.count > 1 else { return [] }
        return parts[1] as? [Any] ?? []
    }

    private static func captionBlocks(_ caption: [Any]) -> [PandocTree.Node] { caption.count > 1 ? PandocTree.nodes(caption[1]) : [] }
}

extension [Block] {
    fileprivate var pictureReferences: [PictureReference] {
        flatMap { block -> [PictureReference] in
            switch block {
            case .picture(let picture): [picture]
            case .list(let list): list.entries.flatMap(\.pictureReferences)
            case .quotation(let blocks): blocks.pictureReferences
            default: []
            }
        }
    }

    /// What a table's cell can hold of the blocks.
    fileprivate var lines: [[Inline]] {
        flatMap { block -> [[Inline]] in
            switch block {
            case .paragraph(let inlines): inlines.isEmpty ? [] : [inlines]
            case .heading(_, let inlines): [[.strong(inlines)]]
            case .list(let list):
                list.entries.enumerated().flatMap { index, entry in
                    let mark = list.start.map { "\($0 + index). " } ?? "• "
                    return entry.lines.enumerated().map { $0 == 0 ? [.text(mark)] + $1 : $1 }
                }
            case .quotation(let blocks): blocks.lines
            case .table(let table):
                ((table.header.map { [$0] } ?? []) + table.rows).map { $0.filter { !$0.isEmpty }.joined(by: .text(" ")) }
            case .preformatted(let text): text.split(separator: "\n").map { [.code(String($0))] }
            case .rule, .picture: []
            }
        }
    }
}

extension [[Inline]] {
    fileprivate func joined(by separator: Inline) -> [Inline] {
        var run: [Inline] = []
        for line in self { run += (run.isEmpty ? [] : [separator]) + line }
        return run
    }
}
