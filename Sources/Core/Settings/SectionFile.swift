import Foundation

/// A file in the syntax of systemd.syntax(7): `[Section name]`, `Key=value`, `#` and `;` comments, a backslash at the end of a
/// line continues it.
///
/// This type knows the syntax only; which sections and keys there are is the business of who reads it. A repeated key stands
/// several times in ``Section/entries``; an empty value clears what came before it (see ``Section/values(_:)``).
package struct SectionFile: Sendable {
    package struct Entry: Hashable, Sendable {
        package var key: String
        package var value: String
        package var place: Place
    }

    package struct Section: Hashable, Sendable {
        /// The whole heading: `Source Teknik og Miljø`.
        package var heading: String
        package var place: Place
        package var entries: [Entry]

        /// The heading's first word: `Source`.
        package var kind: String { String(heading.prefix { $0 != " " }) }
        /// What follows the first word: `Teknik og Miljø`; empty when there is nothing.
        package var name: String { heading.drop { $0 != " " }.trimmingCharacters(in: .whitespaces) }

        package init(heading: String, place: Place, entries: [Entry] = []) {
            self.heading = heading
            self.place = place
            self.entries = entries
        }

        /// The entries of a key that are in force: those after the last empty one.
        package func values(_ key: String) -> [Entry] {
            entries.reduce(into: []) { found, entry in
                guard entry.key == key else { return }
                if entry.value.isEmpty { found.removeAll() } else { found.append(entry) }
            }
        }
    }

    package private(set) var sections: [Section] = []
    package private(set) var problems: [SettingsProblem] = []

    /// Reads a text; what cannot be read is in ``problems``, the rest is kept.
    package init(text: String, file: String) {
        var continued: (text: String, line: Int)?
        for (index, raw) in text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = String(raw)
            if index == 0, line.hasPrefix("\u{FEFF}") { line.removeFirst() }
            let trimmed = line.trimmingCharacters(in: .whitespaces)
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            let start = continued?.line ?? index + 1
            let whole = (continued?.text ?? "") + trimmed
            if whole.hasSuffix("\\") {
                continued = (whole.dropLast().trimmingCharacters(in: .whitespaces) + " ", start)
                continue
            }
            continued = nil
            if !whole.isEmpty { read(whole, Place(file: file, line: start)) }
        }
        if let continued { read(continued.text, Place(file: file, line: continued.line)) }
    }

    /// Reads a file as UTF-8. Throws a ``Fault`` when it cannot be opened; a file in another encoding is one problem.
    package init(path: String) throws(Fault) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault(
                "read", path, cause: "the file does not exist or may not be read",
                mend: "Create it, or give the service's user the right to read it.")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            self.init(text: "", file: path)
            problems.append(.init(Place(file: path, line: 1), cause: "the file is not UTF-8", mend: "Save it as UTF-8."))
            return
        }
        self.init(text: text, file: path)
    }

    private mutating func read(_ line: String, _ place: Place) {
        // No value may carry one into a header, a path or a log (a tab counts as a space).
        if line.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) {
            problems.append(.init(place, cause: "the line has a control character", mend: "Type the line again."))
            return
        }

        if line.hasPrefix("[") {
            guard line.hasSuffix("]"), line.count > 2 else {
                let cause = line == "[]" ? "the section heading is empty" : "the section heading \(line) has no closing bracket"
                problems.append(.init(place, cause: cause, mend: "Write [Section name]."))
                return
            }
            sections.append(Section(heading: line.dropFirst().dropLast().trimmingCharacters(in: .whitespaces), place: place))
            return
        }
        guard let equals = line.firstIndex(of: "="), equals != line.startIndex else {
            problems.append(
                .init(
                    place, cause: "‘\(line)’ is not a Key=value line",
                    mend: "Write Key=value, or start the line with # to make it a comment."))
            return
        }
        guard !sections.isEmpty else {
            problems.append(.init(place, cause: "a key stands before the first section", mend: "Put a [Section] line above it."))
            return
        }
        let key = line[..<equals].trimmingCharacters(in: .whitespaces)
        let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        sections[sections.count - 1].entries.append(Entry(key: key, value: value, place: place))
    }
}

/// A line of a settings file.
package struct Place: Hashable, Codable, Sendable, CustomStringConvertible {
    package var file: String
    package var line: Int?
    package var key: String?

    package init(file: String, line: Int? = nil, key: String? = nil) {
        self.file = file
        self.line = line
        self.key = key
    }

    /// The same place, with the key that is meant.
    package func with(key: String) -> Place { Place(file: file, line: line, key: key) }

    package var description: String { file + (line.map { ":\($0)" } ?? "") + (key.map { " \($0)" } ?? "") }
}

/// One thing that is wrong with a settings file, a template or a folder: where, what, and how to mend it.
package struct SettingsProblem: Hashable, Codable, Sendable, CustomStringConvertible {
    package var place: Place
    package var cause: String
    package var mend: String

    package init(_ place: Place, cause: String, mend: String) {
        self.place = place
        self.cause = cause
        self.mend = mend
    }

    package var description: String { "\(place): \(cause). \(mend)" }
}

/// Everything that is wrong with the settings, in one list; thrown together, so that one look mends all.
package struct SettingsProblems: Error, Sendable, CustomStringConvertible {
    package var problems: [SettingsProblem]

    package init(_ problems: [SettingsProblem]) { self.problems = problems }
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
