/// Source text in, nodes out. Works on bytes: all that Mustache knows of are ASCII characters, and delimiters are compared whole.
///
/// A tag is standalone when nothing but white space shares its line; then the whole line disappears (specification, "standalone
/// lines"). Whether other tags share the line need not be remembered: their delimiters are not white space.
struct TemplateParser {
    /// Sections deeper than this are a mistake, and the renderer's recursion must stay bounded.
    static let deepest = 100

    private struct OpenSection {
        var name: Name
        var isInverted: Bool
        var line: Int
        var before: [Node]
    }

    private let bytes: [UInt8]
    private let file: String
    private var open = Array("{{".utf8)
    private var close = Array("}}".utf8)
    private var position = 0
    private var nodes: [Node] = []
    private var sections: [OpenSection] = []
    private var asked = (offset: 0, line: 1)
    /// Every name in a tag with its line, for checks.
    private(set) var names: [(name: Name, line: Int)] = []

    init(source: String, name: String) {
        bytes = Array(source.utf8)
        file = name
    }

    /// Throws a ``TemplateProblem`` at the first tag that is not one.
    mutating func parse() throws(TemplateProblem) -> [Node] {
        while let start = find(open, from: position) { try readTag(at: start) }
        emitText(upTo: bytes.count, beforeTag: false)
        if let section = sections.last {
            throw problem(
                section.line, "the section ‘\(section.name)’ is never closed", "Add \(tag("/" + section.name.description)) where it ends.")
        }
        return nodes
    }

    private mutating func readTag(at start: Int) throws(TemplateProblem) {
        let line = line(of: start)
        let sigil = start + open.count < bytes.count ? bytes[start + open.count] : 0
        let kind = TagKind(rawValue: sigil) ?? .variable
        let contentStart = start + open.count + (kind == .variable ? 0 : 1)
        let ending = (kind.ending.map { [$0] } ?? []) + close
        guard let contentEnd = find(ending, from: contentStart) else {
            throw problem(line, "the tag that begins here is never closed", "Add \(String(decoding: ending, as: UTF8.self)) at its end.")
        }
        let end = contentEnd + ending.count
        let content = String(decoding: bytes[contentStart..<contentEnd], as: UTF8.self)
        let alone = kind.canStandAlone ? standaloneLine(start, end) : nil
        emitText(upTo: alone?.start ?? start, beforeTag: alone == nil)
        position = alone?.end ?? end
        try take(kind, content, indentation: alone.map { Array(bytes[$0.start..<start]) }, line)
    }

    private mutating func take(_ kind: TagKind, _ content: String, indentation: [UInt8]?, _ line: Int) throws(TemplateProblem) {
        switch kind {
        case .comment: break
        case .delimiters: try setDelimiters(content, line)
        case .variable: nodes.append(.variable(try name(content, line), escaped: true))
        case .triple, .ampersand: nodes.append(.variable(try name(content, line), escaped: false))
        case .partial:
            nodes.append(.partial(PartialCall(name: try word(content, line), indentation: indentation, line: line)))
        case .section, .inverted:
            guard sections.count < Self.deepest else {
                throw problem(line, "sections nest deeper than \(Self.deepest)", "Move the inner ones into a partial.")
            }
            sections.append(OpenSection(name: try name(content, line), isInverted: kind == .inverted, line: line, before: nodes))
            nodes = []
        case .end: try closeSection(try name(content, line), line)
        }
    }

    private mutating func closeSection(_ name: Name, _ line: Int) throws(TemplateProblem) {
        guard let section = sections.popLast() else {
            throw problem(line, "‘\(name)’ is closed but was never opened", "Remove \(tag("/\(name)")), or open the section above it.")
        }
        guard section.name == name else {
            throw problem(
                line, "‘\(name)’ is closed while ‘\(section.name)’, opened in line \(section.line), is still open",
                "Close the sections in the reverse order of their opening.")
        }
        nodes = section.before + [section.isInverted ? .inverted(name, nodes) : .section(name, nodes)]
    }

