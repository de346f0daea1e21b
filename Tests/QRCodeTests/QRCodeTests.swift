import Core
import Foundation
import QRCode
import TestKit
import Testing

@Suite struct QRCodeTests {
    static let reader = "/usr/bin/zbarimg"

    /// The code as a picture of eight pixels a module (PBM, netpbm's plain bitmap).
    private func bitmap(_ code: QRCode) throws -> [UInt8] {
        let scale = 8
        var rows = [[Bool]](repeating: [Bool](repeating: false, count: code.side), count: code.side)
        for stroke in code.path.matches(of: /M(\d+) (\d+)\.5h(\d+)/) {
            let (x, y, length) = try (#require(Int(stroke.1)), #require(Int(stroke.2)), #require(Int(stroke.3)))
            for column in x..<(x + length) { rows[y][column] = true }
        }
        let lines = rows.map { row in row.map { String(repeating: $0 ? "1" : "0", count: scale) }.joined() }
        let body = lines.flatMap { Array(repeating: $0, count: scale) }.joined(separator: "\n")
        return Array("P1\n\(code.side * scale) \(code.side * scale)\n\(body)\n".utf8)
    }

    @Test(
        .enabled(if: Oracle.hasProgram(reader), "needs zbarimg (Debian's zbar-tools)"),
        arguments: [
            "https://koege.example/cykelsti", "https://nyt.koege.example/editions/direktionens-nyhedsbrev-2026-12-01?a=1&b=2#item-41",
            "mailto:nyhedsbrev@koege.example", "https://kommune.example/bl%C3%A5b%C3%A6rgr%C3%B8d?q=%C3%A6",
            "https://x.example/" + String(repeating: "a", count: 900),
        ])
    func zbarReadsWhatWasWritten(_ text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("code.pbm", try bitmap(try QRCode(text)))
        let outcome = try ChildProcess.run(Self.reader, ["--quiet", "--raw", file])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.outputText.trimmingCharacters(in: .newlines) == text)
    }

    @Test func whatCannotBeACodeIsRefused() {
        #expect(throws: Fault.self) { try QRCode("") }
        #expect(throws: Fault.self) { try QRCode("a\u{0}b") }
        #expect(throws: Fault.self) { try QRCode("https://kommune.example/blåbærgrød") }
        #expect(throws: Fault.self) { try QRCode(String(repeating: "a", count: 3_000)) }
    }
}
