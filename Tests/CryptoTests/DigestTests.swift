import Testing

@testable import Crypto

@Suite struct DigestTests {
    /// The examples of FIPS 180-4 (NIST's SHA256.pdf), and the empty message.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func agreesWithFIPS(_ message: String, _ digest: String) {
        #expect(SHA256.hexadecimalDigest(message.utf8) == digest)
    }

    @Test func aMillionLettersPieceByPiece() {
        var digest = SHA256()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 997)
        for _ in 0..<1003 { digest.update(piece) }
        digest.update(piece[..<9])
        #expect(hexadecimal(digest.finish()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    /// RFC 4231, cases 1, 2, 3, 4, 6 and 7.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func agreesWithRFC4231(_ key: [UInt8], _ message: [UInt8], _ code: String) {
        #expect(hexadecimal(HMACSHA256.code(key: key, message)) == code)
    }

    /// An empty key is padded with zeros, which is what one zero byte is padded to.
    @Test func emptyKeyAndMessage() {
        #expect(
            hexadecimal(HMACSHA256.code(key: [], [])) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func comparesWholeStrings() {
        #expect(equalInConstantTime([], []))
        #expect(equalInConstantTime([1, 2], [1, 2]))
        #expect(!equalInConstantTime([1, 2], [1, 3]))
        #expect(!equalInConstantTime([1, 2], [1, 2, 3]))
    }

    /// RFC 4648, section 10.
    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64AgreesWithRFC4648(_ text: String, _ encoded: String) {
        #expect(base64(Array(text.utf8)) == encoded)
        #expect(base64Bytes(encoded) == Array(text.utf8))
    }

    @Test func base64ForAddresses() {
        #expect(base64URL([0xfb, 0xff, 0xfe]) == "-__-")
        #expect(base64URLBytes("-__-") == [0xfb, 0xff, 0xfe])
        // Not canonical (stray bits), padded, or of the other alphabet.
        for wrong in ["Zh", "Zg==", "+//+", "Z", "Zg\n", "ø"] { #expect(base64URLBytes(wrong) == nil) }
        for count in 0..<70 {
            let bytes = randomBytes(count)
            #expect(base64URLBytes(base64URL(bytes)) == bytes)
        }
    }

    @Test func randomBytesDiffer() {
        #expect(randomBytes(32).count == 32)
        #expect(Set((0..<100).map { _ in randomBytes(16) }).count == 100)
    }
}
