/// HKDF with SHA-256 (RFC 5869): makes keys from what two parties share.
package enum HKDFSHA256 {
    /// The longest output, in bytes (section 2.3).
    package static let limit = 255 * SHA256.length

    /// `length` bytes from a secret, a salt and what the bytes are for. More than ``limit`` is a mistake of the program.
    package static func key(from secret: [UInt8], salt: [UInt8], info: [UInt8], length: Int) -> [UInt8] {
        precondition((0...limit).contains(length), "HKDF gives at most \(limit) bytes")
        let pseudorandom = HMACSHA256.code(key: salt, secret)
        var output: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 0
        while output.count < length {
            number += 1
            block = HMACSHA256.code(key: pseudorandom, block + info + [number])
            output += block
        }
        return Array(output.prefix(length))
    }
}
