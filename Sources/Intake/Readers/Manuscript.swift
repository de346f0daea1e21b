import Core

/// A text file of any format, read as far as that goes without its pictures: the headers, and what the story will be made of.
struct Manuscript {
    private enum Body {
        case text(String, FileFormat)
        case tree(BodyReading, otherTitle: String?)
    }

    let entries: [HeaderReader.Entry]
    private let body: Body
    /// Pictures within the document itself.
    private let embedded: [PictureRenditions]

    /// Throws a ``Refusal``: what the decoding, the header reader and ``PandocReader`` throw, and `personalNumber` with its line.
    /// `beside` are the pictures that a web page may name.
    init(
        _ file: NamedBytes, _ format: FileFormat, _ pandoc: PandocProgram, _ pictures: PictureReader, beside: [String: PictureReference],
        asksForPictures: Bool
    ) throws(Refusal) {
        switch format {
        case .document, .html:
            let reading = try PandocReader(program: pandoc, pictures: pictures, beside: beside, asksForPictures: asksForPictures).read(
                file, format)
            entries = reading.entries
            body = .tree(reading.body, otherTitle: reading.otherTitle)
            embedded = reading.pictures
        case .plainText, .markdown, .picture, .unsupported:
            let text = try TextDecoding.text(file.bytes)
            if let line = PersonalNumber.line(in: text) { throw Refusal(.personalNumber, line: line) }
            let headers = try HeaderReader(text)
            entries = headers.entries
            body = .text(headers.body, format)
            embedded = []
        }
    }

    /// `title` is the header's; `pictures` are the files beside the text, by name. Throws what the format's reader throws.
    func story(title: String?, pictures: [String: PictureReference]) throws(Refusal) -> Story {
        switch body {
        case .text(let text, let format): try Story(text, format, title: title, pictures: pictures)
        case .tree(let reading, let otherTitle): Story(reading, title: title, otherTitle: otherTitle)
        }
    }

    /// The embedded pictures that the content shows; one that also lies beside the text as a file is the shelf's.
    func pictures(_ used: Set<PictureDigest>, besides shelf: PictureShelf) -> [PictureRenditions] {
        embedded.filter { used.contains($0.digest) && !shelf.holds($0.digest) }
    }
}
