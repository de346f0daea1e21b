/// How long a text has to stand to be read by somebody who passes: 15 characters a second, as subtitles are timed (the Nordic guidelines
/// for subtitles take 12 to 17), and three seconds to notice that something new is there.
enum ReadingTime {
    static let charactersPerSecond = 15
    static let noticing = 3
    /// What a screen holds on to in any case, and what it never exceeds.
    static let range = 8...40

    /// In whole seconds, rounded up, within ``range``.
    static func seconds(_ text: String) -> Int { min(max(needed(text), range.lowerBound), range.upperBound) }

    /// Without the bounds.
    static func needed(_ text: String) -> Int { noticing + (text.count + charactersPerSecond - 1) / charactersPerSecond }
}

extension String {
    /// The text, or its beginning up to the last whole word before a limit in characters, with an ellipsis within the limit.
    func limited(to limit: Int?) -> String {
        guard let limit, count > limit else { return self }
        let beginning = prefix(max(1, limit - 1))
        let cut = beginning.lastIndex { $0.isWhitespace } ?? beginning.endIndex
        // A single long word is cut where it must be.
        let kept = beginning.distance(from: beginning.startIndex, to: cut) * 2 > limit ? beginning[..<cut] : beginning
        return kept.reversed().drop { $0.isWhitespace || ",;:–-".contains($0) }.reversed().map(String.init).joined() + "…"
    }
}
