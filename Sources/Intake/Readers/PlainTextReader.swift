import Core
import Foundation

/// Plain text to the tree: paragraphs between empty lines, lists of lines that begin with a bullet or a number, links where an
/// address stands. The time is linear in the text's length.
struct PlainTextReader {
    /// Bytes of plain text that are read.
    static let size = 8 << 20

    /// Throws a ``Refusal`` `tooLarge`.
    static func read(_ text: String) throws(Refusal) -> BodyReading {
        guard text.utf8.count <= size else { throw Refusal(.tooLarge, value: "\(size >> 20) MB") }
        var blocks: [Block] = []
        var lines: [Substring] = []
        for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Substring.init) {
            if line.unicodeScalars.allSatisfy(\.isSpace) {
                blocks += Self.blocks(lines)
                lines = []
            } else {
                lines.append(line)
            }
        }
        return BodyReading(document: Document(joined(blocks + Self.blocks(lines))))
    }

    /// Lists that only empty lines separate are one.
    private static func joined(_ blocks: [Block]) -> [Block] {
        blocks.reduce(into: []) { joined, block in
            if case .list(let next) = block, case .list(let last)? = joined.last, (next.start == nil) == (last.start == nil) {
                joined[joined.count - 1] = .list(List(start: last.start, entries: last.entries + next.entries))
            } else {
                joined.append(block)
            }
        }
    }

    /// One run of lines without an empty one between.
    private static func blocks(_ lines: [Substring]) -> [Block] {
        var blocks: [Block] = []
        var paragraph: [Substring] = []
        var list: List?
        var entry: [Substring] = []
        func closeEntry() {
            if !entry.isEmpty {
                list?.entries.append([.paragraph(inlines(entry, keepsBreaks: false))])
                entry = []
            }
        }
        func closeList() {
            closeEntry()
            if let done = list { blocks.append(.list(done)) }
            list = nil
        }
        for line in lines {
            if let (start, text) = bullet(line) {
                if !paragraph.isEmpty { blocks.append(.paragraph(inlines(paragraph))) }
                paragraph = []
                if let open = list, (open.start == nil) != (start == nil) { closeList() }
                closeEntry()
                if list == nil { list = List(start: start, entries: []) }
                entry = [text]
            } else if list != nil {
                entry.append(line)
            } else {
                paragraph.append(line)
            }
        }
        closeList()
        if !paragraph.isEmpty { blocks.append(.paragraph(inlines(paragraph))) }
        return blocks
    }

    /// The text after `- `, `* `, `• `, `1. ` or `1) `, and the number.
    private static func bullet(_ line: Substring) -> (start: Int?, text: Substring)? {
        let text = Substring(line.unicodeScalars.drop(while: \.isSpace))
        guard let first = text.first else { return nil }
        if "-*•–·".contains(first), text.dropFirst().first?.isWhitespace == true { return (nil, text.dropFirst(2)) }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let rest = text[digits.endIndex...]
        guard (1...3).contains(digits.count), let number = Int(digits), rest.hasPrefix(". ") || rest.hasPrefix(") ") else { return nil }
        // "24. december" begins a sentence, not a list.
        guard number < 100, !DateReader.isMonth(rest.dropFirst(2).prefix(while: \.isLetter)) else { return nil }
        return (number, rest.dropFirst(2))
    }

    /// Lines to words; short lines that were broken by hand (a poem, an address) keep their breaks.
    private static func inlines(_ lines: [Substring], keepsBreaks: Bool = true) -> [Inline] {
        let keepsBreaks = keepsBreaks && lines.count > 1 && lines.dropLast().allSatisfy { $0.count < 50 }
        var inlines: [Inline] = []
        for (index, line) in lines.enumerated() {
            if index > 0 { inlines.append(keepsBreaks ? .lineBreak : .text(" ")) }
            inlines += linked(String(line.trimmingSpaces))
        }
        return inlines.reduce(into: []) { joined, inline in
            if case .text(let next) = inline, case .text(let last)? = joined.last {
                joined[joined.count - 1] = .text(last + next)
            } else {
                joined.append(inline)
            }
        }
    }

    private static func linked(_ line: String) -> [Inline] {
        // Told by its bytes: few lines have an address.
        guard line.utf8.contains(UInt8(ascii: ":")), line.contains("https://") || line.contains("http://") else { return [.text(line)] }
        var inlines: [Inline] = []
        var text = ""
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !text.isEmpty || !inlines.isEmpty { text += " " }
            let opening = word.prefix { "(<[\"'„“»".contains($0) }
            let address = word[opening.endIndex...].trimmingTrailing
            if address.hasPrefix("https://") || address.hasPrefix("http://"), let target = LinkTarget(String(address)) {
                text += opening
                if !text.isEmpty { inlines.append(.text(text)) }
                inlines.append(.link(target, [.text(String(address))]))
                text = String(word[address.endIndex...])
            } else {
                text += word
            }
        }
        if !text.isEmpty { inlines.append(.text(text)) }
        return inlines
    }
}

extension Substring {
    /// Without the punctuation that ends a sentence rather than an address.
    fileprivate var trimmingTrailing: Substring {
        var rest = self
        while let last = rest.last, ".,;:!?)>]\"'”’«".contains(last) { rest.removeLast() }
        return rest
    }
}
