import Core
import Foundation

/// Mail-like `Nøgle: værdi` lines at the top of a text, up to an empty line.
///
/// A block is one when its first line has a known key, or when all its lines look like header lines, one is known, and every
/// unknown one is nearly a known one. Anything else is text: a story may begin "Husk: kantinen er lukket".
struct HeaderReader {
    struct Entry {
        let key: HeaderKey
        /// The key as written, for notes.
        let label: String
        /// Continuation lines are joined by line feeds.
        var value: String
        /// `nil` in a document, which has no lines that its writer could count.
        var line: Int?
    }

    private(set) var entries: [Entry] = []
    /// What follows the headers.
    private(set) var body: String
    /// The file's line on which ``body`` begins, from 1.
    private(set) var bodyLine = 1

    /// The longest line and the most lines that are looked at as headers.
    private static let lineLimit = 10_000
    private static let countLimit = 100
    /// Stands, indented, for an empty line within a value, as in Debian's control files (deb-control(5)).
    private static let emptyLine = "."

    /// Throws a ``Refusal``: `unknownHeader` or `repeatedHeader`.
    init(_ text: String) throws(Refusal) {
        body = text
        let lines = Self.leadingLines(text)
        let start = lines.firstIndex { !$0.isBlank } ?? lines.count
        let block = lines[start...].prefix { !$0.isBlank }
        guard let first = block.first, let label = Self.label(first) else { return }
        let labels = block.filter { !$0.isIndented }.map(Self.label)
        if HeaderKey(label) == nil {
            guard labels.contains(where: { $0.flatMap { HeaderKey($0) } != nil }),
                labels.allSatisfy({ $0.map { HeaderKey($0) != nil || Self.nearest($0) != nil } ?? false })
            else { return }
        }
        try read(block, wholeBlock: labels.allSatisfy { $0 != nil })
        let used = entries.isEmpty ? 0 : end
        bodyLine = used + 1
        body = String(Self.dropping(used, text))
    }

    /// The line after the last header line, counted from 0.
    private var end = 0

    private mutating func read(_ block: ArraySlice<Substring>, wholeBlock: Bool) throws(Refusal) {
        for (index, line) in zip(block.indices, block) {
            if line.isIndented, !entries.isEmpty {
                let text = line.trimmingCharacters(in: .whitespaces)
                entries[entries.count - 1].value += "\n" + (text == Self.emptyLine ? "" : text)
            } else if let label = Self.label(line) {
                let nearest = Self.nearest(label)
                guard let key = HeaderKey(label) else {
                    guard wholeBlock || nearest != nil else { return }
                    throw Refusal(.unknownHeader, line: index + 1, key: label, nearest: nearest)
                }
                guard !entries.contains(where: { $0.key == key }) else { throw Refusal(.repeatedHeader, line: index + 1, key: label) }
                let value = line[line.index(line.startIndex, offsetBy: label.count)...].drop { $0.isWhitespace }.dropFirst()
                entries.append(Entry(key: key, label: label, value: value.trimmingCharacters(in: .whitespaces), line: index + 1))
            } else {
                return
            }
            end = index + 1
        }
    }

    /// A text as the continuation lines that give it back, without what stood before its lines; the first ``countLimit`` less a few.
    static func continued(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).prefix(countLimit - 20).map { line in
            "  " + (line.isBlank ? emptyLine : line.trimmingCharacters(in: .whitespaces)) + "\n"
        }.joined()
    }

    /// The known key that a misspelt one is nearly, as it is written in the documentation.
    static func nearest(_ label: String) -> String? {
        nearestName(to: label, among: HeaderKey.allNames).map { $0.prefix(1).uppercased() + $0.dropFirst() }
    }

    /// What stands before the colon, when it can be a key: at most three words, no digits or punctuation, and no address after it.
    private static func label(_ line: Substring) -> String? {
        guard !line.isIndented, let colon = line.prefix(40).firstIndex(of: ":") else { return nil }
        let label = line[..<colon].trimmingCharacters(in: .whitespaces)
        guard !label.isEmpty, label.split(separator: " ").count <= 3, label.allSatisfy({ $0.isLetter || $0 == " " || $0 == "-" }),
            !line[colon...].hasPrefix("://")
        else { return nil }
        return label
    }

    private static func leadingLines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty, lines.count < countLimit {
            let line = rest.prefix { $0 != "\n" }
            guard line.utf8.count <= lineLimit else { break }
            lines.append(line)
            rest = rest[line.endIndex...].dropFirst()
        }
        return lines
    }

    private static func dropping(_ count: Int, _ text: String) -> Substring {
        var rest = text[...]
        for _ in 0..<count {
            guard let end = rest.firstIndex(of: "\n") else { return "" }
            rest = rest[rest.index(after: end)...]
        }
        return rest
    }
}

extension Substring {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
    fileprivate var isIndented: Bool { first == " " || first == "\t" }
}
