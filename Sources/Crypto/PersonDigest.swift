/// What an address is remembered by when its person has been erased: without the installation's key nobody can tell whose it was, or try
/// addresses against it.
///
/// HMAC-SHA256(installation key, "person" ‖ 0 ‖ the address in lower case), in hexadecimal.
package struct PersonDigest: Hashable, Sendable {
    package let text: String

    package init(_ address: String, key: InstallationKey) {
        text = hexadecimal(HMACSHA256.code(key: key.bytes, Array("person".utf8) + [0] + Array(address.lowercased().utf8)))
    }
}
