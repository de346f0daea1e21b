import Foundation

/// Content-Transfer-Encoding (RFC 2045, section 6), forgiving: what is not of the encoding is passed over or stays.
enum TransferDecoding {
    static func decoded(_ bytes: ArraySlice<UInt8>, _ encoding: String) -> [UInt8] {
        switch encoding.lowercased().trimmingCharacters(in: .whitespaces) {
        case "quoted-printable": quotedPrintable(bytes)
        case "base64": base64(bytes)
        default: Array(bytes)
        }
    }

    /// `underscore`: as in an encoded-word, where `_` is a space (RFC 2047, section 4.2).
    static func quotedPrintable(_ bytes: ArraySlice<UInt8>, underscore: Bool = false) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            if underscore, byte == UInt8(ascii: "_") {
                decoded.append(0x20)
                continue
            }
            guard byte == UInt8(ascii: "=") else {
                decoded.append(byte)
                continue
            }
            if index + 1 < bytes.endIndex, let high = digit(bytes[index]), let low = digit(bytes[index + 1]) {
                decoded.append(high << 4 | low)
                index += 2
            } else {
                // A soft line break, perhaps with spaces that a relay added; any other sign stays as it is.
                let rest = bytes[index...].drop { $0 == 0x20 || $0 == 0x09 }
                guard let end = rest.first, end == 0x0D || end == 0x0A else {
                    if !rest.isEmpty { decoded.append(byte) }
                    continue
                }
                index = rest.startIndex + (end == 0x0D && rest.dropFirst().first == 0x0A ? 2 : 1)
            }
        }
        return decoded
    }

    static func base64(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Data(base64Encoded: Data(bytes), options: .ignoreUnknownCharacters).map { Array($0) } ?? base64Prefix(bytes)
    }

    /// What can be decoded of base 64 that was cut: whole groups of four.
    private static func base64Prefix(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = bytes.filter {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2B || $0 == 0x2F
        }
        return Data(base64Encoded: Data(digits.prefix(digits.count / 4 * 4))).map { Array($0) } ?? []
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}

/// Bytes as text: by the charset that is named where it is a common one, else UTF-8 when they are that, else Windows-1252.
enum Charset {
    static func text(_ bytes: [UInt8], _ name: String?) -> String {
        switch name?.lowercased() {
        case "iso-8859-1", "latin1", "windows-1252", "cp1252", "iso-8859-15": return western(bytes)
        case "utf-16", "utf-16le", "utf-16be":
            let encoding: String.Encoding = name?.lowercased() == "utf-16be" ? .utf16BigEndian : .utf16LittleEndian
            return String(data: Data(bytes), encoding: encoding) ?? western(bytes)
        default: return String(validating: bytes, as: UTF8.self) ?? western(bytes)
        }
    }

    private static func western(_ bytes: [UInt8]) -> String {
        String(data: Data(bytes), encoding: .windowsCP1252) ?? String(data: Data(bytes), encoding: .isoLatin1)
            ?? String(decoding: bytes, as: UTF8.self)
    }
}

/// Encoded-words in a header field (RFC 2047): `=?utf-8?Q?Frav=C3=A6r?=`.
enum EncodedWord {
    static func decoded(_ value: String) -> String {
        guard value.contains("=?") else { return value }
        var result = ""
        var rest = Substring(value)
        var wasWord = false
        while let open = rest.firstRange(of: "=?") {
            let before = rest[..<open.lowerBound]
            guard let (text, end) = word(rest[open.upperBound...]) else {
                result += rest[..<open.upperBound]
                rest = rest[open.upperBound...]
                wasWord = false
                continue
            }
            // White space between two encoded-words is no part of the text.
            if !(wasWord && before.allSatisfy(\.isWhitespace)) { result += before }
            result += text
            rest = rest[end...]
            wasWord = true
        }
        return result + rest
    }

    private static func word(_ text: Substring) -> (text: String, end: String.Index)? {
        let pieces = text.prefix(4096).split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard pieces.count == 4, pieces[3].first == "=" else { return nil }
        let bytes = Array(pieces[2].utf8)[...]
        let charset = pieces[0].split(separator: "*").first.map(String.init)
        let end = text.index(after: pieces[3].startIndex)
        switch pieces[1].lowercased() {
        case "q": return (Charset.text(TransferDecoding.quotedPrintable(bytes, underscore: true), charset), end)
        case "b": return (Charset.text(TransferDecoding.base64(bytes), charset), end)
        default: return nil
        }
    }
}
