import Core
import Foundation
import TestKit
import Testing

/// `doctor` on the real binary: what is well, and each thing that is not, with its mend.
@Suite struct DoctorTests {
    private struct Line {
        var subject: String
        var verdict: String
        var finding: String
        var mend: String?
    }

    private func doctor(_ house: Installation, _ words: String...) throws -> (status: Int32, lines: [Line], text: String) {
        let outcome = try Installation.run(["doctor", "--json", "--config", house.configuration] + words)
        let found = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[String: Any]], "\(outcome.errorText)")
        let lines = found.map {
            Line(
                subject: $0["subject"] as? String ?? "", verdict: $0["verdict"] as? String ?? "", finding: $0["finding"] as? String ?? "",
                mend: $0["mend"] as? String)
        }
        return (outcome.status, lines, outcome.outputText)
    }

    @Test func aGoodInstallationIsWell() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        #expect(try eventually { try house.hasPeople() })
        #expect(try eventually { ((try house.json("status") as? [String: Any])?["coming"] as? [Any])?.isEmpty == false })
        #expect(try house.command("backup", house.folder.file("sikker.sqlite")).status == 0)
        let (status, lines, text) = try doctor(house)
        #expect(status == 0 && !lines.contains { $0.verdict == "problem" }, "\(text)")
        for subject in [
            "configuration", "state", "service", "ledger", "disk", "alarms", "employees", "backup", "relay outbox", "last edition",
        ] {
            #expect(lines.contains { $0.subject == subject && $0.verdict == "good" }, "\(subject) in \(text)")
        }
        #expect(lines.contains { $0.subject.hasPrefix("schedule ") && $0.verdict == "good" })
        #expect(lines.allSatisfy { ($0.verdict == "good") == ($0.mend == nil) }, "what is not good has its mend: \(text)")
        let people = try house.command("doctor")
        #expect(people.status == 0 && people.outputText.hasSuffix("This installation is well.\n"))
        daemon.terminate()
    }

    @Test func whatIsWrongIsNamedWithItsMend() throws {
        let house = try Installation { text in
            text.replacing("[Relay outbox]\nDirectory=outbox", with: "[Relay ude]\nURL=smtp://127.0.0.1:9\nStartTLS=none")
                + "\n[Endpoint intranet]\nURL=http://127.0.0.1:9/hook\nSecretFile=intranet.secret\nAllowPrivate=yes\n"
        }
        try house.write("intranet.secret", "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0\n")
        #expect(chmod(house.path + "/intranet.secret", 0o600) == 0)
        let daemon = try Daemon(house)
        try house.write("drop/Ukendt/x.txt", "x\n")
        #expect(try eventually { try house.alarms().contains("drop-stray") })
        let (status, lines, text) = try doctor(house)
        #expect(status == 1)
        for subject in ["relay ude", "endpoint intranet", "alarm drop-stray"] {
            #expect(
                lines.contains { $0.subject == subject && $0.verdict == "problem" && $0.mend?.isEmpty == false }, "\(subject) in \(text)")
        }
        daemon.terminate()
        // Without the service, with rights that are too wide and a secret that others may read.
        let state = house.path + "/state"
        #expect(chmod(state, 0o755) == 0 && chmod(house.path + "/intranet.secret", 0o644) == 0)
        let open = try doctor(house)
        #expect(open.status == 1)
        #expect(
            open.lines.contains { $0.subject == "state" && $0.verdict == "problem" && $0.mend?.hasSuffix("/house/state") == true },
            "\(open.text)")
        #expect(open.lines.contains { $0.subject == "configuration" && $0.mend?.hasPrefix("chmod 600") == true }, "\(open.text)")
        #expect(chmod(house.path + "/intranet.secret", 0o600) == 0)
        let stopped = try doctor(house)
        #expect(stopped.lines.contains { $0.subject == "service" && $0.verdict == "problem" }, "\(stopped.text)")
        #expect(stopped.lines.contains { $0.subject == "ledger" && $0.verdict == "good" })
    }

    /// Against a name server of the test's own.
    @Test func theSendersNamesAreLookedAt() throws {
        let house = try Installation { $0.replacing("@eksempel.example>", with: "@koege.dk>") }
        let spf = "v=spf1 include:relay.example -all"
        let key = "v=DKIM1; k=rsa; p=" + String(repeating: "A", count: 400)
        let good = try ScriptedNameServer([
            "koege.dk MX": ["mail.koege.dk"], "koege.dk TXT": ["noget andet", spf], "_dmarc.koege.dk TXT": ["v=DMARC1; p=none"],
            "s1._domainkey.koege.dk TXT": [key],
        ])
        let found = try doctor(house, "--resolver", "127.0.0.1:\(good.port)", "--selector", "s1").lines
        for (subject, words) in [("sender domain", "mail.koege.dk"), ("SPF", spf), ("DKIM", "s1._domainkey"), ("DMARC", "p=none")] {
            #expect(found.contains { $0.subject == subject && $0.verdict == "good" && $0.finding.contains(words) }, "\(subject): \(found)")
        }
        let bad = try ScriptedNameServer([
            "koege.dk TXT": [spf, "v=spf1 +all"], "s1._domainkey.koege.dk TXT": ["v=DKIM1; p="],
        ])
        let wrong = try doctor(house, "--resolver", "127.0.0.1:\(bad.port)", "--selector", "s1").lines
        for (subject, words) in [("sender domain", "takes no mail"), ("SPF", "2 SPF records"), ("DKIM", "taken back")] {
            #expect(
                wrong.contains { $0.subject == subject && $0.verdict == "problem" && $0.finding.contains(words) }, "\(subject): \(wrong)")
        }
        let silent = try ScriptedNameServer(nil)
        let none = try doctor(house, "--resolver", "127.0.0.1:\(silent.port)").lines
        #expect(
            none.contains { $0.subject == "sender domain" && $0.verdict == "advice" && $0.finding.contains("no name server") }, "\(none)")
    }
}

