import Core
import Foundation
import TestKit
import Testing

@testable import Ledger

@Suite struct DeliveryTests {
    static let now = Instant(seconds: 1_795_000_000)

    static func person(_ number: Int) throws -> Person {
        Person(address: try #require(EmailAddress("p\(number)@koege.example")), name: "P \(number)")
    }

    /// A ledger with one released edition for `count` recipients.
    static func released(_ ledger: Ledger, count: Int, at now: Instant = now) throws -> EditionID {
        _ = try ledger.replaceDirectory(try (0..<count).map(person), at: now)
        let plan = EditionPlan(
            publication: "nyt", slug: "nyt-2026-12-01", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: now,
            cutOff: now,
            leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: now)
        let release = Release(
            items: [], renderings: [:], recipients: try ledger.recipients().map(\.id), mandatory: false,
            web: true,
            stopBy: now + .days(5))
        try ledger.releaseEdition(edition, release, by: "test", at: now)
        return edition
    }

    @Test func oneDeliveryGoesOnlyItsLegalWays() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let edition = try Self.released(ledger, count: 3)
        let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
        #expect(claimed.count == 3)
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).isEmpty)
        try ledger.acknowledge(claimed[0], reply: "250", route: "r", at: Self.now)
        #expect(throws: Fault.self) { try ledger.fail(claimed[0], reply: "550", route: "r", at: Self.now) }
        try ledger.deferUntil(Self.now + .minutes(5), claimed[1], reply: "450", route: "r", at: Self.now)
        try ledger.doubt(claimed[2], until: Self.now + .minutes(1), reply: "lost", route: "r", at: Self.now)
        #expect(try ledger.nextDue(Outlet.email) == Self.now + .minutes(1))
        let again = try ledger.claim(Outlet.email, limit: 10, at: Self.now + .minutes(5))
        #expect(again.map(\.attempt) == [2, 2])
        // The former claim of the same delivery has no say any more.
        #expect(throws: Fault.self) { try ledger.acknowledge(claimed[1], reply: "250", route: "r", at: Self.now) }
        #expect(try ledger.deliveryCounts(of: edition) == [.sent: 1, .sending: 2])
    }

    @Test func whatAKilledProcessLeftIsTakenUp() throws {
        let folder = try TemporaryFolder()
        do {
            let ledger = try folder.ledger()
            _ = try Self.released(ledger, count: 5)
            let claimed = try ledger.claim(Outlet.email, limit: 4, at: Self.now)
            try ledger.acknowledge(claimed[0], reply: "250", route: "r", at: Self.now)
        }
        let ledger = try folder.ledger()
        #expect(try ledger.recoverInterrupted(at: Self.now) == 3)
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).count == 4)
    }

    @Test func aSecondLedgerOnTheSameFolderIsRefused() throws {
        let folder = try TemporaryFolder()
        let first = try folder.ledger()
        #expect { try folder.ledger() } throws: { "\($0)".contains("another Budstikke") }
        withExtendedLifetime(first) {}
    }

    @Test func whoUnsubscribedStaysSoOverAnImport() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let people = try (0..<4).map(Self.person)
        _ = try ledger.replaceDirectory(people, at: Self.now)
        let leaver = try #require(try ledger.recipients().last)
        try ledger.unsubscribe(leaver.id, from: "nyt", at: Self.now)
        #expect(try ledger.replaceDirectory(Array(people.dropLast()), at: Self.now).removed == 1)
        #expect(try ledger.replaceDirectory(people, at: Self.now).added == 1)
        let edition = try Self.released(ledger, count: 4)
        let addresses = try ledger.deliveries(of: edition).compactMap(\.address)
        #expect(addresses == people.dropLast().map(\.address.text))
    }

    @Test func manyThreadsAcknowledgeEachTheirOwn() async throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let edition = try Self.released(ledger, count: 400)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while case let claimed = try ledger.claim(Outlet.email, limit: 7, at: Self.now), !claimed.isEmpty {
                        for delivery in claimed { try ledger.acknowledge(delivery, reply: "250", route: "r", at: Self.now) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try ledger.deliveryCounts(of: edition) == [.sent: 400])
    }
}
