import Core
import TestKit
import Testing

@testable import Ledger

@Suite struct ItemTests {
    static let now = DeliveryTests.now

    static func submission(_ source: String, _ name: String, _ digest: String) -> Submission {
        let body = Document([.paragraph([.text("Tekst \(digest)")])])
        return Submission(
            source: source, name: name, digest: digest, content: ItemContent(title: "Titel \(digest)", summary: "S", body: body),
            pictures: [])
    }

    @Test func theSameNameReplacesUntilAnEditionHasFrozenIt() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        guard case .new(let id) = try ledger.accept(Self.submission("HR", "a.md", "1"), at: Self.now) else { return #expect(Bool(false)) }
        #expect(try ledger.accept(Self.submission("HR", "a.md", "1"), at: Self.now) == .unchanged(id))
        try ledger.approveItem(id, by: "editor", at: Self.now)
        #expect(try ledger.accept(Self.submission("HR", "a.md", "2"), at: Self.now) == .replaced(id, version: 2))
        #expect(try ledger.item(id)?.state == .accepted, "a new version was approved by nobody")
        #expect(try ledger.accept(Self.submission("IT", "b.md", "2"), at: Self.now) == .duplicate(of: id, source: "HR", name: "a.md"))

        let plan = EditionPlan(
            publication: "nyt", slug: "nyt", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: Self.now,
            cutOff: Self.now, leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: Self.now)
        try ledger.closeEdition(edition, items: [FrozenItem(item: id, version: 2)], at: Self.now)
        guard case .new(let later) = try ledger.accept(Self.submission("HR", "a.md", "3"), at: Self.now) else {
            return #expect(Bool(false))
        }
        #expect(try ledger.item(id)?.state == .superseded)
        #expect(try ledger.items(of: edition).map(\.content.title) == ["Titel 2"])
        #expect(try ledger.liveItems(at: Self.now).map(\.id) == [later])
    }

    @Test func aLaterFileOfTheSameNameSaysNothingOfTheApprovalOfTheFormer() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let ids = try ["a.md", "b.md"].map { try ledger.accept(Self.submission("HR", $0, "1 \($0)"), at: Self.now).item }
        try ledger.approveItem(ids[0], by: "editor", at: Self.now)
        let plan = EditionPlan(
            publication: "nyt", slug: "nyt", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: Self.now,
            cutOff: Self.now, leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: Self.now)
        try ledger.closeEdition(edition, items: ids.map { FrozenItem(item: $0, version: 1) }, at: Self.now)
        for name in ["a.md", "b.md"] { _ = try ledger.accept(Self.submission("HR", name, "2 \(name)"), at: Self.now) }
        #expect(try ledger.items(of: edition).map(\.isApproved) == [true, false])
        try ledger.approveItem(ids[1], by: "editor", at: Self.now)
        #expect(try ledger.items(of: edition).map(\.isApproved) == [true, true])
        #expect(try ledger.item(ids[1])?.state == .superseded, "approved for the edition, and shown nowhere else")
        #expect(throws: Fault.self) { try ledger.holdItem(ids[1], by: "editor", at: Self.now) }
    }

    @Test func whatIsOnShowFollowsEveryChangeOfAnItem() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let ids = try ["a.md", "b.md", "c.md"].map { try ledger.accept(Self.submission("HR", $0, "1 \($0)"), at: Self.now).item }
        #expect(try ledger.records(of: ledger.liveItems(at: Self.now)) == ids.map { try #require(try ledger.item($0)) })
        try ledger.approveItem(ids[0], by: "editor", at: Self.now)
        try ledger.holdItem(ids[1], by: "editor", at: Self.now)
        var short = Self.submission("HR", "c.md", "2")
        short.content.visibleUntil = Self.now + .hours(1)
        _ = try ledger.accept(short, at: Self.now)
        // As if each were read anew: states, approvals and texts.
        #expect(try ledger.records(of: ledger.liveItems(at: Self.now)) == [ids[0], ids[2]].map { try #require(try ledger.item($0)) })
        #expect(try ledger.liveItems(at: Self.now + .hours(1)).map(\.id) == [ids[0]])
        #expect(try ledger.records(of: ledger.liveItems(at: Self.now)).map(\.content.title) == ["Titel 1 a.md", "Titel 2"])
    }

    @Test func holdingAnItemTakesItsApprovalBack() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let id = try ledger.accept(Self.submission("HR", "a.md", "1"), at: Self.now).item
        try ledger.approveItem(id, by: "editor", at: Self.now)
        try ledger.holdItem(id, by: "editor", at: Self.now)
        #expect(try ledger.item(id)?.isApproved == false)
    }

    @Test func aWithdrawnItemIsShownNowhere() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let id = try ledger.accept(Self.submission("HR", "a.md", "1"), at: Self.now).item
        #expect(try ledger.withdrawItem(source: "HR", name: "a.md", by: "intake", at: Self.now) == id)
        #expect(try ledger.liveItems(at: Self.now).isEmpty)
        #expect(throws: Fault.self) { try ledger.approveItem(id, by: "editor", at: Self.now) }
        #expect(try ledger.auditTrail(of: "item \(id)").map(\.act) == ["withdrawn", "accept"])
    }
}
