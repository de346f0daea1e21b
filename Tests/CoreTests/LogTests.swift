import Foundation
import TestKit
import Testing

@testable import Core

/// A datagram socket in the journal's place.
private final class JournalStandIn {
    let path: String
    private let descriptor: Int32
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        path = folder.file("journal")
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        try #require(bound == 0)
    }

    deinit { close(descriptor) }

    /// The fields of the next entry, in their order; `nil` when there is none.
    func next() -> [(name: String, value: String)]? {
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return nil }
        return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map { line in
            (String(line.prefix { $0 != "=" }), String(line.drop { $0 != "=" }.dropFirst()))
        }
    }
}

@Suite struct LogTests {
    private let journal: JournalStandIn
    private let log: Log

    init() throws {
        journal = try JournalStandIn()
        log = Log("planner", threshold: .info, sink: .journal(try #require(JournalSocket(path: journal.path))))
    }

    private func entry() throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try #require(journal.next()).map { ($0.name, $0.value) })
    }

    @Test func anEntryHasItsFieldsAndItsLine() throws {
        log.notice("x-1 released with 3 items", ["EDITION": "x-1"], event: .editionReleased)
        let entry = try entry()
        #expect(
            entry == [
                "MESSAGE": "planner: x-1 released with 3 items EDITION=x-1", "PRIORITY": "5", "SYSLOG_IDENTIFIER": "budstikke",
                "STAGE": "planner", "EDITION": "x-1", "MESSAGE_ID": LogEvent.editionReleased.rawValue,
            ])
    }

    @Test func anAlarmSaysItsKindItsObjectAndItsEnd() throws {
        log.alert("it does not take anything", ["ALARM": "channel", "OBJECT": "outbox"], event: .alarmRaised)
        let raised = try entry()
        #expect(raised["PRIORITY"] == "1" && raised["ALARM"] == "channel" && raised["OBJECT"] == "outbox")
        #expect(raised["MESSAGE_ID"] == LogEvent.alarmRaised.rawValue)
        log.notice("over", ["ALARM": "channel", "OBJECT": "outbox"], event: .alarmEnded)
        let ended = try entry()
        #expect(ended["PRIORITY"] == "5" && ended["MESSAGE_ID"] == LogEvent.alarmEnded.rawValue && ended["ALARM"] == "channel")
    }

    @Test(arguments: [
        ("550 5.1.1 <anne@koege.example>: no such user", "550 5.1.1 <‹address›>: no such user"),
        ("anne=koege.example@relay.example, and b@c", "‹address›, and ‹address›"), ("@ home, a @ b, x@", "@ home, a @ b, x@"),
        ("brev til 070761-4285.docx", "brev til xxxxxx-xxxx.docx"), ("0707614285 og 4512345678", "xxxxxxxxxx og 4512345678"),
        ("ét\nto\u{7}", "ét¦to\u{FFFD}"), ("smtp://relay.koege.example:587", "smtp://relay.koege.example:587"),
    ])
    func nobodyIsNamedAndNoLineIsForged(text: String, line: String) throws {
        log.info(text, ["REPLY": text])
        let entry = try entry()
        #expect(entry["REPLY"] == line && entry["MESSAGE"] == "planner: \(line) REPLY=\(line)")
    }

    @Test func onlyALogForFindingFaultsShowsAddresses() throws {
        let log = Log("outbox", threshold: .debug, sink: .journal(try #require(JournalSocket(path: journal.path))))
        log.debug("anne@koege.example 070761-4285")
        #expect(try entry()["MESSAGE"] == "outbox: anne@koege.example xxxxxx-xxxx")
    }

    @Test func whatIsBelowTheLevelIsNotSentAndAnOverlongValueIsCut() throws {
        log.debug("not this")
        log.info(String(repeating: "å", count: 200_000))
        let message = try #require(try entry()["MESSAGE"])
        #expect(message.utf8.count <= JournalSocket.valueLimit + 3 && message.hasPrefix("planner: ååå"))
        #expect(journal.next() == nil)
    }

    @Test func theJournalIsUsedWhereItReadsThisVeryStream() throws {
        var facts = stat()
        #expect(fstat(STDERR_FILENO, &facts) == 0)
        let stream = "\(facts.st_dev):\(facts.st_ino)"
        func sink(_ environment: [String: String]) -> LogSink {
            LogSink(environment: environment, descriptor: STDERR_FILENO, path: journal.path)
        }
        if case .journal = sink(["JOURNAL_STREAM": stream]) {} else { Issue.record("the journal reads it") }
        for other in [[:], ["JOURNAL_STREAM": "1:2"], ["JOURNAL_STREAM": stream + "0"]] {
            if case .text = sink(other) {} else { Issue.record("\(other)") }
        }
    }

    @Test func everyEventHasANumberOfItsOwn() {
        #expect(LogEvent.allCases.allSatisfy { $0.rawValue.wholeMatch(of: /[0-9a-f]{32}/) != nil })
    }
}
