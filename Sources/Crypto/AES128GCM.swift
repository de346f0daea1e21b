import COpenSSL

/// AES-128 in Galois/Counter Mode (NIST SP 800-38D) by libcrypto's EVP interface.
enum AES128GCM {
    static let keyLength = 16
    static let nonceLength = 12
    /// Bytes that prove the rest, behind it.
    static let tagLength = 16

    /// The encrypted bytes with their tag behind them. A nonce is used once with a key.
    static func sealed(_ bytes: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(key.count == keyLength && nonce.count == nonceLength, "AES-128-GCM takes 16 bytes of key and 12 of nonce")
        let context = required(EVP_CIPHER_CTX_new(), "a cipher context")
        defer { EVP_CIPHER_CTX_free(context) }
        func done(_ result: Int32) { _ = required(result == 1 ? true : nil, "AES-128-GCM") }
        done(EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), nil, key, nonce))
        var output = [UInt8](repeating: 0, count: bytes.count + tagLength)
        var written: Int32 = 0
        var rest: Int32 = 0
        output.withUnsafeMutableBufferPointer { output in
            done(EVP_EncryptUpdate(context, output.baseAddress, &written, bytes, Int32(bytes.count)))
            done(EVP_EncryptFinal_ex(context, output.baseAddress?.advanced(by: Int(written)), &rest))
        }
        var tag = [UInt8](repeating: 0, count: tagLength)
        done(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag))
        output.replaceSubrange(bytes.count..., with: tag)
        return output
    }
}
