import Core
import Foundation

/// The key by which push services know this installation over all its messages (VAPID, RFC 8292).
///
/// It is made once, in `webpush.key` of the state folder, unless the settings name a file or a credential. Every subscription is bound to
/// it: with another key all of them are void until their browsers have been at the page again, so it belongs in the backup of the
/// state folder.
package struct VAPIDKey: Sendable, CustomStringConvertible, CustomReflectable {
    package static let fileName = "webpush.key"
    /// How long a token holds; a push service takes at most a day (RFC 8292, section 2).
    private static let lifetime = Span.hours(12)

    private let key: P256PrivateKey

    package var description: String { "‹secret›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    package init(_ key: P256PrivateKey) { self.key = key }

    /// The public key as browsers and push services take it: 65 bytes in base64url.
    package var publicText: String { base64URL(key.publicKey.bytes) }

    /// Reads the key in a folder, or makes it (mode 0600, on the disk before it is used). Throws a ``Fault`` when it is damaged, open to
    /// others, or cannot be written. One process owns the folder.
    package static func load(orCreateIn folder: String) throws(Fault) -> VAPIDKey {
        let path = folder + "/" + fileName
        if access(path, F_OK) != 0 && errno == ENOENT {
            try writePrivateFile(
                Array((base64URL(P256PrivateKey.random().bytes) + "\n").utf8), path, in: folder, what: "the key for Web Push")
        }
        return try VAPIDKey(Secret(file: path), path)
    }

    /// A key of the settings: a PEM file, or the private key's 32 bytes in base64url as the usual tools print it. As ``Secret`` reads it.
    package init(file: String, relativeTo folder: String) throws(Fault) {
        self = try VAPIDKey(Secret(file: file, relativeTo: folder), file)
    }

    private init(_ secret: Secret, _ path: String) throws(Fault) {
        let text = String(decoding: secret.bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let isPEM = text.hasPrefix("-----BEGIN")
        guard let key = isPEM ? P256PrivateKey(pem: secret.bytes) : base64URLBytes(text).flatMap({ P256PrivateKey($0) }) else {
            throw Fault(
                "read the key for Web Push", path, cause: "it holds no private key of the curve P-256",
                mend: "Restore it from a backup, or remove it: a new one is made, and each phone has to be switched on again.")
        }
        self.key = key
    }

    /// The value of `Authorization` for a message to a push service: scheme, host and port of it, and whom its operator may write to,
    /// a `mailto:` or `https:` address.
    package func authorization(for origin: String, contact: String, at now: Instant) -> String {
        let claims = Claims(aud: origin, exp: (now + Self.lifetime).seconds, sub: contact)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Three plain values: encoding them cannot fail.
        let body = (try? encoder.encode(claims)).map { Array($0) } ?? []
        let signed = base64URL(Array(#"{"alg":"ES256","typ":"JWT"}"#.utf8)) + "." + base64URL(body)
        return "vapid t=\(signed).\(base64URL(key.signature(of: Array(signed.utf8)))),k=\(publicText)"
    }

    private struct Claims: Encodable {
        var aud: String
        var exp: Int64
        var sub: String
    }
}
