import Foundation

/// Bytes of a text file to text, told apart by content: UTF-8 with or without a byte order mark, UTF-16 with one, else
/// Windows-1252 as older Windows programs save. The text is in NFC, has line feeds only, and no character that a newsletter
/// must not carry (see ``cleaned(_:)``).
enum TextDecoding {
    /// What other programs' files begin with, whatever their name says.
    private static let foreign: [(prefix: [UInt8], kind: String)] = [
        ([0x7F, 0x45, 0x4C, 0x46], "ELF"), (Array("%PDF-".utf8), "PDF"), ([0x50, 0x4B, 0x03, 0x04], "ZIP"),
        ([0x50, 0x4B, 0x05, 0x06], "ZIP"),
        ([0xD0, 0xCF, 0x11, 0xE0], "DOC"), ([0x1F, 0x8B], "GZIP"), ([0x89, 0x50, 0x4E, 0x47], "PNG"), ([0xFF, 0xD8, 0xFF], "JPEG"),
        (Array("GIF8".utf8), "GIF"), (Array("{\\rtf".utf8), "RTF"), (Array("#!/".utf8), "script"), (Array("#! /".utf8), "script"),
    ]

    /// Throws a ``Refusal``: `program`, `unfinished` or `unknownEncoding`.
    static func text(_ bytes: [UInt8]) throws(Refusal) -> String {
        if let kind = foreign.first(where: { bytes.starts(with: $0.prefix) })?.kind { throw Refusal(.program, value: kind) }
        let text = cleaned(try decoded(bytes))
        return text.isPlainLatin ? text : text.precomposedStringWithCanonicalMapping
    }

    private static func decoded(_ bytes: [UInt8]) throws(Refusal) -> String {
        for (mark, encoding) in [([0xFF, 0xFE], .utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian)] as [([UInt8], String.Encoding)]
        where bytes.starts(with: mark) {
            guard bytes.count % 2 == 0, let text = String(data: Data(bytes.dropFirst(2)), encoding: encoding) else {
                throw Refusal(.unknownEncoding)
            }
            if text.hasSuffix("\0") { throw Refusal(.unfinished) }
            guard !text.contains("\0") else { throw Refusal(.program) }
            return text
        }
        if bytes.contains(0) { throw Refusal(bytes.last == 0 ? .unfinished : .program) }
        // A program without NUL bytes (a packed one, say) still has more control characters than any text.
        guard bytes.count(where: { $0 < 0x20 && !(0x08...0x0D).contains($0) && $0 != 0x1B }) * 50 <= bytes.count else {
            throw Refusal(.program)
        }
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        // The five bytes that Windows-1252 leaves undefined are not in any text.
        guard !body.contains(where: { [0x81, 0x8D, 0x8F, 0x90, 0x9D].contains($0) }),
            let text = String(data: Data(body), encoding: .windowsCP1252)
        else { throw Refusal(.unknownEncoding) }
        return text
    }

    /// Without what could disturb or deceive: control characters, the private-use characters that mark a personal slot in a
    /// rendering, noncharacters, and bidirectional overrides (CVE-2021-42574). CR and CRLF become LF, tabs stay.
    static func cleaned(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { !isPermitted($0) || isLineEnd($0) }) else { return text }
        var clean = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            if scalar == "\n", afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = scalar == "\r"
            if isLineEnd(scalar) {
                clean.append("\n")
            } else if isPermitted(scalar) {
                clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// What becomes a line feed.
    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0B...0x0D, 0x2028, 0x2029: true
        default: false
        }
    }

    private static func isPermitted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: true
        case ..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF, 0xF8F0, 0xF8F1, 0xFDD0...0xFDEF, 0xE0000...0xE007F: false
        default: scalar.value & 0xFFFE != 0xFFFE
        }
    }
}
