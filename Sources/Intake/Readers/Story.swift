import Core
import Foundation

/// What follows the headers: body, and the title and summary that come from it when no header gives them.
struct Story {
    private(set) var title: String
    private(set) var body: Document
    var lints: [Lint]

    /// A first line longer than this is the beginning of the text, and the title only quotes it.
    private static let titleLimit = 150

    /// Throws what the format's reader throws.
    init(_ text: String, _ format: FileFormat, title: String?, pictures: [String: PictureReference]) throws(Refusal) {
        func read(_ text: String) throws(Refusal) -> BodyReading {
            format == .markdown ? try MarkdownReader(pictures: pictures).read(text) : try PlainTextReader.read(text)
        }
        let whole = try read(text)
        (self.title, body, lints) = (title ?? "", whole.document, whole.lints)
        guard title == nil else { return }
        if let heading = Self.openingHeading(body) {
            self.title = excerpt(heading.title, limit: Self.titleLimit)
            body.blocks.remove(at: heading.index)
            return
        }
        let start = text.unicodeScalars.drop(while: \.isSpace)
        let line = Substring(start.prefix { $0 != "\n" })
        let words = line.utf8.count <= 1000 ? try read(String(line)).document.plainText : String(line.prefix(1000))
        self.title = excerpt(words, limit: Self.titleLimit)
        guard words.count < Self.titleLimit, case .paragraph? = body.blocks.first else { return }
        body = try read(String(Substring(start[line.endIndex...]))).document
    }

    /// The story of a document's tree. Its title is the header's, else the opening heading, else `otherTitle`, else the first line.
    init(_ reading: BodyReading, title: String?, otherTitle: String?) {
        (self.title, body, lints) = (title ?? "", reading.document, reading.lints)
        if let heading = Self.openingHeading(body), title == nil || heading.title == title {
            self.title = title ?? excerpt(heading.title, limit: Self.titleLimit)
            body.blocks.remove(at: heading.index)
        } else if title == nil, let otherTitle {
            self.title = excerpt(otherTitle, limit: Self.titleLimit)
        } else if title == nil {
            takeFirstLine()
        }
    }

    private mutating func takeFirstLine() {
        guard let index = body.blocks.firstIndex(where: { !$0.plainText.allSatisfy(\.isWhitespace) }) else { return }
        guard case .paragraph(let inlines) = body.blocks[index] else {
            title = excerpt(body.blocks[index].plainText, limit: Self.titleLimit)
            return
        }
        let line = inlines.prefix { $0 != .lineBreak }
        let words = Array(line).plainText
        title = excerpt(words, limit: Self.titleLimit)
        guard words.count < Self.titleLimit else { return }
        let rest = Array(inlines[line.endIndex...].drop { $0 == .lineBreak })
        if rest.isEmpty { body.blocks.remove(at: index) } else { body.blocks[index] = .paragraph(rest) }
    }

    /// An embedded picture that opens the text is the item's own, shown beside its title; header lines' words for it go before the document's.
    mutating func takeOpeningPicture(_ values: HeaderValues, besides shelf: PictureShelf) -> PictureReference? {
        guard case .picture(var picture)? = body.blocks.first, !shelf.holds(picture.digest) else { return nil }
        body.blocks.removeFirst()
        picture.alternativeText = values.alternativeText ?? picture.alternativeText
        picture.caption = values.caption ?? picture.caption
        return picture
    }

    /// A heading that only pictures and rules precede.
    private static func openingHeading(_ body: Document) -> (index: Int, title: String)? {
        for (index, block) in body.blocks.enumerated() {
            switch block {
            case .heading(_, let inlines): return (index, inlines.plainText)
            case .picture, .rule: continue
            default: return nil
            }
        }
        return nil
    }

    /// The first paragraph, at most 200 characters; the title when there is none.
    var summary: String {
        let paragraph = body.blocks.lazy.compactMap { block -> String? in
            if case .paragraph(let inlines) = block { inlines.plainText } else { nil }
        }.first { $0.unicodeScalars.contains(where: \.isLetter) }
        return excerpt(paragraph.map { String($0.prefix(2_000)) } ?? title, limit: 200)
    }
}
