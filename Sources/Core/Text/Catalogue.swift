/// What a person reads, by key and language: the one place for texts that are not a manager's own.
///
/// The shipped catalogue is `Templates/Strings/<language>.strings`, in the same syntax as the configuration: sections of
/// `Key=text`. A text has places written `{name}`. A key is `section.key`. Danish is what a missing text falls back to;
/// a test holds that all three languages have the same keys and places.
package struct Catalogue: Sendable {
    private let texts: [Language: [String: String]]

    package init(_ texts: [Language: [String: String]]) { self.texts = texts }

    /// Reads one language's file. Throws ``SettingsProblems`` with file and line.
    package static func entries(_ file: SectionFile) -> [String: String] {
        var entries: [String: String] = [:]
        for section in file.sections {
            for entry in section.entries { entries["\(section.heading).\(entry.key)"] = entry.value }
        }
        return entries
    }

    package func text(_ key: String, _ language: Language, _ places: [String: String] = [:]) -> String {
        let text = texts[language]?[key] ?? texts[.da]?[key] ?? key
        return places.isEmpty ? text : Self.filled(text, places)
    }

    package func keys(_ language: Language) -> [String] { texts[language].map { $0.keys.sorted() } ?? [] }

    /// All texts of one section in one language, by key: what a template sees as `{{strings.key}}`.
    package func section(_ name: String, _ language: Language) -> [String: String] {
        var section: [String: String] = [:]
        for source in [texts[.da], texts[language]].compactMap({ $0 }) {
            for (key, text) in source where key.hasPrefix(name + ".") { section[String(key.dropFirst(name.count + 1))] = text }
        }
        return section
    }

    /// A text with its places filled; one that nothing was given for stays as it is written.
    package static func filled(_ text: String, _ places: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            result += places[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
