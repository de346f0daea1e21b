import Core
import Database
import Foundation
import TestKit
import Testing

@testable import Ledger

/// The pause of an edition's deliveries, and the queues that a claim takes from.
@Suite struct PauseTests {
    static let now = DeliveryTests.now

    let folder: TemporaryFolder
    let ledger: Ledger
    let edition: EditionID

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        edition = try DeliveryTests.released(ledger, count: 10)
    }

    private func claim(_ limit: Int, at now: Instant = now) throws -> [ClaimedDelivery] {
        try ledger.claim(Outlet.email, limit: limit, at: now)
    }

    @Test func whatWaitsAndWhatComesBackIsNotClaimed() throws {
        let claimed = try claim(4)
        try ledger.pauseDeliveries(of: edition, reason: "looked wrong", by: "test", at: Self.now)
        #expect(try ledger.pause(of: edition) == "looked wrong")
        try ledger.giveBack([claimed[0]], at: Self.now)
        try ledger.deferUntil(Self.now, claimed[1], reply: "450", route: "r", at: Self.now)
        try ledger.doubt(claimed[2], until: Self.now, reply: "lost", route: "r", at: Self.now)
        try ledger.acknowledge(claimed[3], reply: "250", route: "r", at: Self.now)
        #expect(try claim(10).isEmpty && ledger.nextDue(Outlet.email) == nil)
        #expect(try ledger.deliveryCounts(of: edition) == [.pending: 7, .deferred: 1, .ambiguous: 1, .sent: 1])
        try ledger.resumeDeliveries(of: edition, by: "test", at: Self.now)
        #expect(try ledger.nextDue(Outlet.email) == Self.now && claim(20).count == 9)
    }

    @Test func theWaysOfThePauseAndNoOthers() throws {
        #expect(throws: Fault.self) { try ledger.resumeDeliveries(of: edition, by: "test", at: Self.now) }
        try ledger.pauseDeliveries(of: edition, reason: "a", by: "test", at: Self.now)
        #expect(throws: Fault.self) { try ledger.pauseDeliveries(of: edition, reason: "b", by: "test", at: Self.now) }
        #expect(throws: Fault.self) { try ledger.pauseDeliveries(of: EditionID(999), reason: "b", by: "test", at: Self.now) }
        #expect(try ledger.stopDeliveries(of: edition, by: "test", at: Self.now) == 10)
        #expect(try ledger.deliveryCounts(of: edition) == [.failed: 10] && ledger.pause(of: edition) == nil)
        #expect(try ledger.retryFailed(edition, by: "test", stopBy: Self.now + .days(1), at: Self.now) == 10)
        #expect(try claim(20).count == 10)
    }

    /// A stop while a large edition's deliveries are still being added: what comes after it is over too.
    @Test func aStopEndsWhatIsNotAddedYet() throws {
        let late = try ledger.recipients().suffix(3).map(\.id)
        try ledger.write([]) { db throws(Fault) in
            for recipient in late { try db.run("DELETE FROM delivery WHERE recipient = ?", Value(recipient)) }
            let bytes = late.flatMap { recipient in (0..<8).map { UInt8(truncatingIfNeeded: recipient.number >> ($0 * 8)) } }
            try db.run(
                "INSERT INTO release_rest (edition, part, variant, recipients, mandatory) VALUES (?, 9, 'leaders', ?, 0)", Value(edition),
                .blob(bytes))
        }
        #expect(try ledger.stopDeliveries(of: edition, by: "test", at: Self.now) == 10)
        try ledger.continueReleases(at: Self.now)
        #expect(try ledger.deliveries(of: edition).map(\.state) == Array(repeating: .failed, count: 10))
        #expect(try ledger.pause(of: edition) == nil && claim(20).isEmpty)
        #expect(try ledger.retryFailed(edition, by: "test", stopBy: Self.now + .days(1), at: Self.now) == 10)
        #expect(try claim(20).count(where: { $0.variant == "leaders" }) == 3)
    }

    /// The same few, tried again and refused again, are no more of the edition than before.
    @Test func aRetryCountsNobodyTwice() throws {
        let rule = PauseRule(percent: 30, atLeast: 2)
        let claimed = try claim(10)
        let first = claimed.enumerated().map { index, delivery in
            DeliveryResult(delivery, index < 2 ? .fail : .acknowledge, reply: "", route: "r", at: Self.now)
        }
        #expect(try ledger.record(first, claiming: nil, pausing: rule, at: Self.now).paused.isEmpty)
        for _ in 0..<5 {
            #expect(try ledger.retryFailed(edition, by: "test", stopBy: Self.now + .days(1), at: Self.now) == 2)
            let again = try claim(10).map { DeliveryResult($0, .fail, reply: "", route: "r", at: Self.now) }
            #expect(try again.count == 2 && ledger.record(again, claiming: nil, pausing: rule, at: Self.now).paused.isEmpty)
        }
    }

    @Test func lanesShareASmallEdition() throws {
        let elsewhere = try TemporaryFolder()
        let other = try elsewhere.ledger()
        _ = try DeliveryTests.released(other, count: 100)
        let order = ClaimOrder(Outlet.email, limit: 64, lanes: 4)
        let shares = try (0..<4).map { _ in try other.claim(order, at: Self.now).count }
        #expect(shares == [25, 19, 14, 11])
        // The last few are one lane's.
        while case let count = try other.claim(order, at: Self.now).count, count > 0 { #expect(count <= ClaimOrder.leastShare) }
        #expect(try other.deliveryCounts()[.sending] == 100)
    }

    @Test func itOutlivesAKilledProcess() throws {
        let other = try TemporaryFolder()
        do {
            let ledger = try other.ledger()
            let edition = try DeliveryTests.released(ledger, count: 3)
            _ = try ledger.claim(Outlet.email, limit: 2, at: Self.now)
            try ledger.pauseDeliveries(of: edition, reason: "a", by: "test", at: Self.now)
        }
        let ledger = try other.ledger()
        #expect(try ledger.recoverInterrupted(at: Self.now) == 2)
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).isEmpty)
    }

    @Test(arguments: [(10, 2, true), (30, 2, false), (10, 4, false)])
    func tooManyRefusalsPauseIt(percent: Int, atLeast: Int, isPaused: Bool) throws {
        let claimed = try claim(10)
        let results = claimed.enumerated().map { index, delivery in
            DeliveryResult(delivery, index % 4 == 3 ? .fail : index == 0 ? .giveUp : .acknowledge, reply: "", route: "r", at: Self.now)
        }
        let recording = try ledger.record(
            results, claiming: nil, pausing: PauseRule(percent: percent, atLeast: atLeast), at: Self.now)
        #expect(recording.paused == (isPaused ? [PausedEdition(slug: "nyt-2026-12-01", reason: "2 of 9 were refused")] : []))
        #expect(try (ledger.pause(of: edition) != nil) == isPaused)
    }

    @Test func aLimitedDomainHasAQueueOfItsOwn() throws {
        try ledger.throttle(["koege.example"])
        #expect(try claim(10).isEmpty)
        let order = ClaimOrder(Outlet.email, route: "r", limit: 10, queues: [(.domain("koege.example"), 3), (.general, 10)])
        let claimed = try ledger.claim(order, at: Self.now)
        #expect(claimed.count == 3 && claimed.allSatisfy { $0.queue == .domain("koege.example") })
        #expect(try ledger.nextDue(Outlet.email) == Self.now)
        try ledger.giveBack(claimed, at: Self.now)
        try ledger.throttle([])
        #expect(try claim(20).count == 10)
    }

    @Test func urgentOnesGoBeforeAllOthers() throws {
        let plan = EditionPlan(
            publication: "akut", slug: "akut-1", title: "Akut", audience: "alle", scheduled: "2026-12-01T09:00:00", release: Self.now,
            cutOff: Self.now, leaderNotes: false)
        let second = try ledger.planEdition(plan, at: Self.now)
        var release = Release(
            items: [], renderings: [:], recipients: try ledger.recipients().prefix(2).map(\.id), mandatory: true, web: false,
            stopBy: Self.now + .days(1))
        release.urgency = .urgent
        try ledger.throttle(["koege.example"])
        try ledger.releaseEdition(second, release, by: "test", at: Self.now + .hours(1))
        let claimed = try ledger.claim(Outlet.email, limit: 5, at: Self.now + .hours(1))
        #expect(claimed.map(\.edition) == [second, second] && claimed.allSatisfy { $0.queue == .urgent })
    }

    @Test func aReplayedDeliveryKnowsItsRoute() throws {
        let other = try TemporaryFolder()
        do {
            let ledger = try other.ledger()
            _ = try DeliveryTests.released(ledger, count: 2)
            let claimed = try ledger.claim(ClaimOrder(Outlet.email, route: "smart", limit: 2), at: Self.now)
            try ledger.openJournalLane().note(claimed[0], at: Self.now)
        }
        let ledger = try other.ledger()
        #expect(try ledger.replayJournal() == 1 && ledger.recoverInterrupted(at: Self.now) == 1)
        let edition = try #require(try ledger.editions([.released]).first)
        let sent = try #require(try ledger.deliveries(of: edition.id).first { $0.state == .sent })
        #expect(sent.route == "smart")
        // What was given back without a word was carried by nobody.
        let again = try ledger.claim(ClaimOrder(Outlet.email, route: "other", limit: 2), at: Self.now)
        try ledger.giveBack(again, at: Self.now)
        #expect(try ledger.use(of: "smart", since: Self.now - .days(1)).isEmpty)
    }

    @Test func useIsCountedByTheMinute() throws {
        let claimed = try claim(10)
        for (index, delivery) in claimed.enumerated() {
            let at = Self.now + .seconds(Int64(index * 20))
            if index == 9 {
                try ledger.fail(delivery, reply: "550", route: "r", at: at)
            } else {
                try ledger.acknowledge(delivery, reply: "250", route: "r", at: at)
            }
        }
        let use = try ledger.use(of: "r", since: Self.now - .days(1))
        #expect(use.map(\.count).reduce(0, +) == 9 && use.allSatisfy { $0.count <= 3 })
        #expect(try ledger.use(of: "r", since: Self.now + .hours(1)).isEmpty)
    }
}
