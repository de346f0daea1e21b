import Core
import Ledger
import TestKit
import Testing

@testable import PushPhones

/// The stage on the real clock and real sockets.
@Suite struct PhoneStageTests {
    private func stage(_ house: PhoneHouse) -> PhoneStage {
        let sender = PhoneSender(
            key: house.key, contact: "mailto:it@koege.example", services: PushServices(others: ["127.0.0.1"], allowPrivate: true),
            ledger: house.ledger, clock: SystemClock()
        ) { edition, language throws(Fault) in
            PhoneNotice(title: edition.title, text: "", link: "/", tag: edition.slug, isUrgent: false, language: language)
        }
        return PhoneStage(sender: sender, ledger: house.ledger, clock: SystemClock(), log: Log("test", threshold: .alert))
    }

    private func release(_ house: PhoneHouse, _ slug: String) throws -> EditionID {
        house.clock.set(SystemClock().now())
        let now = house.clock.now()
        let plan = EditionPlan(
            publication: "nyt", slug: slug, title: "Nyt", audience: "alle", scheduled: slug, release: now, cutOff: now, leaderNotes: false)
        let id = try house.ledger.planEdition(plan, at: now)
        try house.ledger.releaseEdition(
            id, Release(items: [], renderings: [:], recipients: [], mandatory: false, web: true, stopBy: now + .days(1)), by: "test",
            at: now)
        return id
    }

    @Test func eachPhoneIsToldOnce() throws {
        let house = try PhoneHouse()
        for number in 0..<60 { try house.add("p\(number)") }
        let stage = stage(house)
        try stage.start()
        let edition = try release(house, "nyt-1")
        let messages = house.service.messages(count: 60)
        #expect(Set(messages.map(\.subscription)).count == 60 && messages.count == 60)
        #expect(try eventually { try house.ledger.phoneMessageCounts(of: edition) == [.sent: 60] })
        stage.stop()
        #expect(house.service.violations.isEmpty && house.service.requests == 60)
    }

    /// One that is switched on after a release hears of the next.
    @Test func aReleaseIsForWhoWasThere() throws {
        let house = try PhoneHouse()
        try house.add("a")
        let edition = try release(house, "nyt-1")
        try house.add("b")
        let stage = stage(house)
        try stage.start()
        #expect(try eventually { try house.ledger.phoneMessageCounts(of: edition) == [.sent: 1] })
        stage.stop()
        #expect(house.service.messages().map(\.subscription) == ["a"])
    }

    @Test func aSilentServiceHoldsUpNoOtherAndNoStop() throws {
        let house = try PhoneHouse()
        let silent = try StrictPushService([.silence, .silence, .silence, .silence, .silence])
        defer { silent.stop() }
        let deaf = BrowserPhone("deaf", at: silent)
        #expect(
            try house.ledger.choosePhone(
                PhoneSubscription(address: deaf.endpoint, service: silent.url, key: deaf.publicKey, secret: deaf.secret, language: .da),
                ["nyt"],
                limit: 10, at: house.clock.now()) == .kept)
        for number in 0..<10 { try house.add("p\(number)") }
        let stage = stage(house)
        try stage.start()
        _ = try release(house, "nyt-1")
        #expect(house.service.messages(count: 10).count == 10)
        #expect(eventually { silent.requests == 1 })
        stage.stop()
        #expect(try house.ledger.phoneMessageCounts() == [.sent: 10, .ambiguous: 1])
    }
}
