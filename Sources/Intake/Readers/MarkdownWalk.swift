import CMarkGFM
import Core
import Foundation

/// One walk over cmark's tree that makes ours. The depth was bounded before it.
struct MarkdownWalk {
    typealias Node = OpaquePointer

    let pictures: [String: PictureReference]
    private(set) var lints: [Lint] = []
    /// The first picture that the text names as a file of its own and that is not there.
    private(set) var missingPicture: String?
    /// Pictures within the paragraph that is being read: they follow it as blocks.
    private var found: [PictureReference] = []

    init(pictures: [String: PictureReference]) { self.pictures = pictures }

    mutating func blocks(_ parent: Node) -> [Block] {
        var blocks: [Block] = []
        for child in Self.children(parent) { blocks += block(child) }
        return blocks
    }

    private mutating func block(_ node: Node) -> [Block] {
        switch Self.kind(node) {
        case "paragraph": return withPictures(node) { $0.isEmpty ? [] : [.paragraph($0)] }
        case "heading":
            let level = Int(cmark_node_get_heading_level(node))
            return withPictures(node) { $0.isEmpty ? [] : [.heading(level: level, $0)] }
        case "block_quote":
            let inner = blocks(node)
            return inner.isEmpty ? [] : [.quotation(inner)]
        case "list":
            let start = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST ? Int(cmark_node_get_list_start(node)) : nil
            return [.list(List(start: start, entries: Self.children(node).map { blocks($0) }))]
        case "code_block": return [.preformatted(Self.literal(node).trimmingCharacters(in: .newlines))]
        case "thematic_break": return [.rule]
        case "table": return table(node)
        default:
            lint(.markupLeftOut)
            return []
        }
    }

    private mutating func withPictures(_ node: Node, _ make: ([Inline]) -> [Block]) -> [Block] {
        found = []
        let inlines = Self.trimmed(inlines(node))
        defer { found = [] }
        return make(inlines) + found.map { .picture($0) }
    }

    private mutating func table(_ node: Node) -> [Block] {
        found = []
        var header: [[Inline]]?
        var rows: [[[Inline]]] = []
        for row in Self.children(node) {
            let cells = Self.children(row).map { Self.trimmed(inlines($0)) }
            // Markdown's tables always have a header; an empty one is none.
            if Self.kind(row) == "table_header" { header = cells.allSatisfy(\.isEmpty) ? nil : cells } else { rows.append(cells) }
        }
        let count = Int(cmark_gfm_extensions_get_table_columns(node))
        let marks = cmark_gfm_extensions_get_table_alignments(node)
        let columns: [Table.Alignment] = (0..<count).map { index in
            switch marks?[index] {
            case UInt8(ascii: "l"): .left
            case UInt8(ascii: "c"): .centre
            case UInt8(ascii: "r"): .right
            default: .natural
            }
        }
        defer { found = [] }
        return [.table(Table(columns: columns, header: header, rows: rows))] + found.map { .picture($0) }
    }

    private mutating func inlines(_ parent: Node) -> [Inline] {
        var run: [Inline] = []
        /// The element whose content is not text, while it is open.
        var hidden: String?
        for child in Self.children(parent) {
            if Self.kind(child) == "html_inline" {
                let tag = Self.literal(child).lowercased()
                if hidden == nil, tag.wholeMatch(of: /<br\s*\/?>/) != nil {
                    run.append(.lineBreak)
                    continue
                }
                if let open = hidden {
                    if tag.hasPrefix("</" + open) { hidden = nil }
                } else {
                    hidden = ["script", "style"].first { tag.hasPrefix("<" + $0) }
                }
                lint(.markupLeftOut)
                continue
            }
            guard hidden == nil else { continue }
            for inline in self.inline(child) { Self.append(inline, to: &run) }
        }
        return run
    }

    private mutating func inline(_ node: Node) -> [Inline] {
        switch Self.kind(node) {
        case "text": return [.text(TextDecoding.cleaned(Self.literal(node)))]
        case "softbreak": return [.text(" ")]
        case "linebreak": return [.lineBreak]
        case "code": return [.code(TextDecoding.cleaned(Self.literal(node)))]
        case "emph": return [.emphasis(inlines(node))]
        case "strong": return [.strong(inlines(node))]
        case "link":
            let address = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
            let inner = inlines(node)
            guard let target = LinkTarget(address) else {
                lint(.linkLeftOut, address)
                return inner
            }
            return [.link(target, inner.isEmpty ? [.text(target.address)] : inner)]
        case "image":
            picture(node)
            return []
        default:
            lint(.markupLeftOut)
            return []
        }
    }

    private mutating func picture(_ node: Node) {
        let address = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
        guard !address.contains(":"), !address.hasPrefix("//") else { return lint(.remotePictureLeftOut, address) }
        let name = (address.removingPercentEncoding ?? address).precomposedStringWithCanonicalMapping
        guard var picture = pictures[name.lowercased()] else {
            missingPicture = missingPicture ?? name
            return
        }
        let words = inlines(node).plainText.trimmingCharacters(in: .whitespaces)
        if !words.isEmpty { picture.alternativeText = words }
        let caption = TextDecoding.cleaned(cmark_node_get_title(node).map { String(cString: $0) } ?? "")
        if !caption.isEmpty { picture.caption = caption }
        found.append(picture)
    }

    private mutating func lint(_ kind: Lint.Kind, _ value: String = "") {
        let lint = Lint(kind, value)
        if lints.count < 20, !lints.contains(lint) { lints.append(lint) }
    }

    private static func kind(_ node: Node) -> String { cmark_node_get_type_string(node).map { String(cString: $0) } ?? "" }
    private static func literal(_ node: Node) -> String { cmark_node_get_literal(node).map { String(cString: $0) } ?? "" }

    private static func children(_ parent: Node) -> [Node] {
        Array(sequence(first: cmark_node_first_child(parent)) { $0.map { cmark_node_next($0) } ?? nil }.prefix { $0 != nil }).compactMap {
            $0
        }
    }

    /// Joins neighbouring texts, which cmark splits at each special character; of the two spaces around what was left out one stays.
    private static func append(_ inline: Inline, to run: inout [Inline]) {
        if case .text(let next) = inline, case .text(let last)? = run.last {
            run[run.count - 1] = .text(last + (last.hasSuffix(" ") ? next.drop { $0 == " " } : next[...]))
        } else {
            run.append(inline)
        }
    }

    /// Without white space and line breaks at the ends, where a picture or a tag was taken out.
    private static func trimmed(_ inlines: [Inline]) -> [Inline] {
        var rest = inlines[...]
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
