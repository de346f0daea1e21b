import Core
import Crypto

/// The keys that an endpoint's posts are signed with (Standard Webhooks, "Signature scheme"): `whsec_` and base 64 of 24 to 64
/// bytes. Several, one a line, while a key is being exchanged: each signs, the receiver needs to know one.
package struct WebhookSecret: Sendable, CustomStringConvertible {
    private let keys: [[UInt8]]

    private static let prefix = "whsec_"
    private static let lengths = 24...64

    package var description: String { "‹secret›" }

    /// Reads the keys in an endpoint's secret file. Throws a ``Fault`` that names the file and what is wrong with it.
    package init(_ secret: Secret, file: String) throws(Fault) {
        let lines = String(decoding: secret.bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        var keys: [[UInt8]] = []
        for line in lines {
            guard line.hasPrefix(Self.prefix), let key = base64Bytes(String(line.dropFirst(Self.prefix.count))),
                Self.lengths.contains(key.count)
            else {
                throw Fault(
                    "read the secret", file, cause: "it is not ‘whsec_’ with base 64 of 24 to 64 bytes behind it",
                    mend: "Take the receiver's, or make one: printf 'whsec_%s\\n' \"$(head -c 32 /dev/urandom | base64 -w0)\".")
            }
            keys.append(key)
        }
        self.keys = keys
    }

    /// The value of `webhook-signature` for a post: `v1,<base 64>` for each key, separated by spaces.
    package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        return keys.map { "v1," + base64(HMACSHA256.code(key: $0, signed)) }.joined(separator: " ")
    }
}