/// A name server on a UDP port of 127.0.0.1 that knows a few records and says of all else that there is no such name (RFC 1035).
private final class ScriptedNameServer: @unchecked Sendable {
    let port: UInt16
    private let descriptor: Int32

    /// By `name TYPE`; `nil` for one that never answers.
    init(_ records: [String: [String]]?) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(bound == 0)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard let records else { return }
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 1_500)
            while true {
                var peer = sockaddr_storage()
                var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
                let count = withUnsafeMutablePointer(to: &peer) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(descriptor, &buffer, buffer.count, 0, $0, &size) }
                }
                guard count > 12 else { return }
                let answer = Self.answer(Array(buffer[..<count]), records)
                _ = withUnsafePointer(to: &peer) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(descriptor, answer, answer.count, 0, $0, size) }
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    private static func answer(_ query: [UInt8], _ records: [String: [String]]) -> [UInt8] {
        var (labels, place): ([String], Int) = ([], 12)
        while place < query.count, query[place] > 0 {
            let end = place + 1 + Int(query[place])
            labels.append(String(decoding: query[(place + 1)..<end], as: UTF8.self))
            place = end
        }
        let type = query[place + 2]
        let kind = [UInt8(15): "MX", 16: "TXT", 1: "A", 28: "AAAA"][type] ?? "?"
        let name = labels.joined(separator: ".").lowercased()
        let found = records["\(name) \(kind)"] ?? []
        let isKnown = records.keys.contains { $0.hasPrefix(name + " ") }
        var answer =
            Array(query[0..<2]) + [0x84, isKnown ? 0x80 : 0x83, 0, 1, 0, UInt8(found.count), 0, 0, 0, 0] + Array(query[12..<(place + 5)])
        for text in found {
            var value: [UInt8] = []
            if kind == "MX" {
                value = [0, 10] + text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
            } else {
                var rest = Array(text.utf8)
                while !rest.isEmpty {
                    let piece = rest.prefix(255)
                    value += [UInt8(piece.count)] + piece
                    rest.removeFirst(piece.count)
                }
            }
            answer += [0xC0, 12, 0, type, 0, 1, 0, 0, 0, 60, UInt8(value.count >> 8), UInt8(value.count & 0xFF)] + value
        }
        return answer
    }
}
