/// A text cut to a length, at the end of a sentence or else of a word.
func excerpt(_ text: String, limit: Int) -> String {
    let words = text.split(whereSeparator: \.isWhitespace)
    var whole = ""
    var sentences = ""
    for word in words {
        guard whole.count + word.count < limit else {
            if sentences.count * 3 >= limit { return sentences }
            return whole.isEmpty ? word.prefix(limit - 1) + "…" : whole + "…"
        }
        whole += (whole.isEmpty ? "" : " ") + word
        if let last = word.last, ".!?".contains(last) { sentences = whole }
    }
    return whole
}
