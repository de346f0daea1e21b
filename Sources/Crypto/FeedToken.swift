import Core

/// What stands before a private feed's name in its addresses: `/feeds/<token>/<feed>.rss`. Players cannot log in, so that who knows the address
/// may read the feed.
///
/// 22 characters of base64url: the first 16 bytes of HMAC-SHA256(installation key, "feed" ‖ 0 ‖ version (8 bytes, big endian) ‖ the feed's
/// name). Nothing is stored: the address stays the same for as long as the key and the version do, and a new version ends an address that
/// has leaked.
package struct FeedToken: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The 22 characters.
    package let text: String

    package var description: String { "‹token›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static let length = 16

    package init(feed: String, version: Int, key: InstallationKey) {
        let number = UInt64(bitPattern: Int64(version))
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        text = base64URL(
            Array(HMACSHA256.code(key: key.bytes, Array("feed".utf8) + [0] + bytes + Array(feed.utf8)).prefix(Self.length)))
    }

    /// Whether a text is this token, in a time that does not tell how much of it was right.
    package func matches(_ text: String) -> Bool { equalInConstantTime(Array(self.text.utf8), Array(text.utf8)) }
}
