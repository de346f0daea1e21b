import COpenSSL
import Core
import Foundation

/// A password as it is kept: scrypt (RFC 7914) by libcrypto, with its parameters and salt, so that they can be raised later without
/// making the old ones worthless.
///
/// `scrypt$15$8$1$<salt>$<key>`: the logarithm of N, then r, p, salt and key in base 64. One check takes 32 MiB and some 80 ms.
package struct PasswordHash: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package let text: String
    private let logN: Int
    private let r: Int
    private let p: Int
    private let salt: [UInt8]
    private let key: [UInt8]

    package var description: String { "‹password›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// The shortest password that is taken, in characters (NIST SP 800-63B asks for 8 at least).
    package static let shortest = 12
    /// The longest, in bytes.
    package static let longest = 1_024
    private static let keyLength = 32

    /// Makes the hash of a new password with a fresh salt. Throws a ``Fault`` when it is too short or too long.
    package init(of password: String) throws(Fault) {
        guard password.count >= Self.shortest, password.utf8.count <= Self.longest else {
            throw Fault(
                "take", "the password", cause: "it has \(password.count) characters",
                mend: "Choose one of at least \(Self.shortest) characters; a sentence is good.")
        }
        let salt = randomBytes(16)
        (logN, r, p) = (15, 8, 1)
        self.salt = salt
        key = Self.derived(password, salt, logN: 15, r: 8, p: 1)
        text = "scrypt$15$8$1$\(base64(salt))$\(base64(key))"
    }

    /// Reads what ``text`` wrote; `nil` for anything else, and for parameters that would take more than 256 MiB.
    package init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "scrypt", let logN = Int(parts[1]), let r = Int(parts[2]), let p = Int(parts[3]),
            (1...20).contains(logN), (1...32).contains(r), (1...16).contains(p), (128 * r) << logN <= 256 << 20,
            let salt = base64Bytes(parts[4]), let key = base64Bytes(parts[5]), key.count == Self.keyLength
        else { return nil }
        self.text = text
        (self.logN, self.r, self.p, self.salt, self.key) = (logN, r, p, salt, key)
    }

    /// Whether this is the password. Takes the same time for a wrong one.
    package func verifies(_ password: String) -> Bool {
        guard password.utf8.count <= Self.longest else { return false }
        return equalInConstantTime(Self.derived(password, salt, logN: logN, r: r, p: p), key)
    }

    /// Verifies against nothing: as long as a real check, so that a name that is unknown answers no sooner than one that is known.
    package static func verifyNothing(_ password: String) {
        _ = derived(String(password.prefix(longest)), [UInt8](repeating: 0, count: 16), logN: 15, r: 8, p: 1)
    }

    /// Passwords are compared in NFC: the same letters typed on a Mac and on Windows.
    private static func derived(_ password: String, _ salt: [UInt8], logN: Int, r: Int, p: Int) -> [UInt8] {
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        var key = [UInt8](repeating: 0, count: keyLength)
        let done = bytes.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { password in
                EVP_PBE_scrypt(
                    password.baseAddress, password.count, salt, salt.count, UInt64(1) << UInt64(logN), UInt64(r), UInt64(p), 300 << 20,
                    &key, key.count)
            }
        }
        _ = required(done == 1 ? true : nil, "scrypt")
        return key
    }
}
