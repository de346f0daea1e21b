import COpenSSL

/// SHA-256 (FIPS 180-4), in one call or piece by piece, by libcrypto's EVP interface (the `SHA256_*` calls are deprecated in 3.0).
///
/// ```swift
/// var digest = SHA256()
/// while let piece = file.next() { digest.update(piece) }
/// let name = hexadecimal(digest.finish())
/// ```
package struct SHA256: ~Copyable {
    /// Bytes of a digest.
    package static let length = 32

    private let context: OpaquePointer

    package init() {
        context = required(EVP_MD_CTX_new(), "a digest context")
        _ = required(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 ? true : nil, "SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        _ = required(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 ? true : nil, "SHA-256")
    }

    /// The digest of everything so far, 32 bytes; the value is used up.
    package consuming func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.length)
        _ = required(EVP_DigestFinal_ex(context, &digest, nil) == 1 ? true : nil, "SHA-256")
        return digest
    }

    /// The digest of some bytes, 32 bytes.
    package static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }

    /// The digest of some bytes as 64 lower-case hexadecimal characters.
    package static func hexadecimalDigest(_ bytes: some Sequence<UInt8>) -> String { hexadecimal(digest(bytes)) }
}

/// libcrypto refuses these calls only when memory has run out or the machine's policy forbids SHA-256. As with Swift's own
/// allocations the process ends there: going on without a digest would sign and name things wrongly.
func required<Value>(_ value: Value?, _ what: String) -> Value {
    guard let value else { preconditionFailure("libcrypto gave no \(what)") }
    return value
}
