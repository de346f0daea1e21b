import Foundation

/// A mail address that may stand in an SMTP command and a header as it is: `dot-atom@domain` in ASCII (RFC 5321, section 4.1.2),
/// at most 254 bytes, the local part at most 64.
///
/// Quoted local parts, address literals, comments and control characters are refused: nothing that a person has as a work
/// address needs them, and each has been used to smuggle commands.
package struct EmailAddress: Hashable, Codable, Sendable, CustomStringConvertible {
    package let text: String

    package init?(_ raw: String) {
        let bytes = Array(raw.utf8)
        guard bytes.count <= 254, let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
        let local = bytes[..<at]
        let domain = bytes[(at + 1)...]
        guard (1...64).contains(local.count), Self.isDotAtom(local), Self.isDomain(domain) else { return nil }
        text = String(decoding: local, as: UTF8.self) + "@" + String(decoding: domain, as: UTF8.self).lowercased()
    }

    package var localPart: Substring { text[..<(text.lastIndex(of: "@") ?? text.endIndex)] }
    package var domain: Substring { text[(text.lastIndex(of: "@").map(text.index(after:)) ?? text.startIndex)...] }
    package var description: String { text }
    /// In small letters: what two spellings of one address have in common.
    package var key: String {
        let small = text.lowercased()
        // The same storage where there is nothing to change, as nearly always.
        return small == text ? text : small
    }

    package init(from decoder: Decoder) throws {
        let raw = try decoder.singleValueContainer().decode(String.self)
        guard let address = EmailAddress(raw) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a mail address"))
        }
        self = address
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isDotAtom(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
        }
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count) && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        }
    }
}

extension EmailAddress {
    /// The first address in a text that people wrote, such as "Mette Jensen (mette@koege.example)", and where it stands.
    package static func first(in text: String) -> (address: EmailAddress, range: Range<String.Index>)? {
        let marks: Set<Character> = ["<", ">", "(", ")", "[", "]", ",", ";", ":"]
        for word in text.split(whereSeparator: \.isWhitespace) {
            let bare = word.drop { marks.contains($0) }
            let trimmed = bare.prefix { !marks.contains($0) }
            if let address = EmailAddress(String(trimmed)) { return (address, trimmed.startIndex..<trimmed.endIndex) }
        }
        return nil
    }
}

/// A mail address with the name that is shown beside it, as `Name <address>`.
package struct Mailbox: Hashable, Codable, Sendable {
    package var name: String?
    package var address: EmailAddress

    package init(name: String?, address: EmailAddress) {
        self.name = name
        self.address = address
    }

    /// Reads `Direktionens nyhedsbrev <nyhedsbrev@koege.example>` or a bare address; `nil` when the address is not one or the
    /// name has a control character.
    package init?(_ raw: String) {
        let text = raw.trimmingCharacters(in: .whitespaces)
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return nil }
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(text) else { return nil }
            self.init(name: nil, address: address)
            return
        }
        guard let address = EmailAddress(String(text[text.index(after: open)...].dropLast())) else { return nil }
        let name = text[..<open].trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["\""])
        self.init(name: name.isEmpty ? nil : name, address: address)
    }
}
