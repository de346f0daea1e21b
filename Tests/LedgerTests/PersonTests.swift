import Core
import Foundation
import TestKit
import Testing

@testable import Database
@testable import Ledger

/// What the ledger knows of a person is told whole, and taken away whole.
@Suite struct PersonTests {
    static let now = DeliveryTests.now
    private let folder: TemporaryFolder
    private let ledger: Ledger
    private let person: Person
    private let address: EmailAddress

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        ledger.rememberPeople { "digest:" + String($0.reversed()) }
        person = try DeliveryTests.person(7)
        address = person.address
    }

    /// The person in every table that can hold one.
    private func fill() throws -> (EditionID, RecipientID) {
        let edition = try DeliveryTests.released(ledger, count: 20)
        let id = try #require(try ledger.recipient(address: address))
        let claimed = try ledger.claim(Outlet.email, limit: 30, at: Self.now)
        for delivery in claimed { try ledger.fail(delivery, reply: "550 <P7@koege.example> nej", route: "r", at: Self.now) }
        try ledger.unsubscribe(id, from: "nyt", at: Self.now)
        try ledger.muteTopics(id, ["Drift"], at: Self.now)
        try ledger.chooseLanguage(id, .en, at: Self.now)
        _ = try ledger.post(try NoticeTests.draft("1", to: "p7@koege.example"), at: Self.now)
        _ = try ledger.recordBounce(
            BounceEntry(digest: "d", verdict: .hard, recipient: id, edition: edition, status: "5.1.1", reason: "p7@koege.example"),
            at: Self.now)
        try ledger.addAccount("p7@koege.example", address: nil, roles: [.editor], passwordHash: "h", by: "cli", at: Self.now)
        try ledger.addAccount("pia", address: address, roles: [.editor], passwordHash: "h", by: "p7@koege.example", at: Self.now)
        try ledger.recordLoginFailure(["account p7@koege.example"], account: nil, from: "127.0.0.1", at: Self.now)
        try ledger.raiseAlarm("k", "o", "til p7@koege.example, cp7@koege.example", at: Self.now)
        _ = try ledger.accept(
            Submission(
                source: "HR", name: "a", digest: "a", textDigest: "a",
                content: ItemContent(
                    title: "T", summary: "S", contact: "Pia (P7@koege.example)",
                    body: Document([.paragraph([.text("Skriv til\np7@koege.example.")])])), pictures: []), at: Self.now)
        return (edition, id)
    }

    @Test func everythingIsTold() throws {
        _ = try fill()
        let record = try ledger.person(address)
        #expect(record.person?.name == "P 7" && record.isInDirectory && record.chosenLanguage == "en")
        #expect(record.unsubscribed.map(\.name) == ["nyt"] && record.mutedTopics.map(\.name) == ["Drift"])
        #expect(record.mails.count == 2 && record.mails.contains { $0.text == "T" })
        #expect(record.reports.count == 1 && record.suppression != nil && record.accounts.count == 2)
        #expect(record.mentions.map(\.title) == ["T"])
        #expect(record.audit.contains { $0.act == "unsubscribe" } && record.audit.contains { $0.act == "add user" })
        #expect(try ledger.person(try #require(EmailAddress("cp7@koege.example"))).isEmpty)
    }

    @Test func nothingIsLeftAndEverythingIsCounted() throws {
        let (edition, id) = try fill()
        let counts = try ledger.deliveryCounts()
        let reports = try ledger.bounceCounts()
        let lines = try ledger.auditTrail(limit: 1_000).count
        #expect(try !ledger.beginErasure(of: address, at: Self.now))
        let erasure = try ledger.erase(address, by: "cli", at: Self.now)
        #expect(erasure.wasRecipient && erasure.wasSuppressed && erasure.unsubscriptions == 1 && erasure.deliveries == 2)
        #expect(erasure.accountsRemoved == ["p7@koege.example"] && erasure.accountsWithoutAddress == ["pia"])
        #expect(try ledger.person(address).isEmpty)
        #expect(try ledger.textCount(holding: address) == 0)
        #expect(try ledger.deliveryCounts() == counts && ledger.bounceCounts() == reports)
        #expect(try ledger.deliveryCounts(of: edition) == [.failed: 20])
        #expect(try ledger.deliveries(of: edition).count == 19)
        #expect(try ledger.auditTrail(limit: 1_000).count == lines + 1)
        #expect(try ledger.standingAlarms().map(\.text) == ["til slettet@invalid, cp7@koege.example"])
        let content = try #require(try ledger.records(of: ledger.liveItems(at: Self.now)).first).content
        #expect(content.contact == "Pia (slettet@invalid)")
        _ = try ledger.emptyLog()
        if let bytes = FileManager.default.contents(atPath: ledger.path), Self.holds(bytes, " p7@koege") { #expect(try ledger.rewrite()) }
        try ledger.examine()
        // Who comes again is another number, and is not sent what was not wanted.
        _ = try ledger.replaceDirectory(try (0..<20).map(DeliveryTests.person), at: Self.now)
        let back = try #require(try ledger.recipient(address: address))
        #expect(back != id)
        #expect(try ledger.isUnsubscribed(back, from: "nyt") && ledger.suppressionCount() == 1)
        #expect(try ledger.mutedTopics(of: back).isEmpty)
    }

    private static func holds(_ bytes: Data, _ text: String) -> Bool { bytes.range(of: Data(text.utf8)) != nil }

    @Test func whatWaitsIsGivenUpAndWhatIsOnItsWayIsWaitedFor() throws {
        let edition = try DeliveryTests.released(ledger, count: 8)
        let claimed = try ledger.claim(Outlet.email, limit: 30, at: Self.now)
        #expect(try ledger.beginErasure(of: address, at: Self.now))
        #expect { try ledger.erase(address, by: "cli", at: Self.now) } throws: { "\($0)".contains("on its way") }
        for delivery in claimed { try ledger.deferUntil(Self.now + .minutes(5), delivery, reply: "450", route: "r", at: Self.now) }
        #expect(try !ledger.beginErasure(of: address, at: Self.now))
        _ = try ledger.erase(address, by: "cli", at: Self.now)
        #expect(try ledger.claim(Outlet.email, limit: 30, at: Self.now + .minutes(5)).count == 7)
        #expect(try ledger.deliveryCounts(of: edition) == [.sending: 7, .failed: 1])
    }

    /// What came with corrections: notes, who made them, mails about them, and what was read before and is handed in after.
    @Test func correctionsNameNobodyWhoWasErased() throws {
        let edition = try DeliveryTests.released(ledger, count: 20)
        for delivery in try ledger.claim(Outlet.email, limit: 30, at: Self.now) {
            try ledger.acknowledge(delivery, reply: "250", route: "r", at: Self.now)
        }
        let item = try ledger.accept(
            Submission(
                source: "HR", name: "a", digest: "a", textDigest: "a",
                content: ItemContent(title: "T", summary: "S", body: Document([.paragraph([.text("Nyt")])])), pictures: []), at: Self.now
        ).item
        let correction = EditionCorrection(
            after: 0, note: "Skriv til P7@koege.example", items: [FrozenItem(item: item, version: 1)], changed: [item], removed: [],
            renderings: [])
        let number = try ledger.correctEdition(edition, correction, by: "p7@koege.example", at: Self.now)
        #expect(
            try ledger.mailCorrection(
                number, of: edition, [], mandatory: false, stopBy: Self.now + .days(5), by: "p7@koege.example", at: Self.now) == 20)
        let record = try ledger.person(address)
        #expect(record.corrections.map(\.number) == [1] && record.mails.map(\.about) == ["nyt-2026-12-01 correction 1", "nyt-2026-12-01"])
        let (live, revision) = (LiveIndex(), ledger.textRevision)
        let known = live.revision
        #expect(try !ledger.beginErasure(of: address, at: Self.now))
        _ = try ledger.erase(address, by: "cli", at: Self.now)
        let corrected = try #require(try ledger.corrections(of: edition).first)
        #expect(corrected.actor == Ledger.erasedAddress && corrected.note == "Skriv til \(Ledger.erasedAddress)")
        #expect(try ledger.textCount(holding: address) == 0 && ledger.person(address).isEmpty)
        #expect(try ledger.deliveryCounts(of: edition) == [.sent: 20, .failed: 1, .pending: 19])
        #expect(try ledger.claim(Outlet.email, limit: 30, at: Self.now).count == 19)
        #expect(ledger.textRevision != revision)
        live.forget()
        live.keep([], 1, known, from: Self.now, until: nil)
        #expect(live.kept(1, at: Self.now) == nil)
        let chosen = try ledger.liveItems(at: Self.now)
        live.keep(try ledger.records(of: chosen), known)
        #expect(!chosen.isEmpty && live.texts(of: chosen).isEmpty)
    }

    /// A release that was written down before the erasure adds nothing for who is gone.
    @Test func aReleaseThatIsUnderWayGoesOn() throws {
        let people = try (0..<20).map(DeliveryTests.person)
        _ = try ledger.replaceDirectory(people, at: Self.now)
        let ids = try ledger.recipients().map(\.id)
        _ = try ledger.erase(address, by: "cli", at: Self.now)
        let plan = EditionPlan(
            publication: "nyt", slug: "a", title: "A", audience: "alle", scheduled: "2026-12-01T08:00:00", release: Self.now,
            cutOff: Self.now,
            leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: Self.now)
        try ledger.releaseEdition(
            edition, Release(items: [], renderings: [:], recipients: ids, mandatory: true, web: true, stopBy: Self.now + .days(5)),
            by: "test", at: Self.now)
        #expect(try ledger.deliveryCounts(of: edition) == [.pending: 19])
    }
}
