import CMarkGFM
import Core

/// Markdown (CommonMark with GitHub's tables) to the tree, by cmark-gfm.
///
/// Raw HTML is left out, with what stands between the tags of a script or style; so are pictures that are not among the
/// item's own files. Soft breaks are spaces. A text that would take long or nests deeper than people write is refused.
struct MarkdownReader {
    /// The item's pictures by file name, lower-case.
    let pictures: [String: PictureReference]

    private static let registered: Void = cmark_gfm_core_extensions_ensure_registered()

    /// Throws a ``Refusal``: `tooLarge`, `tooIntricate`, or `pictureMissing`.
    func read(_ text: String) throws(Refusal) -> BodyReading {
        guard text.utf8.count <= MarkdownBounds.size else { throw Refusal(.tooLarge, value: "\(MarkdownBounds.size >> 10) KB") }
        guard MarkdownBounds.permit(text) else { throw Refusal(.tooIntricate) }
        guard let root = Self.parsed(text) else { throw Refusal(.tooIntricate) }
        defer { cmark_node_free(root) }
        guard Self.depth(root) <= MarkdownBounds.depth else { throw Refusal(.tooIntricate) }
        var walk = MarkdownWalk(pictures: pictures)
        let blocks = walk.blocks(root)
        if let missing = walk.missingPicture { throw Refusal(.pictureMissing, value: missing) }
        return BodyReading(document: Document(blocks), lints: walk.lints)
    }

    private static func parsed(_ text: String) -> OpaquePointer? {
        _ = registered
        guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT), let table = cmark_find_syntax_extension("table") else { return nil }
        defer { cmark_parser_free(parser) }
        cmark_parser_attach_syntax_extension(parser, table)
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        return cmark_parser_finish(parser)
    }

    /// Counted with cmark's iterator, which does not recurse: a text of 50,000 `>` is a tree 50,000 deep.
    private static func depth(_ root: OpaquePointer) -> Int {
        guard let iterator = cmark_iter_new(root) else { return .max }
        defer { cmark_iter_free(iterator) }
        var depth = 0
        var deepest = 0
        while true {
            switch cmark_iter_next(iterator) {
            case CMARK_EVENT_ENTER where cmark_node_first_child(cmark_iter_get_node(iterator)) != nil:
                depth += 1
                deepest = max(deepest, depth)
            case CMARK_EVENT_EXIT where cmark_node_first_child(cmark_iter_get_node(iterator)) != nil: depth -= 1
            case CMARK_EVENT_DONE: return deepest
            default: break
            }
        }
    }
}
