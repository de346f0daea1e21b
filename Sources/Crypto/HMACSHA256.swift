import COpenSSL

/// HMAC with SHA-256 (RFC 2104): proves that a text comes from who holds the key.
package enum HMACSHA256 {
    /// The code of a message, 32 bytes. A key of any length is accepted; fewer than 16 bytes are weak.
    package static func code(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: SHA256.length)
        // An empty array may have no address, and a null key means "the former one" to libcrypto.
        let key = key.isEmpty ? [0] : key
        _ = required(HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil), "HMAC-SHA256")
        return code
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone: for codes, tokens and passwords.
package func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}
