import Core

/// What stands in `/u/<token>`: which recipient may change which publication's subscription, without a login.
///
/// 32 bytes as 43 characters of base64url: the recipient's number (8 bytes, big endian), the first 8 bytes of the SHA-256 of
/// the publication's name, and the first 16 bytes of HMAC-SHA256(installation key, "unsubscribe" ‖ 0 ‖ the 16 bytes before).
/// Nothing is stored: the same recipient and publication always have the same token, so a mail rendered again is the same, and
/// the link in a mail works for as long as the key does (RFC 8058 section 3.1 asks for a token that is hard to forge).
package struct RecipientToken: Hashable, Sendable, CustomStringConvertible {
    package let recipient: RecipientID
    /// Names the publication without its text: see ``concerns(_:)``.
    private let publication: [UInt8]
    /// The 43 characters.
    package let text: String

    package var description: String { "‹token›" }

    private static let bodyLength = 16
    private static let codeLength = 16

    /// The token of a recipient for a publication's name.
    package init(recipient: RecipientID, publication: String, key: InstallationKey) {
        let tag = Self.tag(publication)
        let body = Self.bigEndian(recipient.number) + tag
        self.recipient = recipient
        self.publication = tag
        text = base64URL(body + Self.code(body, key))
    }

    /// Reads and verifies a token, in a time that does not tell how much of it was right. `nil` when it was not made with this key.
    package init?(verifying text: String, key: InstallationKey) {
        guard text.utf8.count == 43, let bytes = base64URLBytes(text), bytes.count == Self.bodyLength + Self.codeLength else {
            return nil
        }
        let body = Array(bytes[..<Self.bodyLength])
        guard equalInConstantTime(Array(bytes[Self.bodyLength...]), Self.code(body, key)) else { return nil }
        recipient = RecipientID(Int64(bitPattern: body[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
        publication = Array(body[8...])
        self.text = text
    }

    /// Whether the token is for the publication of this name.
    package func concerns(_ publication: String) -> Bool { self.publication == Self.tag(publication) }

    /// The page where the token is used, below the web's own address: `https://nyt.koege.example/u/<token>`.
    package func link(under publicURL: LinkTarget) -> LinkTarget { publicURL.appending("/u/" + text) }

    private static func tag(_ publication: String) -> [UInt8] { Array(SHA256.digest(publication.utf8).prefix(8)) }

    private static func bigEndian(_ number: Int64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
    }

    private static func code(_ body: [UInt8], _ key: InstallationKey) -> [UInt8] {
        Array(HMACSHA256.code(key: key.bytes, Array("unsubscribe".utf8) + [0] + body).prefix(codeLength))
    }
}
