import Core

/// A text cut to a length in characters, at the end of a sentence or else of a word.
func excerpt(_ text: String, limit: Int) -> String {
    var whole = ""
    var length = 0
    var sentences: (text: String, length: Int) = ("", 0)
    for word in text.unicodeScalars.split(whereSeparator: \.isSpace).lazy.map(Substring.init) {
        let count = word.count
        guard length + count < limit else {
            if sentences.length * 3 >= limit { return sentences.text }
            return whole.isEmpty ? word.prefix(limit - 1) + "…" : whole + "…"
        }
        length += count + (whole.isEmpty ? 0 : 1)
        whole += (whole.isEmpty ? "" : " ") + word
        if let last = word.last, ".!?".contains(last) { sentences = (whole, length) }
    }
    return whole
}
