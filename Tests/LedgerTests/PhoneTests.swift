import Core
import TestKit
import Testing

@testable import Ledger

@Suite struct PhoneTests {
    private let now = DeliveryTests.now

    private func subscription(_ name: String, service: String = "https://push.example") -> PhoneSubscription {
        PhoneSubscription(address: "\(service)/\(name)", service: service, key: [1, 2], secret: [3], language: .nb)
    }

    private func release(
        _ ledger: Ledger, _ slug: String = "nyt-1", of publication: String = "nyt", web: Bool = true, urgency: Urgency = .routine
    ) throws -> EditionID {
        let plan = EditionPlan(
            publication: publication, slug: slug, title: "Nyt", audience: "alle", scheduled: slug, release: now, cutOff: now,
            leaderNotes: false)
        let id = try ledger.planEdition(plan, at: now)
        var release = Release(items: [], renderings: [:], recipients: [], mandatory: false, web: web, stopBy: now + .days(5))
        release.urgency = urgency
        try ledger.releaseEdition(id, release, by: "test", at: now)
        return id
    }

    @Test func aReleaseIsForThoseWhoChoseItAndWereThere() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        for name in ["a", "b", "c"] {
            #expect(try ledger.choosePhone(subscription(name), name == "c" ? ["med-nyt"] : ["nyt", "med-nyt"], limit: 9, at: now) == .kept)
        }
        let edition = try release(ledger)
        let mailOnly = try release(ledger, "nyt-2", web: false)
        // Between the release and its first part.
        #expect(try ledger.choosePhone(subscription("d"), ["nyt"], limit: 9, at: now) == .kept)
        while try ledger.addPhoneMessages(at: now) {}
        #expect(try ledger.phoneMessageCounts(of: edition) == [.pending: 2])
        #expect(try ledger.phoneMessageCounts(of: mailOnly).isEmpty)
        #expect(try !ledger.addPhoneMessages(at: now))
        let claimed = try #require(try ledger.claimPhoneMessage(besides: [], at: now))
        #expect(claimed.subscription == subscription("a") && claimed.edition.id == edition && claimed.attempt == 1)
        #expect("\(claimed.subscription)" == "‹phone at https://push.example›" && !String(reflecting: claimed.subscription).contains("/a"))
    }

    @Test func aMessageGoesOnlyItsLegalWays() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        for name in ["a", "b"] { _ = try ledger.choosePhone(subscription(name), ["nyt"], limit: 9, at: now) }
        let edition = try release(ledger)
        while try ledger.addPhoneMessages(at: now) {}
        let first = try #require(try ledger.claimPhoneMessage(besides: [], at: now))
        let second = try #require(try ledger.claimPhoneMessage(besides: [], at: now))
        #expect(try ledger.claimPhoneMessage(besides: [], at: now) == nil)
        try ledger.settle(first, .sent(reply: "HTTP 201"), at: now)
        #expect(throws: Fault.self) { try ledger.settle(first, .sent(reply: "again"), at: now) }
        try ledger.giveBack(first, at: now)
        try ledger.settle(second, .deferred(reply: "HTTP 503", until: now + .minutes(1)), at: now)
        #expect(try ledger.nextPhoneMessageDue(besides: []) == now + .minutes(1))
        #expect(try ledger.nextPhoneMessageDue(besides: ["https://push.example"]) == nil)
        #expect(try ledger.claimPhoneMessage(besides: [], at: now) == nil)
        #expect(try ledger.claimPhoneMessage(besides: ["https://push.example"], at: now + .minutes(2)) == nil)
        let again = try #require(try ledger.claimPhoneMessage(besides: [], at: now + .minutes(2)))
        #expect(again.attempt == 2)
        // As after a kill.
        #expect(try ledger.recoverPhoneMessages(at: now) == 1)
        #expect(throws: Fault.self) { try ledger.settle(again, .sent(reply: "late"), at: now) }
        let third = try #require(try ledger.claimPhoneMessage(besides: [], at: now))
        try ledger.settle(third, .gone(reply: "HTTP 410"), at: now)
        #expect(try ledger.phoneMessageCounts(of: edition) == [.sent: 1, .failed: 1])
        #expect(try ledger.phoneCount() == 1 && ledger.phoneChoice("https://push.example/b") == nil)
    }

    @Test func whoSwitchesOffWhileItIsSentIsTriedNoMore() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        _ = try ledger.choosePhone(subscription("a"), ["nyt"], limit: 9, at: now)
        let edition = try release(ledger)
        while try ledger.addPhoneMessages(at: now) {}
        let claimed = try #require(try ledger.claimPhoneMessage(besides: [], at: now))
        // No choice is as good as an end.
        _ = try ledger.choosePhone(subscription("a"), [], limit: 9, at: now)
        try ledger.settle(claimed, .deferred(reply: "HTTP 503", until: now + .minutes(1)), at: now)
        #expect(try ledger.nextPhoneMessageDue(besides: []) == nil)
        #expect(try ledger.phoneMessageCounts(of: edition) == [.failed: 1])
        // Its number never comes again, so nobody gets what was its own.
        let old = try release(ledger, "nyt-2")
        _ = try ledger.choosePhone(subscription("b"), ["nyt"], limit: 9, at: now)
        while try ledger.addPhoneMessages(at: now) {}
        #expect(try ledger.phoneMessageCounts(of: old).isEmpty)
    }

    @Test func partsAreAddedOverAnEndOfTheProcessAndNobodyHasTwo() throws {
        let folder = try TemporaryFolder()
        var ledger: Ledger? = try folder.ledger()
        for number in 0..<1_500 { _ = try ledger?.choosePhone(subscription("p\(number)"), ["nyt"], limit: 2_000, at: now) }
        let edition = try release(try #require(ledger))
        #expect(try ledger?.addPhoneMessages(at: now) == true)
        #expect(try ledger?.phoneMessageCounts(of: edition) == [.pending: 1_000])
        ledger = nil
        let again = try folder.ledger()
        while try again.addPhoneMessages(at: now) {}
        #expect(try again.phoneMessageCounts(of: edition) == [.pending: 1_500])
        try again.endPhoneMessages(at: now)
        #expect(try again.phoneMessageCounts(of: edition) == [.failed: 1_500])
    }

    @Test func anUrgentOneGoesFirst() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        for name in ["a", "b"] { _ = try ledger.choosePhone(subscription(name), ["nyt", "akut"], limit: 9, at: now) }
        _ = try release(ledger)
        while try ledger.addPhoneMessages(at: now) {}
        let alert = try release(ledger, "akut-1", of: AlertPublication.name, web: false, urgency: .urgent)
        while try ledger.addPhoneMessages(at: now) {}
        let claimed = try #require(try ledger.claimPhoneMessage(besides: [], at: now))
        #expect(claimed.edition.id == alert && claimed.isUrgent)
    }
}
