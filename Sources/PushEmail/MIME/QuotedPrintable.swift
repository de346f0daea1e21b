/// Quoted-printable (RFC 2045, section 6.7) for text: lines of at most 76 characters, CRLF between lines.
///
/// Any line end (CR, LF, CRLF) becomes CRLF. A dot or `From ` at the start of a line is encoded, so what comes out needs no
/// dot-stuffing in SMTP (RFC 5321, section 4.5.2) and is not altered by a mbox writer. Control characters other than the tab
/// have no meaning in a text and are left out.
package enum QuotedPrintable {
    /// The most characters before a soft line break's `=`.
    static let width = 75
    static let softBreak: [UInt8] = [0x3D, 0x0D, 0x0A]

    /// Appends the encoding of `text`, which begins at the start of a line. Returns whether the output ended in the middle of a
    /// line: what follows then needs a soft or a hard line break first.
    @discardableResult
    package static func append(_ text: some Collection<UInt8>, to output: inout [UInt8]) -> Bool {
        var column = 0
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            let following = text.index(after: index)
            let next = following < text.endIndex ? text[following] : nil
            if byte == 0x0D || byte == 0x0A {
                output.append(0x0D)
                output.append(0x0A)
                column = 0
                index = byte == 0x0D && next == 0x0A ? text.index(after: following) : following
                continue
            }
            if byte < 0x20 && byte != 0x09 || byte == 0x7F {
                index = following
                continue
            }
            var literal = isLiteral(byte, next)
            if column + (literal ? 1 : 3) > width {
                output += softBreak
                column = 0
            }
            if column == 0, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F") && text[index...].starts(with: "From ".utf8) {
                literal = false
            }
            if literal {
                output.append(byte)
                column += 1
            } else {
                appendEscape(byte, to: &output)
                column += 3
            }
            index = following
        }
        return column > 0
    }

    static func appendEscape(_ byte: UInt8, to output: inout [UInt8]) {
        output.append(0x3D)
        output.append(hexadecimal(byte >> 4))
        output.append(hexadecimal(byte & 0xF))
    }

    private static func hexadecimal(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x37 + nibble }

    /// White space at the end of a line is lost on the way, so there it is escaped (rule 3 of the section).
    private static func isLiteral(_ byte: UInt8, _ next: UInt8?) -> Bool {
        switch byte {
        case 0x20, 0x09: next.map { $0 >= 0x20 } ?? false
        case 0x3D: false
        default: (0x21...0x7E).contains(byte)
        }
    }
}
