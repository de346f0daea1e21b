import Core
import Foundation
import TestKit
import Testing

@testable import PushEmail

@Suite("Quoted-printable")
struct QuotedPrintableTests {
    private func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        QuotedPrintable.append(text.utf8, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("Any line end becomes CRLF")
    func lineEnds() { #expect(encoded("a\nb\rc\r\nd\n\ne") == "a\r\nb\r\nc\r\nd\r\n\r\ne") }

    @Test("A dot at the start of a line and a mbox separator are encoded")
    func dots() {
        #expect(encoded(".\n..\na.\nFrom x\nFrom") == "=2E\r\n=2E.\r\na.\r\n=46rom x\r\nFrom")
        #expect(encoded(String(repeating: ".", count: 80)).components(separatedBy: "\r\n").allSatisfy { $0.hasPrefix("=2E") })
    }

    @Test("White space at the end of a line is kept")
    func trailingSpace() { #expect(encoded("a \nb\t\nc ") == "a=20\r\nb=09\r\nc=20") }

    /// FAULTS 15. The seed is in the name of the failing argument.
    @Test("Any text comes back, in lines of at most 76 characters", .enabled(if: MailOracle.isInstalled, "needs python3"), arguments: 0..<8)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let alphabet = ["a", " ", "\t", ".", "=", "æ", "😀", "\n", "From ", "x", "-", "\u{301}", "aaaaaaaaaaaaaaaaaaaaaa"]
        let text = (0..<3_000).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }.joined()
        let output = encoded(text)
        #expect(output.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 && !$0.hasPrefix(".") })
        let script = "import quopri,sys; sys.stdout.buffer.write(quopri.decodestring(sys.stdin.buffer.read()))"
        let decoded = try ChildProcess.run(Oracle.python, ["-c", script], input: Array(output.utf8))
        #expect(decoded.outputText.replacing("\r\n", with: "\n") == text)
    }

    @Test("A line of 5 MB is one text in short lines")
    func longLine() {
        let output = encoded(String(repeating: "ø", count: 2_500_000))
        #expect(output.utf8.count > 15_000_000)
        #expect(output.utf8.split(separator: 0x0A).allSatisfy { $0.count <= 77 })
    }
}

/// Vigna's SplitMix64: random numbers that a seed repeats.
struct SplitMix: RandomNumberGenerator {
    var seed: UInt64

    mutating func next() -> UInt64 {
        seed &+= 0x9E37_79B9_7F4A_7C15
        var z = seed
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
