import Core

/// What stands behind the delimiter of the return path: for whom and for which edition a mail was (VERP), so that a report is
/// known to be one of ours whatever it says itself.
///
/// `<recipient>-<edition>-<code>`: the numbers to base 36 (edition 0 for none, no ledger counts from 0), the first 10 bytes of HMAC-SHA256(installation key, "return" ‖ 0 ‖
/// "recipient-edition") as 16 letters of base 32. All in lower case, and read in any case: mail systems may change it. Without
/// the key nobody can make a report that counts against somebody else.
package struct ReturnPathToken: Hashable, Sendable {
    package let recipient: RecipientID
    /// `nil` for a notice of the service itself.
    package let edition: EditionID?

    package init(recipient: RecipientID, edition: EditionID?) {
        self.recipient = recipient
        self.edition = edition
    }

    private static let codeBytes = 10
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// The return path with the token in it; `nil` when its local part would be longer than 64 characters (RFC 5321, section 4.5.3.1.1).
    package func address(under base: EmailAddress, delimiter: String, key: InstallationKey) -> EmailAddress? {
        EmailAddress("\(base.localPart)\(delimiter)\(text(key))@\(base.domain)")
    }

    func text(_ key: InstallationKey) -> String {
        let numbers = String(recipient.number, radix: 36) + "-" + String(edition?.number ?? 0, radix: 36)
        return numbers + "-" + Self.code(numbers, key)
    }

    /// Reads and verifies the token of an address that a report came to. `nil` when the address is not the return path's or the
    /// token was not made with this key.
    package init?(verifying address: String, under base: EmailAddress, delimiter: String, key: InstallationKey) {
        let address = address.lowercased()
        guard let at = address.lastIndex(of: "@"), address[address.index(after: at)...] == base.domain.lowercased() else { return nil }
        let prefix = base.localPart.lowercased() + delimiter.lowercased()
        guard address.hasPrefix(prefix), address[..<at].utf8.count > prefix.utf8.count else { return nil }
        let parts = address[..<at].dropFirst(prefix.count).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let recipient = Int64(parts[0], radix: 36), let edition = Int64(parts[1], radix: 36) else { return nil }
        let code = Self.code("\(parts[0])-\(parts[1])", key)
        guard equalInConstantTime(Array(parts[2].utf8), Array(code.utf8)) else { return nil }
        self.init(recipient: RecipientID(recipient), edition: edition == 0 ? nil : EditionID(edition))
    }

    private static func code(_ numbers: String, _ key: InstallationKey) -> String {
        let bytes = HMACSHA256.code(key: key.bytes, Array("return".utf8) + [0] + Array(numbers.utf8)).prefix(codeBytes)
        var letters: [UInt8] = []
        letters.reserveCapacity(16)
        var (bits, count) = (UInt32(0), UInt32(0))
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5 {
                count -= 5
                letters.append(Self.letters[Int(bits >> count & 31)])
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
