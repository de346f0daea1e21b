import Core

extension InstallationKey {
    /// What stands in the log in place of a mail address: 16 hexadecimal digits that are the same for the same address in any case, and from
    /// which nobody without the installation's key can tell it. `deliveries` shows it beside the address.
    package func recipientDigest(_ address: EmailAddress) -> String {
        let code = HMACSHA256.code(key: bytes, Array("log".utf8) + [0] + Array(address.key.utf8))
        return hexadecimal(code.prefix(8))
    }
}
