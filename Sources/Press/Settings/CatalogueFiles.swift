import Core

extension Catalogue {
    /// Reads `Templates/Strings/<language>.strings` of every language given; `texts` are the files' contents. Throws
    /// ``SettingsProblems`` for what is not a catalogue, for a key that a translation lacks or has too many, and for places
    /// that differ from the Danish ones.
    package init(texts: [Language: String], folder: String = "Templates/Strings") throws(SettingsProblems) {
        var problems: [SettingsProblem] = []
        var read: [Language: [String: String]] = [:]
        for language in Language.allCases {
            let path = "\(folder)/\(language).strings"
            guard let text = texts[language] else {
                problems.append(.init(Place(file: path), cause: "the file is missing", mend: "Copy the shipped one back."))
                continue
            }
            let file = SectionFile(text: text, file: path)
            problems += file.problems
            read[language] = Catalogue.entries(file)
        }
        for (language, entries) in read.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where language != .da {
            problems += Self.differences(entries, from: read[.da] ?? [:], in: "\(folder)/\(language).strings")
        }
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        self.init(read)
    }

    private static func differences(_ entries: [String: String], from danish: [String: String], in path: String) -> [SettingsProblem] {
        Set(entries.keys).union(danish.keys).sorted().compactMap { key in
            let place = Place(file: path, key: key)
            guard let text = entries[key] else { return .init(place, cause: "the text is missing", mend: "Translate it from Danish.") }
            guard let original = danish[key] else { return .init(place, cause: "Danish has no such text", mend: "Remove it.") }
            if places(text) == places(original) { return nil }
            return .init(place, cause: "its places differ from the Danish text's", mend: "Use \(places(original).sorted()) and no other.")
        }
    }

    /// The names in braces.
    private static func places(_ text: String) -> Set<String> {
        Set(
            text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
                let name = part.prefix { $0.isASCII && $0.isLetter }
                return name.isEmpty || !part[name.endIndex...].hasPrefix("}") ? nil : String(name)
            })
    }
}
