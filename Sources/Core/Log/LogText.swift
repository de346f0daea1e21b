/// What of a text may stand in a line of the log.
///
/// Line breaks and other control characters are replaced, for with them the name of a file could forge a line. Personal numbers are masked
/// always, and mail addresses unless the log is one for finding faults: relays repeat the recipient in their replies, and people write
/// addresses into the names of files.
struct LogText {
    var showsAddresses = false

    func line(_ text: String) -> String {
        let single = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    scalar == "\n" ? "¦" : scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar
                }))
        let numberless = PersonalNumber.masked(single)
        return showsAddresses ? numberless : Self.addressesMasked(numberless)
    }

    /// Each word with an `@` between other characters becomes `‹address›`; the brackets and marks around it stay.
    private static func addressesMasked(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return text }
        var (masked, word) = ("", "")
        func flush() {
            let parts = word.split(separator: "@", omittingEmptySubsequences: false)
            masked += parts.count > 1 && parts.allSatisfy { !$0.isEmpty } ? "‹address›" : word
            word = ""
        }
        for character in text {
            if character.isWhitespace || "<>()[]{}\"'‘’“”«»,;:¦".contains(character) {
                flush()
                masked.append(character)
            } else {
                word.append(character)
            }
        }
        flush()
        return masked
    }
}
