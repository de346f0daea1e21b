import Core
import Foundation
import Testing

@testable import Crypto

@Suite struct RecipientTokenTests {
    private let key = InstallationKey([UInt8](repeating: 7, count: 32))

    @Test func verifiesWhatItMade() throws {
        let key = try #require(key)
        for number in [0, 1, 42, Int64.max, -1] {
            let token = RecipientToken(recipient: RecipientID(number), publication: "direktionens-nyhedsbrev", key: key)
            #expect(token.text.utf8.count == 43)
            #expect(token.text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
            let read = try #require(RecipientToken(verifying: token.text, key: key))
            #expect(read == token)
            #expect(read.recipient == RecipientID(number))
            #expect(read.concerns("direktionens-nyhedsbrev"))
            #expect(!read.concerns("med-nyt"))
        }
    }

    /// The form is part of every mail that is out: it may not change. Checked against Python's hmac, hashlib and base64.
    @Test func keepsItsForm() throws {
        let token = RecipientToken(recipient: RecipientID(42), publication: "med-nyt", key: try #require(key))
        #expect(token.text == "AAAAAAAAACoSJ919q2pQrm_kvgR6o1I_lmuE98--NFc")
    }

    @Test func itsLinkIsBelowTheWeb() throws {
        let token = RecipientToken(recipient: RecipientID(42), publication: "med-nyt", key: try #require(key))
        for base in ["https://nyt.koege.example", "https://nyt.koege.example/"] {
            #expect(token.link(under: try #require(LinkTarget(base))).address == "https://nyt.koege.example/u/\(token.text)")
        }
    }

    @Test func refusesEveryChangedCharacter() throws {
        let key = try #require(key)
        let text = RecipientToken(recipient: RecipientID(42), publication: "med-nyt", key: key).text
        for index in text.indices {
            let other: Character = text[index] == "A" ? "B" : "A"
            #expect(RecipientToken(verifying: text.replacingCharacters(in: index...index, with: String(other)), key: key) == nil)
        }
        for wrong in ["", "x", text + "A", text + "=", String(text.dropLast()), " " + text.dropFirst(), "\0" + text.dropFirst()] {
            #expect(RecipientToken(verifying: wrong, key: key) == nil)
        }
    }

    @Test func refusesAnotherInstallationsToken() throws {
        let other = try #require(InstallationKey(randomBytes(32)))
        let token = RecipientToken(recipient: RecipientID(1), publication: "med-nyt", key: other)
        #expect(RecipientToken(verifying: token.text, key: try #require(key)) == nil)
    }
}

@Suite struct InstallationKeyTests {
    private func temporaryFolder() throws -> String {
        let folder = NSTemporaryDirectory() + "/budstikke-key-" + hexadecimal(randomBytes(8))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test func isMadeOnceAndKept() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let key = try InstallationKey.load(orCreateIn: folder)
        var status = stat()
        #expect(stat(folder + "/token.key", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600 && status.st_size == 32)
        #expect(try InstallationKey.load(orCreateIn: folder).bytes == key.bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["token.key"])
        #expect("\(key)" == "‹secret›")
    }

    @Test func refusesADamagedOrOpenKey() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/token.key"
        for length in [0, 31, 33] {
            try Data(randomBytes(length)).write(to: URL(fileURLWithPath: path))
            #expect(chmod(path, 0o600) == 0)
            #expect(throws: Fault.self) { try InstallationKey.load(orCreateIn: folder) }
        }
        try Data(randomBytes(32)).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, 0o644) == 0)
        #expect(throws: Fault.self) { try InstallationKey.load(orCreateIn: folder) }
        #expect(throws: Fault.self) { try InstallationKey.load(orCreateIn: folder + "/missing") }
    }

    /// A crash between write and rename leaves the fresh file: it is made again.
    @Test func survivesACrashWhileItWasMade() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data([1]).write(to: URL(fileURLWithPath: folder + "/token.key.new"))
        #expect(try InstallationKey.load(orCreateIn: folder).bytes.count == 32)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["token.key"])
    }
}
