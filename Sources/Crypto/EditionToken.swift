import Core

/// What stands behind the name of an edition that goes ahead of another: `/editions/<edition>/<token>`. Its readers have it from their mail; it
/// is the same for all of them, so that nobody is tracked.
///
/// 22 characters of base64url: the first 16 bytes of HMAC-SHA256(installation key, "edition" ‖ 0 ‖ the edition's slug). Nothing is stored.
package struct EditionToken: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The 22 characters.
    package let text: String

    package var description: String { "‹token›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    private static let length = 16

    package init(slug: String, key: InstallationKey) {
        text = base64URL(Array(HMACSHA256.code(key: key.bytes, Array("edition".utf8) + [0] + Array(slug.utf8)).prefix(Self.length)))
    }

    /// Whether a text is this token, in a time that does not tell how much of it was right.
    package func matches(_ text: String) -> Bool { equalInConstantTime(Array(self.text.utf8), Array(text.utf8)) }
}
