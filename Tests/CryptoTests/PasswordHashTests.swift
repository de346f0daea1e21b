import Core
import Testing

@testable import Crypto

@Suite struct PasswordHashTests {
    /// RFC 7914, section 12: scrypt("password", "NaCl", N=1024, r=8, p=16), its first 32 bytes.
    @Test func agreesWithTheRFC() throws {
        let key = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { UInt8(key.dropFirst($0).prefix(2), radix: 16) }
        let hash = try #require(PasswordHash(text: "scrypt$10$8$16$\(base64(Array("NaCl".utf8)))$\(base64(bytes))"))
        #expect(hash.verifies("password"))
        #expect(!hash.verifies("Password"))
    }

    @Test func isReadBackWithItsParameters() throws {
        let hash = try PasswordHash(of: "en lang adgangskode på dansk")
        let again = try #require(PasswordHash(text: hash.text))
        #expect(again.verifies("en lang adgangskode på dansk"))
        // The same letters as another machine composes them.
        #expect(again.verifies("en lang adgangskode pa\u{30A} dansk"))
        #expect(!again.verifies("en lang adgangskode paa dansk") && !again.verifies(""))
        #expect(hash.text.hasPrefix("scrypt$15$8$1$") && "\(hash)" == "‹password›")
        #expect(try PasswordHash(of: "en lang adgangskode på dansk").text != hash.text)
    }

    @Test(arguments: ["", "elleve tegn", String(repeating: "x", count: 1_025)])
    func refusesWhatIsTooShortOrTooLong(_ password: String) {
        #expect(throws: Fault.self) { try PasswordHash(of: password) }
    }

    /// A hash that was tampered with must not make the service allocate without end.
    @Test(arguments: ["", "scrypt$", "scrypt$30$8$1$AAAA$AAAA", "scrypt$20$32$1$AAAA$AAAA", "plain$15$8$1$AAAA$AAAA"])
    func refusesWhatItDidNotWrite(_ text: String) { #expect(PasswordHash(text: text) == nil) }

    @Test func aFormTokenIsItsHoldersAlone() throws {
        let key = try #require(InstallationKey([UInt8](repeating: 7, count: 32)))
        let token = FormToken.text(for: "a", key: key)
        #expect(FormToken.isValid(token, for: "a", key: key))
        #expect(!FormToken.isValid(token, for: "b", key: key) && !FormToken.isValid("", for: "a", key: key))
    }
}
