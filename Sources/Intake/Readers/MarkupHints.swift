import Core

/// What somebody means who writes in a browser's text field: most write plain text, a paste from Word becomes Markdown.
package enum MarkupHints {
    /// Whether a text has marks that only Markdown knows: headings, bold, links, tables, lists within lists.
    static func isMarkdown(_ text: String) -> Bool {
        let lines = text.split(whereSeparator: \.isNewline)
        return text.contains("](") || text.firstMatch(of: /\*\*\S[^\n]*?\*\*/) != nil
            || text.firstMatch(of: /(^|\s)\*[^\s*][^*\n]*\*($|[\s.,;:!?)])/) != nil
            || lines.contains { line in
                line.prefixMatch(of: /#{1,6} +\S/) != nil || line.prefixMatch(of: /\|?\s*:?-{3,}:?\s*\|/) != nil
                    || line.prefixMatch(of: /\s{2,}([-*+]|\d{1,3}\.) \S/) != nil
            }
    }

    /// "24. december" begins a sentence; to Markdown it would begin a list.
    package static func keepingDates(_ text: String) -> String {
        guard text.contains(". ") else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard let found = line.prefixMatch(of: /( {0,3}\d{1,2})\. +(\p{L}+)/), DateReader.isMonth(found.2) else { return String(line) }
            return String(found.1) + "\\" + line[found.1.endIndex...]
        }.joined(separator: "\n")
    }
}
