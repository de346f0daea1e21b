import COpenSSL
import Core

/// A point of the curve P-256 (FIPS 186-5), as Web Push hands it over: 65 bytes, uncompressed (SEC 1, section 2.3.3).
package struct P256PublicKey: Hashable, Sendable {
    package static let length = 65

    package let bytes: [UInt8]

    /// `nil` for anything but an uncompressed point that lies on the curve: whoever shares a secret with any other would give the key away.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, bytes[0] == 4, let key = Self.native(bytes) else { return nil }
        EVP_PKEY_free(key)
        self.bytes = bytes
    }

    fileprivate init(known bytes: [UInt8]) { self.bytes = bytes }

    /// SubjectPublicKeyInfo of a P-256 key up to the point (RFC 5480, section 2).
    private static let head: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01,
        0x07, 0x03, 0x42, 0x00,
    ]

    fileprivate static func native(_ bytes: [UInt8]) -> OpaquePointer? {
        let encoded = head + bytes
        return encoded.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            let key = d2i_PUBKEY(nil, &start, buffer.count)
            if key == nil { ERR_clear_error() }
            return key
        }
    }
}

/// A private key of the curve P-256. It shows itself to no log, no error and no debugger's dump.
package struct P256PrivateKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package static let length = 32

    /// The scalar, big endian.
    package let bytes: [UInt8]
    package let publicKey: P256PublicKey

    package var description: String { "‹secret›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// A fresh key.
    package static func random() -> P256PrivateKey {
        let key = required(budstikke_p256_key(), "P-256 key")
        defer { EVP_PKEY_free(key) }
        return required(P256PrivateKey(key), "P-256 key")
    }

    /// A key from its scalar, 32 bytes; `nil` when it is none.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, let key = Self.native(bytes) else { return nil }
        defer { EVP_PKEY_free(key) }
        self.init(key)
    }

    /// The private key of a PEM file without a password; `nil` when there is none, or it is of another kind.
    package init?(pem: [UInt8]) {
        guard let file = BIO_new_mem_buf(pem, Int32(clamping: pem.count)) else { return nil }
        defer { BIO_free(file) }
        guard let key = PEM_read_bio_PrivateKey(file, nil, refusePassword, nil) else {
            ERR_clear_error()
            return nil
        }
        defer { EVP_PKEY_free(key) }
        self.init(key)
    }

    private init?(_ key: OpaquePointer) {
        defer { ERR_clear_error() }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1,
            String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) == "prime256v1"
        else { return nil }
        var scalar: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, "priv", &scalar) == 1, let scalar else { return nil }
        defer { BN_clear_free(scalar) }
        var bytes = [UInt8](repeating: 0, count: Self.length)
        guard BN_is_zero(scalar) == 0, BN_bn2binpad(scalar, &bytes, Int32(bytes.count)) == bytes.count else { return nil }
        var encoded: UnsafeMutablePointer<UInt8>?
        let count = EVP_PKEY_get1_encoded_public_key(key, &encoded)
        guard let encoded else { return nil }
        defer { CRYPTO_free(encoded, #file, #line) }
        let point = Array(UnsafeBufferPointer(start: encoded, count: count))
        guard point.count == P256PublicKey.length, point[0] == 4 else { return nil }
        self.bytes = bytes
        publicKey = P256PublicKey(known: point)
    }

    /// ECPrivateKey (RFC 5915) without the point, which libcrypto computes.
    private static func native(_ scalar: [UInt8]) -> OpaquePointer? {
        let encoded: [UInt8] =
            [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20] + scalar
            + [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
        return encoded.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            let key = d2i_PrivateKey(EVP_PKEY_EC, nil, &start, buffer.count)
            if key == nil { ERR_clear_error() }
            return key
        }
    }

    /// What only the holders of one of the two private keys know: the x coordinate, 32 bytes (ECDH, SP 800-56A).
    package func sharedSecret(with other: P256PublicKey) -> [UInt8] {
        let own = required(Self.native(bytes), "P-256 key")
        defer { EVP_PKEY_free(own) }
        let peer = required(P256PublicKey.native(other.bytes), "P-256 key")
        defer { EVP_PKEY_free(peer) }
        let context = required(EVP_PKEY_CTX_new(own, nil), "a key context")
        defer { EVP_PKEY_CTX_free(context) }
        var secret = [UInt8](repeating: 0, count: 32)
        var length = secret.count
        let done =
            EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, peer) == 1
            && EVP_PKEY_derive(context, &secret, &length) == 1 && length == secret.count
        _ = required(done ? true : nil, "ECDH")
        return secret
    }

    /// ECDSA over the SHA-256 of a message, as JWS' ES256 has it: r and s, 32 bytes each (RFC 7518, section 3.4).
    package func signature(of message: [UInt8]) -> [UInt8] {
        let own = required(Self.native(bytes), "P-256 key")
        defer { EVP_PKEY_free(own) }
        let context = required(EVP_MD_CTX_new(), "a digest context")
        defer { EVP_MD_CTX_free(context) }
        var encoded = [UInt8](repeating: 0, count: 128)
        var length = encoded.count
        let done =
            EVP_DigestSignInit(context, nil, EVP_sha256(), nil, own) == 1
            && EVP_DigestSign(context, &encoded, &length, message, message.count) == 1
        _ = required(done ? true : nil, "ECDSA")
        // DER says it in another way (RFC 3279, section 2.2.3).
        let pair = encoded.withUnsafeBufferPointer { buffer in
            var start = buffer.baseAddress
            return d2i_ECDSA_SIG(nil, &start, length)
        }
        let parts = required(pair, "ECDSA")
        defer { ECDSA_SIG_free(parts) }
        var signature = [UInt8](repeating: 0, count: 64)
        signature.withUnsafeMutableBufferPointer { buffer in
            _ = BN_bn2binpad(ECDSA_SIG_get0_r(parts), buffer.baseAddress, 32)
            _ = BN_bn2binpad(ECDSA_SIG_get0_s(parts), buffer.baseAddress?.advanced(by: 32), 32)
        }
        return signature
    }
}

/// In place of a question on the terminal.
private let refusePassword: @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 = { _, _, _, _ in
    -1
}
