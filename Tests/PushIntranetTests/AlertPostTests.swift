import Core
import Foundation
import TestKit
import Testing

@testable import Ledger
@testable import PushIntranet

/// A crisis message at the endpoints: at once, whatever else the endpoint takes, and its all-clear as a post of its own.
@Suite struct AlertPostTests {
    private let text = "Gå hjem, og bliv der."

    private func raise(_ house: ConnectorHouse, until: Instant? = nil, isDrill: Bool = false) throws -> AlertID {
        let content = ItemContent(title: "Rådhuset er lukket", summary: "", body: Document([.paragraph([.text(text)])]))
        let submission = Submission(source: "Akut/HR", name: "lukket.md", digest: "lukket", content: content, pictures: [])
        let item = try #require(try house.ledger.item(try house.ledger.accept(submission, at: house.clock.now()).item))
        let proposal = AlertProposal(
            item: item.id, version: item.version, isDrill: isDrill, audience: "alle", until: until, proposer: "test")
        return try house.ledger.proposeAlert(proposal, needsTwoPeople: false, at: house.clock.now())
    }

    /// The release as the Planner does it.
    private func release(_ house: ConnectorHouse, _ id: AlertID, _ kind: AlertMark.Kind) throws {
        let now = house.clock.now()
        let plan = EditionPlan(
            publication: AlertPublication.name, slug: "akut-2026-12-01", title: kind == .raised ? "Akut: lukket" : "Afblæst: lukket",
            audience: "alle", scheduled: kind.rawValue, release: now, cutOff: now, leaderNotes: false)
        let edition = try house.ledger.planAlertEdition(id, kind, plan, at: now)
        let alert = try house.ledger.alert(id)
        let release = Release(
            items: [FrozenItem(item: alert.item, version: alert.version)], renderings: [:], recipients: [], mandatory: true,
            posts: PostPlan.alert(edition, alert, to: [house.endpoint.name]), web: false, stopBy: now + .days(1))
        try house.ledger.releaseEdition(edition, release, by: "test", at: now)
    }

    @Test(arguments: ConnectorHouse.posting) func everyKindIsToldThatItStandsAndThatItIsOver(_ kind: Endpoint.Kind) throws {
        let house = try ConnectorHouse(kind)
        house.endpoint.categories = ["Børn"]
        let id = try raise(house)
        try release(house, id, .raised)
        #expect(try house.carry()?.state == .sent, "\(house.receiver.violations)")
        try house.ledger.withdrawItem(try house.ledger.alert(id).item, by: "test", at: house.clock.now())
        try house.ledger.endAlert(id, .withdrawn, by: "test", farewell: "Alt er i orden igen.", at: house.clock.now())
        try release(house, id, .ended)
        #expect(try house.carry()?.state == .sent, "\(house.receiver.violations)")
        // What it said stays: nobody is told of a correction.
        #expect(house.receiver.decisive == 2 && house.receiver.violations.isEmpty, "\(house.receiver.violations)")
        let bodies = house.server.requests(count: 2).map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.contains { $0.contains("Akut: lukket") && $0.contains(text) })
        #expect(bodies.contains { $0.contains("Afblæst: lukket") && $0.contains("Alt er i orden igen.") && !$0.contains(text) })
    }

    @Test func aWebhookSaysWhatItIs() throws {
        let house = try ConnectorHouse(.webhook)
        let until = house.clock.now() + .hours(2)
        try release(house, try raise(house, until: until, isDrill: true), .raised)
        #expect(try house.carry()?.state == .sent)
        let body = try #require(house.server.requests(count: 1).first?.body)
        let whole = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
        let edition = try #require((whole["data"] as? [String: Any])?["edition"] as? [String: Any])
        let alert = try #require(edition["alert"] as? [String: Any])
        #expect(whole["type"] as? String == "edition.released")
        #expect(alert["kind"] as? String == "raised" && alert["drill"] as? Bool == true && alert["until"] as? String == "\(until)")
        let item = try #require((edition["items"] as? [[String: Any]])?.first)
        #expect(item["title"] as? String == "Akut: lukket" && item["summary"] as? String == text && item["source"] as? String == "HR")
    }

    @Test func itGoesBeforeWhatWaitsAndNeverBehindItsEnd() throws {
        let house = try ConnectorHouse(.webhook)
        for number in 1...3 { try house.accept(ConnectorHouse.item("Nyt \(number)"), name: "\(number).md") }
        _ = try house.planning.pass(at: house.clock.now())
        house.clock.advance(by: .minutes(1))
        let first = try raise(house)
        try release(house, first, .raised)
        let claimed = try #require(try house.ledger.claimPost(house.endpoint.name, at: house.clock.now()))
        #expect(claimed.topic == .edition(try #require(try house.ledger.alert(first).edition)))
        // One that could not be told before it was over is told no more, and asked for again neither.
        let later = house.clock.now() + .minutes(5)
        try house.ledger.settle(claimed, .deferred(reply: "503", until: later, arrived: false), at: house.clock.now())
        try house.ledger.endAlert(first, .ended, by: "test", at: house.clock.now())
        try release(house, first, .ended)
        #expect(try house.ledger.posts(failedOnly: true).map(\.id) == [claimed.id])
        _ = try house.ledger.retryPosts(nil, by: "test", at: house.clock.now())
        try house.carry()
        #expect(try house.ledger.posts(failedOnly: true).map(\.reply) == ["the crisis message was over"])
        let bodies = house.server.requests(count: 4).map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.count == 4 && bodies[0].contains("Afblæst") && !bodies.contains { $0.contains("Akut: lukket") })
    }
}
