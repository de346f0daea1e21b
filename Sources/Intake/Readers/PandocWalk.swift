import Core
import Foundation

/// One walk over pandoc's tree that makes ours: the blocks. Inlines and tables are in files of their own.
///
/// Empty paragraphs stay, as paragraphs without inlines: ``PandocReader`` needs them to find where the header lines end.
struct PandocWalk {
    /// Embedded pictures by the address that the tree gives them.
    let media: [String: NamedBytes]
    let reader: PictureReader
    /// The picture files that lie beside a web page, by lower-case name; `nil` for documents, which hold theirs.
    let beside: [String: PictureReference]?
    private(set) var pictures: [PictureRenditions] = []
    /// The first file that a web page names as its picture and that is not there.
    var missingPicture: String?
    private(set) var lints: [Lint] = []
    /// Pictures within the paragraph or table that is being read: they follow it as blocks.
    var found: [PictureReference] = []
    private var depth = 0

    /// Names of the styles of a text below a picture: Word's built-in one, pandoc's, LibreOffice's.
    private static let captionStyles: Set<String> = ["caption", "image caption", "illustration", "figure", "billedtekst"]

    init(media: [String: NamedBytes], reader: PictureReader, beside: [String: PictureReference]?) {
        self.media = media
        self.reader = reader
        self.beside = beside
    }

    /// Throws a ``Refusal`` `tooIntricate` for a tree that nests deeper than people write.
    mutating func blocks(_ nodes: [PandocTree.Node]) throws(Refusal) -> [Block] {
        try descend()
        defer { depth -= 1 }
        var blocks: [Block] = []
        for node in nodes {
            if let caption = try caption(node), case .picture(var picture)? = blocks.last, picture.caption == nil {
                picture.caption = caption
                blocks[blocks.count - 1] = .picture(picture)
            } else {
                for block in try block(node) { Self.append(block, to: &blocks) }
            }
        }
        return blocks
    }

    /// Bulleted lists that stand together are one: word processors end a list at each change of style.
    private static func append(_ block: Block, to blocks: inout [Block]) {
        if case .list(let next) = block, next.start == nil, case .list(let last)? = blocks.last, last.start == nil {
            blocks[blocks.count - 1] = .list(List(entries: last.entries + next.entries))
        } else {
            blocks.append(block)
        }
    }

    mutating func descend() throws(Refusal) {
        depth += 1
        guard depth <= MarkdownBounds.depth else { throw Refusal(.tooIntricate) }
    }

    mutating func ascend() { depth -= 1 }

    /// A paragraph's text when its style is a caption's.
    private mutating func caption(_ node: PandocTree.Node) throws(Refusal) -> String? {
        guard node.kind == "Div", let style = node.attributes.values["custom-style"], Self.captionStyles.contains(style.lowercased()),
            let paragraph = node.nodes(1).first, node.nodes(1).count == 1, !["Div", "Table"].contains(paragraph.kind)
        else { return nil }
        let words = try inlines(paragraph.nodes()).plainText.trimmingCharacters(in: .whitespaces)
        return words.isEmpty ? nil : words
    }

    private mutating func block(_ node: PandocTree.Node) throws(Refusal) -> [Block] {
        switch node.kind {
        case "Para", "Plain": return try paragraph(node.nodes()) { .paragraph($0) }
        case "Header":
            let level = min(max(node.number(0) ?? 1, 1), 6)
            return try paragraph(node.nodes(2)) { .heading(level: level, $0) }.filter { $0 != .heading(level: level, []) }
        case "LineBlock":
            let lines = node.lists()
            var run: [Inline] = []
            for (index, line) in lines.enumerated() { run += (index > 0 ? [.lineBreak] : []) + (try inlines(line)) }
            return [.paragraph(run)]
        case "CodeBlock": return [.preformatted(TextDecoding.cleaned(node.text(1)).trimmingCharacters(in: .newlines))]
        case "BlockQuote":
            let inner = try blocks(node.nodes()).withoutEmptyParagraphs
            return inner.isEmpty ? [] : [.quotation(inner)]
        case "BulletList": return list(nil, try entries(node.lists()))
        case "OrderedList": return list(node.field(0).first as? Int ?? 1, try entries(node.lists(1)))
        case "DefinitionList": return try definitions(node)
        case "HorizontalRule": return [.rule]
        case "Div": return try blocks(node.nodes(1))
        case "Table": return try table(node)
        case "Null": return []
        default:
            lint(.markupLeftOut)
            return []
        }
    }

    private mutating func paragraph(_ nodes: [PandocTree.Node], _ make: ([Inline]) -> Block) throws(Refusal) -> [Block] {
        found = []
        let run = try inlines(nodes).trimmed
        defer { found = [] }
        return (run.isEmpty && !found.isEmpty ? [] : [make(run)]) + found.map { .picture($0) }
    }

    private mutating func entries(_ lists: [[PandocTree.Node]]) throws(Refusal) -> [[Block]] {
        var entries: [[Block]] = []
        for nodes in lists { entries.append(try blocks(nodes).withoutEmptyParagraphs) }
        return entries.filter { !$0.isEmpty }
    }

    private func list(_ start: Int?, _ entries: [[Block]]) -> [Block] {
        entries.isEmpty ? [] : [.list(List(start: start, entries: entries))]
    }

    /// Terms in bold, each with its definitions below.
    private mutating func definitions(_ node: PandocTree.Node) throws(Refusal) -> [Block] {
        var blocks: [Block] = []
        for pair in node.parts.first as? [[Any]] ?? [] where pair.count == 2 {
            blocks.append(.paragraph([.strong(try inlines(PandocTree.nodes(pair[0])))]))
            for definition in pair[1] as? [Any] ?? [] { blocks += try self.blocks(PandocTree.nodes(definition)) }
        }
        return blocks
    }

    mutating func lint(_ kind: Lint.Kind, _ value: String = "") {
        let lint = Lint(kind, value)
        if lints.count < 20, !lints.contains(lint) { lints.append(lint) }
    }

    mutating func keep(_ picture: PictureRenditions) {
        if !pictures.contains(where: { $0.digest == picture.digest }) { pictures.append(picture) }
    }
}

extension [Block] {
    var withoutEmptyParagraphs: [Block] { filter { $0 != .paragraph([]) } }
}

extension [Inline] {
    /// Without white space and line breaks at the ends, where a picture or a tag was taken out.
    var trimmed: [Inline] {
        var rest = self[...]
        while let first = rest.first, first == .lineBreak || first.isBlankText { rest.removeFirst() }
        while let last = rest.last, last == .lineBreak || last.isBlankText { rest.removeLast() }
        return Array(rest)
    }
}

extension Inline {
    fileprivate var isBlankText: Bool {
        if case .text(let text) = self { text.allSatisfy(\.isWhitespace) } else { false }
    }
}
