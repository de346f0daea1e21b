import Core
import Foundation
import TestKit
import Testing

@testable import Ledger

/// The journal of accepted deliveries. Closing a ledger without a word to it is what a kill leaves: the mapped file keeps its words.
@Suite struct JournalTests {
    static let now = DeliveryTests.now

    let folder: TemporaryFolder
    var file: String { folder.file("state/" + AcknowledgementJournal.file) }

    init() throws { folder = try TemporaryFolder() }

    /// A ledger whose lane notes the deliveries that `chosen` picks out of ten claimed ones and then is gone.
    private func leave(notes chosen: [Int], _ before: (Ledger, [ClaimedDelivery]) throws -> Void = { _, _ in }) throws {
        let ledger = try folder.ledger()
        _ = try DeliveryTests.released(ledger, count: 12)
        let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
        let lane = try ledger.openJournalLane()
        for index in chosen { lane.note(claimed[index], at: Self.now + .seconds(7)) }
        try before(ledger, claimed)
    }

    @Test func whatWasAcceptedAndNotRecordedIsNotSentAgain() throws {
        try leave(notes: [0, 3, 4])
        let ledger = try folder.ledger()
        #expect(try ledger.replayJournal() == 3)
        #expect(try ledger.recoverInterrupted(at: Self.now) == 7)
        let edition = try #require(try ledger.editions([.released]).first)
        let sent = try ledger.deliveries(of: edition.id).filter { $0.state == .sent }
        #expect(sent.count == 3 && sent.allSatisfy { $0.since == Self.now + .seconds(7) && $0.reply?.contains("journal") == true })
        #expect(try ledger.claim(Outlet.email, limit: 100, at: Self.now).count == 9)
        #expect(try ledger.replayJournal() == 0)
    }

    @Test func aNoteThatWasRecordedInTimeChangesNothing() throws {
        try leave(notes: [0, 1]) { ledger, claimed in
            try ledger.acknowledge(claimed[0], reply: "250 ok", route: "r", at: Self.now)
            try ledger.giveBack([claimed[1]], at: Self.now)
        }
        let ledger = try folder.ledger()
        #expect(try ledger.replayJournal() == 0)
        let edition = try #require(try ledger.editions([.released]).first)
        #expect(try ledger.deliveries(of: edition.id).first { $0.state == .sent }?.reply == "250 ok")
    }

    @Test func aNoteOfAFormerAttemptHasNoSay() throws {
        try leave(notes: [0]) { ledger, claimed in
            try ledger.deferUntil(Self.now, claimed[0], reply: "450", route: "r", at: Self.now)
            #expect(try ledger.claim(Outlet.email, limit: 100, at: Self.now).contains { $0.id == claimed[0].id && $0.attempt == 2 })
        }
        let ledger = try folder.ledger()
        #expect(try ledger.replayJournal() == 0)
        #expect(try ledger.deliveryCounts()[.sent] == nil)
    }

    /// FAULTS 7: the state folder has the ledger of another day.
    @Test func aJournalBesideARestoredLedgerDoesNoHarm() throws {
        try leave(notes: Array(0..<10))
        for name in ["ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: folder.file("state/" + name))
        }
        let ledger = try folder.ledger()
        #expect(try ledger.replayJournal() == 0)
        _ = try DeliveryTests.released(ledger, count: 12)
        // The same numbers in the same attempt: the former notes are gone and say nothing about them.
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).count == 10)
        #expect(try ledger.replayJournal() == 0)
        #expect(try ledger.deliveryCounts()[.sent] == nil)
    }

    /// Every word of every slot, damaged one at a time: only that slot's note is lost, and none says anything else than it did.
    @Test func aTornSlotIsNoNote() throws {
        try leave(notes: [0, 1, 2])
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        let used = whole.indices.filter { whole[$0] != 0 && $0 >= 32 }
        let (first, last) = (try #require(used.min()) & ~31, try #require(used.max()) | 31)
        #expect(last - first == 3 * 32 - 1)
        var random = SeededRandom(printedFor: "aTornSlotIsNoNote")
        for place in first...last {
            var torn = whole
            torn[place] ^= UInt8.random(in: 1...255, using: &random)
            try torn.write(to: URL(fileURLWithPath: file))
            let journal = try AcknowledgementJournal(folder: folder.file("state"))
            let notes = journal.abandoned()
            #expect(notes.count == 2 && notes.allSatisfy { $0.attempt == 1 && $0.at == Self.now + .seconds(7) })
        }
    }

    @Test func aJournalOfAnotherVersionOrLengthIsRefused() throws {
        try leave(notes: [0])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        bytes[8] = 2
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect { try folder.ledger().replayJournal() } throws: { "\($0)".contains("not a journal of this version") }
        try bytes.dropLast(8).write(to: URL(fileURLWithPath: file))
        #expect { try folder.ledger().replayJournal() } throws: { "\($0)".contains("another version wrote it") }
    }

    @Test func theFileIsForTheServiceAloneAndTakesItsRoomAtOnce() throws {
        try leave(notes: [])
        var status = stat()
        #expect(stat(file, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600 && Int(status.st_blocks) * 512 >= Int(status.st_size))
    }

    @Test func lanesComeAndGoAndTheirNumberHasABound() throws {
        let ledger = try folder.ledger()
        for _ in 0..<2 {
            var lanes = try (0..<AcknowledgementJournal.regions).map { _ in try ledger.openJournalLane() }
            #expect(throws: Fault.self) { try ledger.openJournalLane() }
            lanes.removeAll()
        }
        _ = try ledger.openJournalLane()
    }

    /// Lanes that still work are left alone by a replay; one that ended with notes gives them up.
    @Test func onlyLanesThatHaveEndedAreReplayed() throws {
        let ledger = try folder.ledger()
        _ = try DeliveryTests.released(ledger, count: 4)
        let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
        let working = try ledger.openJournalLane()
        working.note(claimed[0], at: Self.now)
        var ended: JournalLane? = try ledger.openJournalLane()
        ended?.note(claimed[1], at: Self.now)
        #expect(try ledger.replayJournal() == 0)
        ended = nil
        #expect(try ledger.replayJournal() == 1)
        let journal = try AcknowledgementJournal(folder: folder.file("state"))
        #expect(journal.abandoned().map(\.delivery) == [claimed[0].id])
        withExtendedLifetime(working) {}
    }
}
