import Core
import Foundation

/// The headers at the top of a document: a leading table of two columns whose first cells are header keys, or paragraphs of the form
/// `Nøgle: værdi`, under the same rules as in a text file (see ``HeaderReader``).
struct DocumentHeaders {
    private(set) var entries: [HeaderReader.Entry] = []
    /// What follows them.
    private(set) var body: [Block]

    /// Throws a ``Refusal``: `unknownHeader` or `repeatedHeader`, without a line.
    init(_ blocks: [Block]) throws(Refusal) {
        body = blocks
        let start = blocks.firstIndex { $0 != .paragraph([]) } ?? blocks.endIndex
        guard start < blocks.endIndex else { return }
        switch blocks[start] {
        case .table(let table) where table.columns.count == 2:
            guard let read = try Self.entries(table) else { return }
            entries = read
            body = Array(blocks[(start + 1)...])
        case .paragraph: try readParagraphs(blocks[start...])
        default: return
        }
    }

    /// `nil` when the table is part of the text: its first key is not one, and not all are nearly one.
    private static func entries(_ table: Table) throws(Refusal) -> [HeaderReader.Entry]? {
        let rows = ((table.header.map { [$0] } ?? []) + table.rows).map { (label: label($0[0]), cell: $0[1]) }
        let labels = rows.map(\.label).filter { !$0.isEmpty }
        guard let first = labels.first else { return nil }
        if HeaderKey(first) == nil {
            guard labels.contains(where: { HeaderKey($0) != nil }),
                labels.allSatisfy({ HeaderKey($0) != nil || HeaderReader.nearest($0) != nil })
            else { return nil }
        }
        var entries: [HeaderReader.Entry] = []
        for row in rows {
            // A row without a key goes on with the one above.
            guard !row.label.isEmpty else {
                if !entries.isEmpty, !row.cell.isEmpty { entries[entries.count - 1].value += "\n" + text(row.cell) }
                continue
            }
            guard let key = HeaderKey(row.label) else {
                throw Refusal(.unknownHeader, key: row.label, nearest: HeaderReader.nearest(row.label))
            }
            guard !entries.contains(where: { $0.key == key }) else { throw Refusal(.repeatedHeader, key: row.label) }
            entries.append(HeaderReader.Entry(key: key, label: row.label, value: value(key, row.cell)))
        }
        return entries
    }

    private static func label(_ cell: [Inline]) -> String {
        cell.plainText.trimmingCharacters(in: .whitespaces.union(CharacterSet(charactersIn: ":")))
    }

    /// A link's address where the cell shows other words for it.
    private static func value(_ key: HeaderKey, _ inlines: [Inline]) -> String {
        let text = text(inlines)
        guard key == .link, LinkTarget(text) == nil, let target = inlines.firstTarget else { return text }
        return target.address
    }

    /// Lines, with the bullets that a Markdown reader knows: a leader's notes are one.
    private static func text(_ inlines: [Inline]) -> String {
        inlines.split(separator: .lineBreak).map { line in
            let words = Array(line).plainText.trimmingCharacters(in: .whitespaces)
            return words.hasPrefix("• ") ? "- " + words.dropFirst(2) : words
        }.joined(separator: "\n")
    }

    private mutating func readParagraphs(_ blocks: ArraySlice<Block>) throws(Refusal) {
        let paragraphs = blocks.prefix(100).map { block -> [Inline]? in if case .paragraph(let inlines) = block { inlines } else { nil } }
            .prefix { $0 != nil }.compactMap { $0 }
        let lines = paragraphs.flatMap { Self.lines($0) }
        let headers: HeaderReader
        do throws(Refusal) {
            headers = try HeaderReader(lines.map { $0.plainText.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n"))
        } catch {
            throw Refusal(error.reason, key: error.key, nearest: error.nearest)
        }
        entries = headers.entries.map { entry in
            let line = entry.line.map { lines[$0 - 1] } ?? []
            let target = entry.key == .link && LinkTarget(entry.value) == nil ? line.firstTarget : nil
            return HeaderReader.Entry(key: entry.key, label: entry.label, value: target?.address ?? entry.value)
        }
        drop(headers.bodyLine - 1, of: paragraphs, from: blocks)
    }

    /// Takes the first lines off; a paragraph whose lines are only partly headers keeps the rest.
    private mutating func drop(_ count: Int, of paragraphs: [[Inline]], from blocks: ArraySlice<Block>) {
        var left = count
        var rest = blocks
        for paragraph in paragraphs where left > 0 {
            let lines = Self.lines(paragraph)
            rest = rest.dropFirst()
            if lines.count > left {
                let kept = Array(lines[left...].joined(separator: CollectionOfOne(Inline.lineBreak)))
                body = [.paragraph(kept)] + rest
                return
            }
            left -= lines.count
        }
        body = Array(rest)
    }

    private static func lines(_ paragraph: [Inline]) -> [[Inline]] {
        paragraph.split(separator: .lineBreak, omittingEmptySubsequences: false).map { Array($0) }
    }
}

extension [Inline] {
    fileprivate var firstTarget: LinkTarget? {
        lazy.compactMap { inline -> LinkTarget? in
            switch inline {
            case .link(let target, _): target
            case .emphasis(let inner), .strong(let inner): inner.firstTarget
            case .text, .code, .lineBreak, .note: nil
            }
        }.first
    }
}
