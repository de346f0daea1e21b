import Core

/// What a form of a page carries, so that no other site can post it in its reader's name: a code of the installation's key over
/// whose page it was. Nothing is stored.
package enum FormToken {
    /// 43 characters of base64url for the holder of a session (its digest) or of a proxy's word (name and day).
    package static func text(for holder: String, key: InstallationKey) -> String {
        base64URL(HMACSHA256.code(key: key.bytes, Array("form".utf8) + [0] + Array(holder.utf8)))
    }

    /// Whether a token is the holder's, in a time that does not tell how much of it was right.
    package static func isValid(_ token: String, for holder: String, key: InstallationKey) -> Bool {
        equalInConstantTime(Array(token.utf8), Array(text(for: holder, key: key).utf8))
    }
}
