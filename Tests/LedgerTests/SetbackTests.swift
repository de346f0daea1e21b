import Core
import Foundation
import TestKit
import Testing

@testable import Ledger

/// FAULTS 7: a ledger that has gone back in time, with all that may stand in it.
@Suite struct SetbackTests {
    static let now = DeliveryTests.now

    let folder: TemporaryFolder
    let backup: String

    init() throws {
        folder = try TemporaryFolder()
        backup = folder.file("backup.sqlite")
    }

    /// The ledger that `before` has left in a backup, in the place of the one that `after` has made of it.
    private func setBack(_ before: (Ledger) throws -> Void, _ after: (Ledger) throws -> Void) throws -> Ledger {
        do {
            let ledger = try folder.ledger()
            try before(ledger)
            try ledger.backUp(to: backup, replacing: false)
            try after(ledger)
        }
        let place = folder.file("state/ledger.sqlite")
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: place + end) }
        try FileManager.default.copyItem(atPath: backup, toPath: place)
        return try folder.ledger()
    }

    @Test func deliveriesNoticesAndSuppressedOnes() throws {
        var edition: EditionID?
        let ledger = try setBack { ledger in
            edition = try DeliveryTests.released(ledger, count: 4)
            _ = try ledger.post(try NoticeTests.draft("1"), at: Self.now)
        } _: { ledger in
            let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
            for delivery in claimed { try ledger.acknowledge(delivery, reply: "250", route: "r", at: Self.now) }
        }
        let number = try #require(edition)
        let setback = try #require(try ledger.settleSetback(at: Self.now))
        #expect(setback.deliveries.map(\.deliveries) == [4] && setback.notices == 1 && setback.lines.count == 2)
        #expect(try ledger.deliveryCounts(of: number) == [.failed: 4] && ledger.notices().map(\.state) == [.failed])
        #expect(try ledger.settleSetback(at: Self.now) == nil && ledger.standingAlarms().map(\.kind) == [Ledger.setbackAlarm])
        // A report of before comes in; its recipient is not tried again, the others in their queues are.
        let dead = try ledger.recipients()[0].id
        let report = BounceEntry(digest: "d", verdict: .hard, recipient: dead, edition: number, status: "5.1.1", reason: "unknown")
        #expect(try ledger.recordBounce(report, at: Self.now) == .suppressed)
        #expect(try ledger.deliveries(of: number).compactMap(\.bounce) == ["hard 5.1.1 unknown"])
        #expect(try ledger.retryFailed(number, by: "test", stopBy: Self.now + .days(1), at: Self.now) == 3)
        #expect(try ledger.standingAlarms().isEmpty)
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).count == 3)
    }

    /// The journal's notes of the later day prove what the older ledger believes to be under way; another ledger's prove nothing.
    @Test(arguments: [true, false]) func theJournalSpeaksOfItsOwnLedgerAlone(_ isOwn: Bool) throws {
        let ledger = try setBack { ledger in
            _ = try DeliveryTests.released(ledger, count: 3)
            let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
            try ledger.openJournalLane().note(claimed[0], at: Self.now)
            if !isOwn { try ledger.mark.adopt(ledger.mark.identity ^ 1, 0) }
        } _: {
            _ = try $0.post(try NoticeTests.draft("1"), at: Self.now)
        }
        let setback = try #require(try ledger.settleSetback(at: Self.now))
        #expect(setback.deliveries.map(\.deliveries) == [isOwn ? 2 : 3])
        #expect(try ledger.deliveryCounts()[.sent] == (isOwn ? 1 : nil))
        #expect(try ledger.replayJournal() == 0)
    }
}
