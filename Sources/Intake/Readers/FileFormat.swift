/// What Intake can make of a file, by its name's ending. The one table that a new reader is added to.
enum FileFormat: Hashable {
    case plainText, markdown, picture
    /// What pandoc reads: word processors' files, whose content tells which one, and web pages.
    case document, html
    /// A format that people use and that is not read: its note says what to save instead.
    case unsupported

    private static let byExtension: [String: FileFormat] = [
        "txt": .plainText, "text": .plainText, "md": .markdown, "markdown": .markdown,
        "docx": .document, "docm": .document, "dotx": .document, "doc": .document, "odt": .document, "ott": .document, "rtf": .document,
        "html": .html, "htm": .html,
        "jpg": .picture, "jpeg": .picture, "png": .picture, "webp": .picture, "heic": .picture, "heif": .picture,
    ]

    /// Why a file of an unsupported format is refused: what people drop most has a note of its own.
    static func refusal(_ name: String) -> Refusal {
        let ending = ending(name)
        return Refusal(["eml", "msg"].contains(ending) ? .mailFile : .unsupportedFormat, value: ending)
    }

    /// Every other ending, or none, is unsupported.
    init(_ name: String) { self = Self.byExtension[Self.ending(name)] ?? .unsupported }

    /// Whether an item can be made of it alone.
    var isText: Bool { [.plainText, .markdown, .document, .html].contains(self) }

    /// Bytes of the largest file of the format that is opened.
    var sizeLimit: Int {
        switch self {
        case .plainText: PlainTextReader.size
        case .markdown: MarkdownBounds.size
        case .document, .html: PandocReader.sizeLimit
        case .picture: PictureReader.sizeLimit
        case .unsupported: 0
        }
    }

    /// The ending in lower case without its dot.
    static func ending(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }

    /// The name without its ending.
    static func stem(_ name: String) -> String {
        let ending = ending(name)
        return ending.isEmpty ? name : String(name.dropLast(ending.count + 1))
    }
}
