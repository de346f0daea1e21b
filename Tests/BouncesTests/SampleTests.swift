import Core
import Foundation
import TestKit
import Testing

@testable import Bounces

/// Reports written from the descriptions of their formats, each with what is to be concluded from it.
@Suite struct SampleTests {
    struct Expected: Sendable, CustomTestStringConvertible {
        var file: String
        var verdict: BounceVerdict
        var address: String
        var status: String
        var testDescription: String { file }
    }

    static let folder = Oracle.root + "/Tests/BouncesTests/Samples"

    static let all: [Expected] = {
        let table = (try? String(contentsOfFile: folder + "/expected.tsv", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            return Expected(file: cells[0], verdict: BounceVerdict(rawValue: cells[1]) ?? .none, address: cells[2], status: cells[3])
        }
    }()

    static func bytes(_ file: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))) }

    @Test func thereAreAtLeastSixty() { #expect(Self.all.count >= 60) }

    @Test(arguments: all) func isClassifiedRightly(_ expected: Expected) throws {
        let found = ReportReader.read(try Self.bytes(expected.file)).conclusion
        #expect(found.verdict == expected.verdict, "\(found)")
        #expect(found.address == expected.address)
        #expect(found.status == expected.status)
        #expect(!found.reason.isEmpty && !found.reason.contains("\t") && !found.reason.contains("\n"))
    }

    /// The same mail with the other line ends says the same.
    @Test(arguments: all) func isClassifiedTheSameWithCRLF(_ expected: Expected) throws {
        let text = try Self.bytes(expected.file).filter { $0 != 0x0D }
        let crlf = text.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }
        #expect(ReportReader.read(crlf).conclusion == ReportReader.read(text).conclusion)
    }

    @Test func allRecipientsOfAReportAreThere() throws {
        let report = ReportReader.read(try Self.bytes("08-postfix-several.eml"))
        #expect(report.findings.map(\.verdict) == [.soft, .hard])
        #expect(report.receivedFor == ["bounce+4f-2-abcdefghijklmnop@koege.example"])
    }
}

/// Mails that nobody would write: no input is an error, and none takes long.
@Suite struct HostileReportTests {
    @Test func mutatedReportsDoNoHarm() throws {
        var random = SeededRandom(printedFor: "mutatedReportsDoNoHarm")
        let samples = try SampleTests.all.map { try SampleTests.bytes($0.file) }
        for round in 0..<3_000 {
            var bytes = samples[round % samples.count]
            for _ in 0..<Int.random(in: 1...12, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...200, using: &random)))
                case 2: bytes.insert(contentsOf: Array(bytes[at...].prefix(Int.random(in: 1...400, using: &random))), at: at)
                case 3: bytes = Array(bytes[..<at])
                default: bytes.insert(contentsOf: [0x0D, 0x0A, 0x2D, 0x2D, 0x3D, 0x3F, 0x22, 0x3B].shuffled(using: &random), at: at)
                }
            }
            for finding in ReportReader.read(bytes).findings {
                #expect(!finding.address.contains("\t") && !finding.status.contains("\t") && !finding.reason.contains("\t"))
                #expect(finding.reason.count <= BounceFinding.longestReason)
            }
        }
    }

    /// Mails of one shape, of so many sixty-fourths of a size that no bound on it lets through whole.
    static let shapes: [(name: String, text: @Sendable (_ parts: Int) -> String)] = [
        ("nested", { (0..<($0 * 78)).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined() }),
        ("same boundary", { "Content-Type: multipart/report; boundary=b\n\n" + String(repeating: "--b\n", count: $0 * 3_125) }),
        ("long line", { "From: MAILER-DAEMON@x.example\n\n" + String(repeating: "550 5.1.1 ", count: $0 * 3_125) }),
        ("long header", { "Subject: " + String(repeating: "=?utf-8?Q?", count: $0 * 3_125) + "\n\n" }),
        ("many fields", { String(repeating: "A: b\n", count: $0 * 4_687) }),
        ("brackets", { "From: postmaster@x.example\nContent-Type: text/html\n\n" + String(repeating: "<", count: $0 * 15_625) }),
        ("style", { "From: postmaster@x.example\nContent-Type: text/html\n\n" + String(repeating: "<style>", count: $0 * 3_125) }),
        ("ats", { "From: postmaster@x.example\n\ndelivery failed " + String(repeating: "@", count: $0 * 15_625) }),
        (
            "recipients",
            {
                "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
                    + String(repeating: "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n\n", count: $0 * 312)
            }
        ),
        ("dots", { "From: postmaster@x.example\n\n" + String(repeating: "1.", count: $0 * 7_812) }),
        ("quotes", { "Content-Type: a/b; " + String(repeating: "\"\\", count: $0 * 4_687) + "\n\n" }),
    ]

    /// Four times the mail takes at most about four times as long, below the bounds and above them; sixteen times would be quadratic.
    @Test(arguments: shapes.map(\.name)) func pathologicalMailsTakeAMoment(_ name: String) throws {
        let shape = try #require(Self.shapes.first { $0.name == name })
        let times = [1, 4, 16, 64].map { parts in
            let mail = Array(shape.text(parts).utf8)
            return (0..<5).map { _ in processorTime { _ = ReportReader.read(mail) } }.min() ?? 0
        }
        for (less, more) in zip(times, times.dropFirst()) { #expect(more < less * 9, "\(times)") }
    }
}
