import Core

/// The header fields with which a mail program shows its "unsubscribe" button.
enum Unsubscribe {
    /// The longest address that a header line holds (RFC 5322, section 2.1.1: 998 characters) beside its brackets.
    private static let longest = 900

    /// `List-Unsubscribe` (RFC 2369) with the web address before the mail address, and `List-Unsubscribe-Post` (RFC 8058) when
    /// the web address is https: section 3.1 permits one-click for nothing less.
    static func lines(_ preferences: LinkTarget, _ mailbox: EmailAddress) -> [UInt8] {
        let mail = "<mailto:\(replaced(replaced(mailbox.text, "%", "%25"), "?", "%3F"))?subject=unsubscribe>"
        let fits = preferences.address.utf8.count <= longest && preferences.address.hasPrefix("http")
        // A comma within an address would separate two of them.
        let web = replaced(preferences.address, ",", "%2C")
        guard fits else { return HeaderField.tokens("List-Unsubscribe", [mail]) }
        let list = HeaderField.tokens("List-Unsubscribe", ["<\(web)>,", mail])
        guard web.hasPrefix("https:") else { return list }
        return list + HeaderField.tokens("List-Unsubscribe-Post", ["List-Unsubscribe=One-Click"])
    }

    /// Searching a text for another one costs a tenth of a mail; the ASCII characters meant here are seldom there.
    private static func replaced(_ text: String, _ character: Unicode.Scalar, _ replacement: String) -> String {
        text.utf8.contains(UInt8(ascii: character)) ? text.replacing(String(character), with: replacement) : text
    }
}
