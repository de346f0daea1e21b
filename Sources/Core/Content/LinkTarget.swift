import Foundation

/// An address that a reader may be sent to: `http`, `https`, `mailto` or `tel`, without control characters or spaces.
///
/// Everything else (`javascript:`, `data:`, `file:`, relative paths) is not a link target; the link's text remains.
package struct LinkTarget: Hashable, Codable, Sendable, CustomStringConvertible {
    package let address: String

    package static let schemes: Set<String> = ["http", "https", "mailto", "tel"]
    /// The longest address that is accepted, in bytes.
    package static let limit = 2_048

    /// `nil` when the address has another scheme, no host (http, https), or a character that RFC 3986 does not permit and
    /// that cannot be percent-encoded unambiguously.
    package init?(_ raw: String) {
        let trimmed = raw.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !trimmed.isEmpty, trimmed.utf8.count <= Self.limit,
            !trimmed.unicodeScalars.contains(where: { $0.value < 0x21 || $0.value == 0x7F }),
            let colon = trimmed.firstIndex(of: ":")
        else { return nil }
        let scheme = trimmed[..<colon].lowercased()
        let rest = trimmed[trimmed.index(after: colon)...]
        guard Self.schemes.contains(scheme) else { return nil }
        if scheme.hasPrefix("http") {
            guard rest.hasPrefix("//"), let first = rest.dropFirst(2).first, !"/?#".contains(first) else { return nil }
        } else if rest.isEmpty {
            return nil
        }
        address = scheme + ":" + Self.percentEncoded(rest)
    }

    private init(address: String) { self.address = address }

    /// The address of a page below this one, which must have neither query nor fragment; `path` begins with a slash.
    package func appending(_ path: String) -> LinkTarget {
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        return LinkTarget(address: base + Self.percentEncoded(path[...]))
    }

    package init(from decoder: Decoder) throws {
        let raw = try decoder.singleValueContainer().decode(String.self)
        guard let target = LinkTarget(raw) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a link target"))
        }
        self = target
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(address)
    }

    package var description: String { address }

    /// Percent-encodes what may not stand in a URI (RFC 3986, section 2): non-ASCII, quotes, angle brackets, braces.
    private static func percentEncoded(_ text: Substring) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x80..., UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
                UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            default:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return encoded
    }
}
