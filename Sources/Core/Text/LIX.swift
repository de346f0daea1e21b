/// LIX (Björnsson 1968): words per sentence plus the percentage of words longer than six letters.
package struct LIX: Hashable, Codable, Sendable {
    /// The customary scale; the raw value is the key of its words in the catalogue.
    package enum Level: String, CaseIterable, Hashable, Codable, Sendable {
        case lixVeryEasy, lixEasy, lixMedium, lixHard, lixVeryHard
    }

    /// Rounded to a whole number.
    package var value: Int
    package var words: Int
    package var sentences: Int

    package var level: Level {
        switch value {
        case ..<25: .lixVeryEasy
        case ..<35: .lixEasy
        case ..<45: .lixMedium
        case ..<55: .lixHard
        default: .lixVeryHard
        }
    }

    /// Abbreviations whose full stop ends no sentence, in the three languages.
    private static let abbreviations: Set<String> = [
        "bl.a", "ca", "dvs", "d.v.s", "el", "f.eks", "fx", "ift", "inkl", "jf", "kl", "m.fl", "m.m", "mio", "mv", "m.v", "nr", "osv", "pga",
        "pr", "st",
        "stk", "tlf", "e.g", "i.e", "mr", "mrs", "dr",
    ]

    /// `nil` for a text without words.
    package init?(_ document: Document) {
        var words = 0
        var long = 0
        var sentences = 0
        for line in document.plainText.unicodeScalars.split(separator: "\n") {
            var open = false
            for token in line.split(whereSeparator: \.isSpace) {
                let word = token.trimmingPunctuation
                if !word.isEmpty {
                    words += 1
                    if word.count(where: \.isLetter) > 6 { long += 1 }
                    open = true
                }
                if open, Self.endsSentence(token, word) {
                    sentences += 1
                    open = false
                }
            }
            if open { sentences += 1 }
        }
        guard words > 0 else { return nil }
        self.words = words
        self.sentences = sentences
        value = Int((Double(words) / Double(max(1, sentences)) + 100 * Double(long) / Double(words)).rounded())
    }

    private static func endsSentence(_ token: Scalars, _ word: Scalars) -> Bool {
        guard let mark = token.last(where: { !closing.contains($0) }) else { return false }
        if mark == "!" || mark == "?" || mark == "…" { return true }
        // An ordinal ("den 24. december") and an abbreviation go on.
        return mark == "." && !abbreviations.contains(String(Substring(word)).lowercased()) && !word.allSatisfy(\.isNumber)
    }

    private static let closing: Set<Unicode.Scalar> = ["\"", "'", "”", "’", "»", ")", "]"]
}

private typealias Scalars = Substring.UnicodeScalarView

extension Scalars {
    fileprivate var trimmingPunctuation: Scalars {
        var rest = self[(firstIndex { $0.isLetter || $0.isNumber } ?? endIndex)...]
        while let last = rest.last, !last.isLetter, !last.isNumber { rest.removeLast() }
        return rest
    }
}
