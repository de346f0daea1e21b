import Core
import Ledger
import TestKit
import Testing

@testable import PushIntranet

/// What a release would have to wait for is there before it.
@Suite struct PreparationTests {
    @Test(arguments: [Endpoint.Kind.wordpress, .os2display], Endpoint.Per.allCases)
    func picturesAreThereBeforeTheRelease(_ kind: Endpoint.Kind, _ per: Endpoint.Per) throws {
        let house = try ConnectorHouse(kind, per: per)
        let now = house.clock.now()
        let item = try #require(try house.ledger.item(try house.accept(ConnectorHouse.item("a"))))
        let plan = EditionPlan(
            publication: "nyt", slug: "nyt-1", title: "Nyt", audience: "alle", scheduled: "x", release: now + .days(1), cutOff: now,
            leaderNotes: false)
        let edition = try house.ledger.planEdition(plan, at: now)
        var publication = Publication(name: "nyt", title: "Nyt", timing: .recurring(try RecurrenceRule("FREQ=DAILY"), from: nil))
        publication.channels.endpoints = [house.endpoint.name]
        let planning = PostPlanning(endpoints: [house.endpoint], publications: [publication], ledger: house.ledger)
        let poster = try house.poster()
        #expect(try planning.coming(for: house.endpoint).isEmpty, "what may still change is not sent ahead")
        try house.ledger.closeEdition(edition, items: [FrozenItem(item: item.id, version: item.version)], at: now)
        var ready: Set<String> = []
        #expect(try poster.prepare(try planning.coming(for: house.endpoint), &ready))
        #expect(try !poster.prepare(try planning.coming(for: house.endpoint), &ready))
        #expect(ready.count == 1 && house.receiver.uploads == 1 && house.receiver.history.isEmpty, "\(house.receiver.violations)")
        let release = Release(
            items: [FrozenItem(item: item.id, version: item.version)], renderings: [:], recipients: [], mandatory: false,
            posts: PostPlan.release(edition, [item], to: house.endpoint), web: false, stopBy: now + .days(5))
        try house.ledger.releaseEdition(edition, release, by: "test", at: now)
        try house.carry(poster)
        #expect(house.receiver.titles == [per == .item ? "a" : "Nyt"] && house.receiver.uploads == 1)
        #expect(try house.ledger.moments(of: edition).map(\.channel) == ["endpoint/kjukken"] && house.receiver.violations.isEmpty)
    }
}
