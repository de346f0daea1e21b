/// What Intake can make of a file, by its name's ending. The one table that a new reader is added to.
enum FileFormat: Hashable {
    case plainText, markdown, picture
    /// A format that people use and that is not read: its note says what to save instead.
    case unsupported

    private static let byExtension: [String: FileFormat] = [
        "txt": .plainText, "text": .plainText, "md": .markdown, "markdown": .markdown,
        "jpg": .picture, "jpeg": .picture, "png": .picture,
    ]

    /// Every other ending, or none, is unsupported.
    init(_ name: String) { self = Self.byExtension[Self.ending(name)] ?? .unsupported }

    var isText: Bool { self == .plainText || self == .markdown }

    /// Bytes of the largest file of the format that is opened.
    var sizeLimit: Int {
        switch self {
        case .plainText: PlainTextReader.size
        case .markdown: MarkdownBounds.size
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
