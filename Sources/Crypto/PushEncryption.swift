/// Message encryption for Web Push (RFC 8291): what a push service carries and only the browser can read.
package enum PushEncryption {
    /// The longest text, in bytes: with header, delimiter and tag it fills the 4,096 bytes that every push service takes (section 4).
    package static let limit = 3_993
    /// Bytes of the secret that a subscription's browser has made.
    package static let secretLength = 16
    private static let recordSize: UInt32 = 4_096

    /// The body of a push message to the browser that holds the private part of `receiver`, in the content coding `aes128gcm`
    /// (RFC 8188): salt, record size and the sender's key of this one message, then one record. More than ``limit`` is a mistake of the program.
    package static func sealed(_ text: [UInt8], for receiver: P256PublicKey, secret: [UInt8]) -> [UInt8] {
        sealed(text, for: receiver, secret: secret, sender: .random(), salt: randomBytes(16))
    }

    /// For the vectors of the RFC: a sender's key and a salt are used for one message only.
    static func sealed(
        _ text: [UInt8], for receiver: P256PublicKey, secret: [UInt8], sender: P256PrivateKey, salt: [UInt8]
    ) -> [UInt8] {
        precondition(text.count <= limit, "a push message has at most \(limit) bytes")
        // RFC 8291, section 3.4.
        let info = Array("WebPush: info".utf8) + [0] + receiver.bytes + sender.publicKey.bytes
        let input = HKDFSHA256.key(from: sender.sharedSecret(with: receiver), salt: secret, info: info, length: 32)
        return encoded(text, input: input, salt: salt, keyID: sender.publicKey.bytes)
    }

    /// The content coding itself (RFC 8188, section 2) with a single record.
    static func encoded(_ text: [UInt8], input: [UInt8], salt: [UInt8], keyID: [UInt8]) -> [UInt8] {
        let key = HKDFSHA256.key(
            from: input, salt: salt, info: Array("Content-Encoding: aes128gcm".utf8) + [0], length: AES128GCM.keyLength)
        let nonce = HKDFSHA256.key(
            from: input, salt: salt, info: Array("Content-Encoding: nonce".utf8) + [0], length: AES128GCM.nonceLength)
        let size = (0..<4).map { UInt8(truncatingIfNeeded: recordSize >> (24 - 8 * $0)) }
        // 2 says that the record is the last; the first record's nonce is the nonce itself, for its number is 0.
        return salt + size + [UInt8(keyID.count)] + keyID + AES128GCM.sealed(text + [2], key: key, nonce: nonce)
    }
}
