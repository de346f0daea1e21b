import Core
import Crypto

/// The `Message-ID` of an edition's mail to one recipient: the same at every attempt, so that a receiver can drop the one
/// duplicate that SMTP cannot exclude (a reply lost after the final dot).
///
/// `edition-slug.recipient-number.fingerprint@domain`. The fingerprint covers the address, so that a ledger that was begun
/// anew, with other people under the same numbers, does not repeat an identifier.
package struct MessageIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// Without the angle brackets.
    package let text: String
    /// What stands before the `@`: also the envelope identifier (ENVID of RFC 3461).
    package var localPart: String { String(decoding: text.utf8.prefix { $0 != UInt8(ascii: "@") }, as: UTF8.self) }

    package init(edition slug: String, recipient: RecipientID, address: EmailAddress, domain: String) {
        let fingerprint = SHA256.hexadecimalDigest(Array("\(slug)\n\(address)".utf8)).prefix(12)
        let tail = ".\(recipient).\(fingerprint)@\(domain)"
        // The line `Message-ID: <…>` cannot be folded within: the slug is cut so that it has at most 78 characters; the fingerprint
        // covers all of it.
        let room = max(8, 78 - "Message-ID: <>".utf8.count - tail.utf8.count)
        text = String(decoding: atom(slug).utf8.prefix(room), as: UTF8.self) + tail
    }

    package var description: String { text }
}

/// A name as one atom of RFC 5322: letters, digits and hyphens; what is none of these is a hyphen.
func atom(_ name: String) -> String {
    let replaced = String(
        decoding: name.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: byte
            default: 0x2D
            }
        }, as: UTF8.self)
    return replaced.isEmpty ? "x" : replaced
}
