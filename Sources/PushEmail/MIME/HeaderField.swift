/// One header field of a mail: text that people wrote is encoded (RFC 2047) and lines are folded (RFC 5322, section 2.2.3).
///
/// A line with an encoded-word is at most 76 characters (RFC 2047, section 2), others at most 78 where there is a place to fold.
/// Control characters never come through: a run of them and of spaces is one space.
struct HeaderField {
    /// What a text may hold without being encoded.
    enum Grammar {
        /// A display name: atoms and spaces. Everything else, the comma first of all, would end the name.
        case phrase
        /// `Subject`. The comma is encoded here too: some gateways split on it.
        case unstructured
    }

    /// The longest line, without its CRLF.
    static let width = 76
    /// The most characters of a person's text that a field carries; the rest is cut off with an ellipsis.
    static let longestText = 300

    private static let opening = Array("=?UTF-8?Q?".utf8)

    private(set) var bytes: [UInt8]
    private var column: Int

    init(_ name: StaticString) {
        bytes = name.withUTF8Buffer { Array($0) } + [0x3A, 0x20]
        column = bytes.count
    }

    /// The field with its CRLF.
    var line: [UInt8] { bytes + [0x0D, 0x0A] }

    /// The whole field for a text that people wrote.
    static func text(_ name: StaticString, _ text: String) -> [UInt8] {
        var field = HeaderField(name)
        field.append(text, .unstructured)
        return field.line
    }

    /// The whole field for a list of tokens that are ASCII by construction; folded between them.
    static func tokens(_ name: StaticString, _ tokens: [String]) -> [UInt8] {
        var field = HeaderField(name)
        for token in tokens { field.append(token: token.utf8) }
        return field.line
    }

    /// The whole field for `Name <address>`, or the bare address.
    static func mailbox(_ name: StaticString, _ displayName: String?, _ address: String) -> [UInt8] {
        var field = HeaderField(name)
        if let displayName { field.append(displayName, .phrase) }
        field.append(token: (field.isEmpty ? address : "<\(address)>").utf8)
        return field.line
    }

    /// Whether nothing stands yet behind the field's name.
    private var isEmpty: Bool { bytes.last == 0x20 }

    /// Appends what must stay in one piece, on a new line when this one is too short for it. The first one stays beside the
    /// field's name: some readers take the white space of a fold there as a part of the value.
    mutating func append(token: some Collection<UInt8>) {
        if !isEmpty { separate(token.count) }
        bytes += token
        column += token.count
    }

    /// Appends what people wrote: as it is where the grammar permits, else as encoded-words.
    mutating func append(_ text: String, _ grammar: Grammar) {
        let scalars = Self.cleaned(text)
        guard !scalars.isEmpty else { return }
        let plain = scalars.allSatisfy { $0 == " " || grammar.permits($0) }
        let words = scalars.split(separator: " ")
        guard plain, words.allSatisfy({ $0.count < Self.width - 1 }) else { return appendEncoded(scalars) }
        for word in words { append(token: word.map { UInt8(truncatingIfNeeded: $0.value) }) }
    }

    private mutating func separate(_ count: Int) {
        if column + 1 + count > Self.width {
            fold()
        } else {
            bytes.append(0x20)
            column += 1
        }
    }

    private mutating func fold() {
        bytes += [0x0D, 0x0A, 0x20]
        column = 1
    }

    /// Encoded-words of at most 75 characters that never split a character (RFC 2047, section 5).
    private mutating func appendEncoded(_ scalars: [Unicode.Scalar]) {
        let closing = Array("?=".utf8)
        if !isEmpty { fold() }
        bytes += Self.opening
        column += Self.opening.count
        for scalar in scalars {
            let encoded = Self.encoded(scalar)
            if column + encoded.count + closing.count > Self.width {
                bytes += closing
                fold()
                bytes += Self.opening
                column += Self.opening.count
            }
            bytes += encoded
            column += encoded.count
        }
        bytes += closing
        column += closing.count
    }

    private static func encoded(_ scalar: Unicode.Scalar) -> [UInt8] {
        if scalar == " " { return [UInt8(ascii: "_")] }
        if isAlphanumeric(scalar) { return [UInt8(truncatingIfNeeded: scalar.value)] }
        var bytes: [UInt8] = []
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { QuotedPrintable.appendEscape(byte, to: &bytes) }
        return bytes
    }

    /// The text's characters: runs of spaces, control characters and line separators as one space, none at the ends.
    private static func cleaned(_ text: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        var pending = false
        for scalar in text.unicodeScalars {
            if scalar == " " || scalar.isControl || !scalar.isASCII && scalar.properties.isWhitespace {
                pending = !scalars.isEmpty
                continue
            }
            if scalars.count >= longestText { return scalars + ["…"] }
            if pending { scalars.append(" ") }
            scalars.append(scalar)
            pending = false
        }
        return scalars
    }

    fileprivate static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}

extension HeaderField.Grammar {
    /// Whether a character other than the space may stand as it is. Neither grammar permits `=`, with which an encoded-word begins.
    fileprivate func permits(_ scalar: Unicode.Scalar) -> Bool {
        if HeaderField.isAlphanumeric(scalar) { return true }
        switch self {
        case .phrase: return "!#$%&'*+-/^_`{|}~".unicodeScalars.contains(scalar)
        case .unstructured: return (0x21...0x7E).contains(scalar.value) && scalar != "=" && scalar != ","
        }
    }
}
