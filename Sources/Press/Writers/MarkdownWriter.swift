import Core

/// A document as Markdown that Intake's reader makes the same document of: what an editor edits in a text field.
///
/// Pictures of the text are called `billede1`, `billede2` … in their order, footnotes `[^1]`, `[^2]` …: what a text field cannot hold
/// stands for itself, and whoever reads the text back puts it in its place again.
package struct MarkdownWriter {
    private var pictureCount = 0
    private var noteCount = 0

    /// The name under which a picture of the text is known, from 1.
    package static func pictureName(_ number: Int) -> String { "billede\(number)" }

    package static func text(_ document: Document) -> String {
        var writer = MarkdownWriter()
        return writer.blocks(document.blocks).joined(separator: "\n")
    }

    /// Lines of several blocks, an empty one between two.
    private mutating func blocks(_ blocks: [Block]) -> [String] {
        var lines: [String] = []
        var lastList: (isOrdered: Bool, isOther: Bool)?
        for block in blocks {
            let own: [String]
            if case .list(let list) = block {
                // Two lists in a row would be read as one unless their marks differ.
                let isOther = lastList.map { $0.isOrdered == (list.start != nil) && !$0.isOther } ?? false
                own = self.list(list, isOther: isOther)
                lastList = (list.start != nil, isOther)
            } else {
                own = self.block(block)
                if !own.isEmpty { lastList = nil }
            }
            guard !own.isEmpty else { continue }
            if !lines.isEmpty { lines.append("") }
            lines += own
        }
        return lines
    }

    private mutating func block(_ block: Block) -> [String] {
        switch block {
        case .paragraph(let inlines): return Self.guarded(self.inlines(inlines)).split(separator: "\n").map(String.init)
        case .heading(let level, let inlines):
            let text = self.inlines(inlines, isOneLine: true)
            return text.isEmpty ? [] : [String(repeating: "#", count: min(max(level, 1), 6)) + " " + Self.closed(text)]
        case .list(let list): return self.list(list, isOther: false)
        case .quotation(let blocks): return self.blocks(blocks).map { $0.isEmpty ? ">" : "> " + $0 }
        case .table(let table): return self.table(table)
        case .preformatted(let text):
            let fence = String(repeating: "`", count: max(3, Self.longestRun(of: "`", in: text) + 1))
            return [fence] + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + [fence]
        case .rule: return ["***"]
        case .picture(let picture): return [self.picture(picture)]
        }
    }

    private mutating func list(_ list: List, isOther: Bool) -> [String] {
        var lines: [String] = []
        // Entries of one paragraph stand close together. Only a list that begins at 1 is seen within a paragraph's lines.
        let isLoose = list.entries.contains { entry in
            entry.count { if case .list = $0 { false } else { true } } > 1
                || entry.contains { if case .list(let inner) = $0, let start = inner.start { start != 1 } else { false } }
        }
        for (index, entry) in list.entries.enumerated() {
            let mark = list.start.map { "\($0 + index)\(isOther ? ")" : ".") " } ?? (isOther ? "* " : "- ")
            let indent = String(repeating: " ", count: mark.count)
            var own = blocks(entry)
            if !isLoose { own.removeAll(where: \.isEmpty) }
            if own.isEmpty { own = [""] }
            if isLoose, !lines.isEmpty { lines.append("") }
            lines += own.enumerated().map { $0.offset == 0 ? mark + $0.element : $0.element.isEmpty ? "" : indent + $0.element }
        }
        return lines
    }

    private mutating func table(_ table: Table) -> [String] {
        func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let marks = table.columns.map { alignment in
            switch alignment {
            case .natural: "---"
            case .left: ":---"
            case .centre: ":---:"
            case .right: "---:"
            }
        }
        var lines: [String] = []
        // A table without a header has an empty one in Markdown.
        lines.append(row((table.header ?? Array(repeating: [], count: table.columns.count)).map { cell($0) }))
        lines.append(row(marks))
        for cells in table.rows { lines.append(row(cells.map { cell($0) })) }
        return lines
    }

    private mutating func cell(_ inlines: [Inline]) -> String { self.inlines(inlines, isOneLine: true).replacing("|", with: "\\|") }

    private mutating func picture(_ picture: PictureReference) -> String {
        pictureCount += 1
        let caption = picture.caption.map { " \"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" } ?? ""
        return "![\(Self.escaped(picture.alternativeText))](\(Self.pictureName(pictureCount))\(caption))"
    }

    // MARK: Inlines

    private mutating func inlines(_ inlines: [Inline], isOneLine: Bool = false) -> String {
        inlines.map { inline($0, isOneLine) }.joined()
    }

    private mutating func inline(_ inline: Inline, _ isOneLine: Bool) -> String {
        switch inline {
        case .text(let text): return Self.escaped(text)
        case .emphasis(let inner): return Self.marked("*", inlines(inner, isOneLine: isOneLine))
        case .strong(let inner): return Self.marked("**", inlines(inner, isOneLine: isOneLine))
        case .code(let text):
            let fence = String(repeating: "`", count: Self.longestRun(of: "`", in: text) + 1)
            let pad = text.hasPrefix("`") || text.hasSuffix("`") || text.hasPrefix(" ") && text.hasSuffix(" ") ? " " : ""
            return fence + pad + text + pad + fence
        case .link(let target, let inner):
            let address = target.address.replacing("<", with: "%3C").replacing(">", with: "%3E").replacing("\\", with: "%5C")
            return "[" + inlines(inner, isOneLine: isOneLine) + "](<" + address + ">)"
        case .lineBreak: return isOneLine ? "<br>" : "\\\n"
        case .note(let blocks):
            noteCount += 1
            pictureCount += Document(blocks).pictures.count
            return "[^\(noteCount)]"
        }
    }

    /// Marks stand against words: blanks at either end go outside.
    private static func marked(_ mark: String, _ text: String) -> String {
        let start = text.prefix(while: \.isWhitespace)
        let rest = text[start.endIndex...]
        let end = rest.reversed().prefix(while: \.isWhitespace).count
        let inner = rest.dropLast(end)
        return inner.isEmpty ? text : start + mark + inner + mark + rest.suffix(end)
    }

    private static let meaningful = Set("\\`*[]<_&!".utf8)

    /// Only what would mean something in Markdown: a text that an editor reads is to look like one.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { meaningful.contains($0) }) else { return text }
        var result = ""
        let characters = Array(text)
        for (index, character) in characters.enumerated() {
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            let former = index > 0 ? characters[index - 1] : " "
            switch character {
            case "\\", "`", "*", "[", "]", "<": result.append("\\")
            // Within a word it is only an underscore.
            case "_" where !(former.isLetter || former.isNumber) || !(next.isLetter || next.isNumber): result.append("\\")
            case "&" where isEntity(characters[(index + 1)...]): result.append("\\")
            case "!" where next == "[": result.append("\\")
            default: break
            }
            result.append(character)
        }
        return result
    }

    /// `amp;` and the like, which would become a character.
    private static func isEntity(_ rest: ArraySlice<Character>) -> Bool {
        let name = rest.prefix(33).prefix { $0.isLetter || $0.isNumber || $0 == "#" }
        return !name.isEmpty && rest.dropFirst(name.count).first == ";"
    }

    /// What would begin another block where a line begins.
    private static func guarded(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let trimmed = line.drop { $0 == " " }
            if let first = trimmed.first, "#>+-=~:".contains(first) { return "\\" + trimmed }
            let number = trimmed.prefix { $0.isASCII && $0.isNumber }
            if (1...9).contains(number.count), let mark = trimmed[number.endIndex...].first, mark == "." || mark == ")",
                trimmed[number.endIndex...].dropFirst().first?.isWhitespace != false
            {
                return number + "\\" + trimmed[number.endIndex...]
            }
            // A row of a table.
            if trimmed.hasPrefix("|") { return "\\" + trimmed }
            return String(trimmed)
        }.joined(separator: "\n")
    }

    /// A heading's own closing marks.
    private static func closed(_ text: String) -> String { text.hasSuffix("#") ? String(text.dropLast()) + "\\#" : text }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var (longest, run) = (0, 0)
        for found in text {
            run = found == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
