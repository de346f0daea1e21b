import Core
import Foundation
import TestKit
import Testing

@testable import Crypto

@Suite struct PushEncryptionTests {
    private func bytes(_ text: String) throws -> [UInt8] { try #require(base64URLBytes(text)) }

    /// RFC 5869, appendix A, cases 1 to 3.
    @Test(arguments: [
        (
            String(repeating: "0b", count: 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9", 42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
        ),
        (
            (0x00...0x4F).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(),
            (0x60...0xAF).map { String($0, radix: 16) }.joined(), (0xB0...0xFF).map { String($0, radix: 16) }.joined(), 82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"
        ),
        (
            String(repeating: "0b", count: 22), "", "", 42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
        ),
    ])
    func keysAreMadeAsRFC5869HasThem(_ secret: String, _ salt: String, _ info: String, _ length: Int, _ key: String) {
        func bytes(_ text: String) -> [UInt8] {
            stride(from: 0, to: text.count, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
        }
        #expect(hexadecimal(HKDFSHA256.key(from: bytes(secret), salt: bytes(salt), info: bytes(info), length: length)) == key)
    }

    /// RFC 8188, section 3.1.
    @Test func theContentCodingIsThatOfRFC8188() throws {
        let encoded = PushEncryption.encoded(
            Array("I am the walrus".utf8), input: try bytes("yqdlZ-tYemfogSmv7Ws5PQ"), salt: try bytes("I1BsxtFttlv3u_Oo94xnmw"), keyID: [])
        #expect(base64URL(encoded) == "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg")
    }

    /// RFC 8291, section 5 and appendix A.
    @Test func aMessageIsThatOfRFC8291() throws {
        let sender = try #require(P256PrivateKey(try bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")))
        let browser = try #require(P256PrivateKey(try bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")))
        #expect(
            base64URL(sender.publicKey.bytes)
                == "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8")
        #expect(
            base64URL(browser.publicKey.bytes)
                == "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4")
        #expect(base64URL(sender.sharedSecret(with: browser.publicKey)) == "kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs")
        let message = PushEncryption.sealed(
            Array("When I grow up, I want to be a watermelon".utf8), for: browser.publicKey, secret: try bytes("BTBZMqHH6r4Tts7J_aSIgg"),
            sender: sender, salt: try bytes("DGv6ra1nlYgDCS1FRnbzlw"))
        #expect(
            base64URL(message)
                == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
                + "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
    }

    @Test func theLongestMessageFillsWhatEveryPushServiceTakes() {
        let browser = P256PrivateKey.random()
        let longest = [UInt8](repeating: 0x61, count: PushEncryption.limit)
        #expect(PushEncryption.sealed(longest, for: browser.publicKey, secret: randomBytes(16)).count == 4_096)
    }

    /// Not on the curve, at infinity, compressed, short: whoever shared a secret with it would tell something of the key.
    @Test func aPointThatIsNoneIsRefused() throws {
        var bytes = P256PrivateKey.random().publicKey.bytes
        #expect(P256PublicKey(bytes) != nil)
        bytes[64] ^= 1
        #expect(P256PublicKey(bytes) == nil)
        #expect(P256PublicKey([0]) == nil && P256PublicKey([]) == nil && P256PublicKey([UInt8](repeating: 0, count: 65)) == nil)
        #expect(P256PublicKey([4] + [UInt8](repeating: 0, count: 64)) == nil)
        #expect(P256PublicKey([2] + bytes[1..<33]) == nil)
        #expect(P256PrivateKey([UInt8](repeating: 0, count: 32)) == nil && P256PrivateKey([1, 2]) == nil)
    }

    @Test func twoKeysShareOneSecretAndAreNeverEqual() {
        let (one, other) = (P256PrivateKey.random(), P256PrivateKey.random())
        #expect(one.sharedSecret(with: other.publicKey) == other.sharedSecret(with: one.publicKey))
        #expect(one.publicKey != other.publicKey)
        #expect(P256PrivateKey(one.bytes)?.publicKey == one.publicKey)
        #expect("\(one)" == "‹secret›" && !String(reflecting: one).contains("\(one.bytes)"))
    }

    @Test func theKeyIsMadeOnceForItsOwnerAlone() throws {
        let folder = try TemporaryFolder()
        let first = try VAPIDKey.load(orCreateIn: folder.path)
        #expect(try VAPIDKey.load(orCreateIn: folder.path).publicText == first.publicText)
        #expect(try VAPIDKey(file: VAPIDKey.fileName, relativeTo: folder.path).publicText == first.publicText)
        let path = folder.file(VAPIDKey.fileName)
        let mode = try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
        #expect(mode == 0o600)
        chmod(path, 0o644)
        #expect(throws: Fault.self) { try VAPIDKey.load(orCreateIn: folder.path) }
        try folder.write("other.key", "no key\n")
        chmod(folder.file("other.key"), 0o600)
        #expect(throws: Fault.self) { try VAPIDKey(file: "other.key", relativeTo: folder.path) }
    }

    /// As `openssl ecparam -name prime256v1 -genkey` and `openssl genpkey` write it; one of another curve is refused.
    @Test(.enabled(if: Oracle.hasProgram("/usr/bin/openssl"), "needs openssl"), arguments: ["prime256v1", "secp384r1"])
    func aKeyInPEMIsRead(_ curve: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("own.key")
        let made = try ChildProcess.run(
            "/usr/bin/openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:\(curve)", "-out", path])
        try #require(made.status == 0, "\(made.errorText)")
        chmod(path, 0o600)
        if curve == "prime256v1" {
            let key = try VAPIDKey(file: path, relativeTo: folder.path)
            #expect(base64URLBytes(key.publicText)?.count == 65)
        } else {
            #expect(throws: Fault.self) { try VAPIDKey(file: path, relativeTo: folder.path) }
        }
    }
}