    private mutating func setDelimiters(_ content: String, _ line: Int) throws(TemplateProblem) {
        let words = content.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, !words.contains(where: { $0.contains("=") }) else {
            throw problem(line, "new delimiters are two words without an equals sign", "Write them as in {{=<% %>=}}.")
        }
        (open, close) = (Array(words[0].utf8), Array(words[1].utf8))
    }

    private func word(_ content: String, _ line: Int) throws(TemplateProblem) -> String {
        let words = content.split(whereSeparator: \.isWhitespace)
        guard words.count == 1 else {
            throw problem(
                line, words.isEmpty ? "the tag has no name" : "the name ‘\(words.joined(separator: " "))’ has a space in it",
                "Write one name without spaces.")
        }
        return String(words[0])
    }

    private mutating func name(_ content: String, _ line: Int) throws(TemplateProblem) -> Name {
        let word = try word(content, line)
        if word == "." { return Name(parts: []) }
        let isLocal = word.hasPrefix(".")
        let parts = word.dropFirst(isLocal ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !parts.contains("") else {
            throw problem(line, "the name ‘\(word)’ has an empty part", "Write names with single dots between them.")
        }
        let name = Name(parts: parts, isLocal: isLocal)
        names.append((name, line))
        return name
    }
}

/// The kinds of tags, by the character behind the opening delimiter.
private enum TagKind: UInt8 {
    case variable = 0
    case comment = 0x21  // !
    case section = 0x23  // #
    case ampersand = 0x26  // &
    case end = 0x2F  // /
    case delimiters = 0x3D  // =
    case partial = 0x3E  // >
    case inverted = 0x5E  // ^
    case triple = 0x7B  // {

    /// What must stand before the closing delimiter.
    var ending: UInt8? { self == .triple ? UInt8(ascii: "}") : self == .delimiters ? UInt8(ascii: "=") : nil }

    /// Interpolation tags never stand alone: their lines have content.
    var canStandAlone: Bool { self != .variable && self != .triple && self != .ampersand }
}

/// Places in the source.
extension TemplateParser {
    private func find(_ pattern: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + pattern.count <= bytes.count {
            if bytes[index] == pattern[0], bytes[index..<(index + pattern.count)].elementsEqual(pattern) { return index }
            index += 1
        }
        return nil
    }

    /// The line's start and the next line's, when only spaces and tabs share the line with the tag.
    private func standaloneLine(_ tagStart: Int, _ tagEnd: Int) -> (start: Int, end: Int)? {
        var start = tagStart
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        guard start == 0 || bytes[start - 1] == 0x0A else { return nil }
        var end = tagEnd
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        if end == bytes.count { return (start, end) }
        if bytes[end] == 0x0A { return (start, end + 1) }
        if bytes[end] == 0x0D, end + 1 < bytes.count, bytes[end + 1] == 0x0A { return (start, end + 2) }
        return nil
    }

    /// Takes what stands between the last tag and `end` as text. Before a tag that does not stand alone, a line that begins
    /// at `end` is begun by that tag.
    private mutating func emitText(upTo end: Int, beforeTag: Bool) {
        let last = beforeTag ? end : end - 1
        let starts = position <= last ? (position...last).filter { $0 == 0 || bytes[$0 - 1] == 0x0A } : []
        guard position < end || !starts.isEmpty else { return }
        nodes.append(.text(TextRun(bytes: Array(bytes[position..<max(position, end)]), lineStarts: starts.map { $0 - position })))
    }

    /// The line of a place behind the last one that was asked for.
    private mutating func line(of offset: Int) -> Int {
        asked.line += bytes[asked.offset..<offset].count { $0 == 0x0A }
        asked.offset = offset
        return asked.line
    }

    private func tag(_ content: String) -> String {
        String(decoding: open, as: UTF8.self) + content + String(decoding: close, as: UTF8.self)
    }

    private func problem(_ line: Int, _ cause: String, _ mend: String) -> TemplateProblem {
        TemplateProblem(file: file, line: line, cause: cause, mend: mend)
    }
}
