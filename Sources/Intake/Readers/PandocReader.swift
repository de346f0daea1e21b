import Core
import Foundation

/// Word, OpenDocument, RTF and HTML to the tree, by pandoc.
///
/// Comes in: the file's bytes. Goes out: headers, tree, embedded pictures, and what was left out. On failure: a ``Refusal`` that tells the
/// writer what to do; when pandoc is not there, `readerMissing`, which is no refusal of the file. Tracked changes are accepted,
/// comments and macros are not looked at.
struct PandocReader {
    let program: PandocProgram
    let pictures: PictureReader
    /// The picture files that a web page may name, by lower-case name.
    let beside: [String: PictureReference]
    /// Whether one that it names and that is not there is thrown as `pictureMissing`.
    let asksForPictures: Bool

    /// Bytes of a document with its pictures.
    static let sizeLimit = 20 << 20

    struct Reading {
        var entries: [HeaderReader.Entry]
        var body: BodyReading
        var pictures: [PictureRenditions]
        /// A web page's title, for one that opens with no heading.
        var otherTitle: String?
    }

    func read(_ file: NamedBytes, _ named: FileFormat) throws(Refusal) -> Reading {
        let format = try PandocFormat(file.bytes, named: named)
        let input = try Self.prepared(file.bytes, format)
        let json = try program.run(
            ["--from=\(format.reader)", "--to=json", "--track-changes=accept"], input: input, outputLimit: PandocProgram.treeLimit)
        let tree = try PandocTree(json)
        let media = Self.mentionsPictures(json) && format != .html ? try PandocMedia.read(program, format, input) : [:]
        var walk = PandocWalk(media: media, reader: pictures, beside: format == .html ? beside : nil)
        let headers = try DocumentHeaders(try walk.blocks(tree.blocks))
        if asksForPictures, let missing = walk.missingPicture { throw Refusal(.pictureMissing, value: missing) }
        // Of some programs' RTF pandoc finds no picture: its writer must know.
        if format == .rtf, walk.pictures.isEmpty, Data(file.bytes).range(of: Data("\\pict".utf8)) != nil {
            walk.lint(.embeddedPictureLeftOut, file.name)
        }
        let blocks = try Self.front(tree, format, &walk) + headers.body.withoutEmptyParagraphs
        let otherTitle = try format == .html ? Self.lines(tree, "title", &walk).first?.plainText : nil
        return Reading(
            entries: headers.entries, body: BodyReading(document: Document(blocks), lints: walk.lints), pictures: walk.pictures,
            otherTitle: otherTitle)
    }

    /// What pandoc 2.17 needs to lose nothing.
    private static func prepared(_ bytes: [UInt8], _ format: PandocFormat) throws(Refusal) -> [UInt8] {
        switch format {
        case .docx: WordTextBoxes.repaired(bytes)
        case .odt: OpenDocumentRepair.repaired(bytes)
        case .rtf: RTFRepair.repaired(RTFFields.mended(bytes))
        case .html: Array(try TextDecoding.text(bytes).utf8)
        }
    }

    private static func mentionsPictures(_ json: [UInt8]) -> Bool { Data(json).range(of: Data("\"t\":\"Image\"".utf8)) != nil }

    /// The paragraphs of the styles Title, Subtitle, Author, Date and Abstract at the top of a Word document, which pandoc takes for
    /// metadata: the title as the heading that it is, the rest as paragraphs.
    private static func front(_ tree: PandocTree, _ format: PandocFormat, _ walk: inout PandocWalk) throws(Refusal) -> [Block] {
        guard format == .docx else { return [] }
        var blocks = try lines(tree, "title", &walk).map { Block.heading(level: 1, $0) }
        for key in ["subtitle", "author", "date", "abstract"] { blocks += try lines(tree, key, &walk).map { .paragraph($0) } }
        return blocks
    }

    private static func lines(_ tree: PandocTree, _ key: String, _ walk: inout PandocWalk) throws(Refusal) -> [[Inline]] {
        var lines: [[Inline]] = []
        for nodes in tree.meta(key) { lines.append(try walk.inlines(nodes).trimmed) }
        return lines.filter { !$0.isEmpty }
    }
}
