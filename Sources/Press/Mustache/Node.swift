/// One step of a compiled template.
indirect enum Node: Sendable {
    case text(TextRun)
    case variable(Name, escaped: Bool)
    case section(Name, [Node])
    case inverted(Name, [Node])
    case partial(PartialCall)
}

/// Text that is copied to the output as it is.
struct TextRun: Sendable {
    var bytes: [UInt8]
    /// Offsets in `bytes` (its count included) at which a line of the source begins: where the indentation of a standalone
    /// partial tag goes. Kept here so that a partial is compiled once, whatever it is indented by.
    var lineStarts: [Int]
}

/// A tag's name, split at its dots once; no part at all is the implicit iterator `.`.
struct Name: Hashable, Sendable, CustomStringConvertible {
    var parts: [String]
    /// Written with a leading dot: looked for in the innermost context alone.
    var isLocal = false

    var description: String { parts.isEmpty ? "." : (isLocal ? "." : "") + parts.joined(separator: ".") }
}

/// `{{> name}}`.
struct PartialCall: Sendable {
    var name: String
    /// What stands before a standalone tag; every line of the partial is indented by it. `nil` for a tag within a line.
    var indentation: [UInt8]?
    var line: Int
}
