import Foundation
import Testing

@testable import Intake

@Suite struct DecodingTests {
    private let text = "Blåbærgrød på Øen – ‘nu’"

    @Test func tellsTheEncodingByContent() throws {
        let utf8 = Array(text.utf8)
        let utf16LE: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let utf16BE: [UInt8] = [0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let windows = try #require(text.data(using: .windowsCP1252))
        for bytes in [utf8, [0xEF, 0xBB, 0xBF] + utf8, utf16LE, utf16BE, Array(windows)] {
            #expect(try TextDecoding.text(bytes) == text)
        }
    }

    @Test(arguments: [
        "\u{7F}ELF\u{1}\u{1}", "%PDF-1.7\n", "PK\u{3}\u{4}rest", "{\\rtf1\\ansi", "#!/bin/sh\nrm -rf /", "MZ\u{0}\u{1}x", "a\u{0}b",
        "\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}",
    ])
    func refusesAProgramUnderATextsName(_ content: String) {
        #expect(throws: Refusal.self) { try TextDecoding.text(Array(content.utf8)) }
    }

    @Test func zerosAtTheEndAreAFileThatIsNotWhole() {
        #expect(throws: Refusal(.unfinished)) { try TextDecoding.text(Array("Halv".utf8) + [0, 0, 0]) }
    }

    @Test func undefinedBytesAreNoText() {
        #expect(throws: Refusal(.unknownEncoding)) { try TextDecoding.text([0x41, 0xE6, 0x81, 0x41]) }
    }

    @Test func takesAwayWhatDeceives() throws {
        let raw = "a\u{202E}b\u{F8F0}name\u{F8F1}\u{FEFF}c\u{1B}[31md\r\ne\rf\u{85}"
        #expect(try TextDecoding.text(Array(raw.utf8)) == "abnamec[31md\ne\nf")
    }

    @Test func decomposedLettersBecomeOne() throws {
        #expect(try TextDecoding.text(Array("A\u{30A}".utf8)).unicodeScalars.map(\.value) == [0xC5])
    }
}
