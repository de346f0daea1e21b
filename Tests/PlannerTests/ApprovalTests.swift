import Core
import Ledger
import Testing

@testable import Planner

/// Whose yes an edition needs, and that it is a yes to what stands in it and to nothing else.
@Suite struct ApprovalTests {
    private func house(_ rule: Publication.Approval, sources: [String] = ["HR"]) throws -> PlanningHouse {
        var weekly = try PlanningHouse.weekly()
        weekly.approval = rule
        let house = try PlanningHouse(weekly)
        house.committees = ["Hovedudvalget", "Skoleudvalget"]
        for source in sources { try house.drop("nyt fra \(source)", source: source) }
        try house.pass()
        return house
    }

    private let slug = "nyt-2026-11-24"

    private func approve(_ house: PlanningHouse, _ actor: String, _ roles: DeskRole...) throws {
        let edition = try house.edition(slug)
        let items = try house.release.items(for: edition, at: edition.release)
        let capacities = try house.release.capacities(of: roles, for: edition, items)
        try house.ledger.approveEdition(
            edition.id, content: edition.approvable(items), as: capacities, by: actor, at: house.clock.now())
    }

    private func missing(_ house: PlanningHouse) throws -> [ApprovalState.Missing] {
        let edition = try house.edition(slug)
        return try house.release.approval(of: edition, try house.release.items(for: edition, at: edition.release)).missing
    }

    @Test func twoWantsTwoPersons() throws {
        let house = try house(.two)
        #expect(try missing(house) == [.editor, .another])
        try approve(house, "anne", .editor, .director)
        #expect(try missing(house) == [.another])
        try approve(house, "anne", .editor)
        #expect(try missing(house) == [.another], "the same person twice is one")
        try approve(house, "bo", .director)
        #expect(try missing(house).isEmpty)
    }

    @Test func anEditorAndADirectorAreTwoPersons() throws {
        let house = try house(.editorAndDirector)
        try approve(house, "anne", .editor, .director)
        #expect(try missing(house) == [.director])
        try approve(house, "bo", .editor)
        #expect(try missing(house).isEmpty, "anne is a director beside bo")
    }

    @Test func medWantsBothSidesOfEachCommitteeThatHasAnItem() throws {
        let house = try house(.med, sources: ["Hovedudvalget", "HR"])
        #expect(try missing(house) == [.medA("Hovedudvalget"), .medB("Hovedudvalget")])
        try approve(house, "mads", .medA("Hovedudvalget"), .medB("Hovedudvalget"))
        #expect(try missing(house) == [.medB("Hovedudvalget")], "nobody signs for both sides")
        try approve(house, "bente", .medB("Skoleudvalget"))
        #expect(try missing(house) == [.medB("Hovedudvalget")], "another committee's side")
        try approve(house, "berit", .medB("Hovedudvalget"))
        #expect(try missing(house).isEmpty)
    }

    @Test func medWithoutACommitteesItemWantsAnEditor() throws {
        let house = try house(.med)
        #expect(try missing(house) == [.editor])
        try approve(house, "anne", .editor)
        #expect(try missing(house).isEmpty)
    }

    /// Each change after the yes takes it back: another item, another version, another order, one left out.
    @Test(arguments: 0..<4) func whateverChangesTakesItBack(_ change: Int) throws {
        let house = try house(.two, sources: ["HR", "Skat"])
        try approve(house, "anne", .editor)
        try approve(house, "bo", .editor)
        #expect(try missing(house).isEmpty)
        let edition = try house.edition(slug)
        let items = try house.release.items(for: edition, at: edition.release)
        let now = house.clock.now()
        switch change {
        case 0: try house.drop("en til")
        case 1:
            var content = items[0].content
            content.title = "Rettet"
            try house.ledger.reviseItem(items[0].id, from: 1, to: content, by: "anne", at: now)
        case 2: try house.ledger.arrangeEdition(edition.id, order: items.map(\.id).reversed(), leftOut: [], by: "anne", at: now)
        default: try house.ledger.arrangeEdition(edition.id, order: [], leftOut: [items[0].id], by: "anne", at: now)
        }
        #expect(try missing(house) == [.editor, .another])
        let changed = try house.edition(slug)
        let state = try house.release.approval(of: changed, try house.release.items(for: changed, at: changed.release))
        #expect(state.valid.isEmpty && state.revoked.map(\.actor) == ["anne", "bo"])
        try house.pass(at: "2026-11-22T08:00")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.edition(slug).state == .held)
        #expect(try house.edition(slug).reason == "not approved: an editor’s approval; a second person’s approval")
    }

    @Test func aClosedEditionTakesAnEditAndItsOrderIsSent() throws {
        let house = try house(.none, sources: ["HR", "Skat"])
        try house.pass(at: "2026-11-22T08:00")
        let edition = try house.edition(slug)
        #expect(edition.state == .closed)
        let items = try house.ledger.items(of: edition.id)
        var content = items[0].content
        content.title = "Rettet"
        let now = house.clock.now()
        try house.ledger.reviseItem(items[0].id, from: 1, to: content, by: "anne", at: now)
        #expect(throws: Fault.self) { try house.ledger.reviseItem(items[0].id, from: 1, to: content, by: "bo", at: now) }
        try house.ledger.arrangeEdition(edition.id, order: items.map(\.id).reversed(), leftOut: [], by: "anne", at: now)
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles(slug) == [items[1].content.title, "Rettet"])
        #expect(throws: Fault.self, "what is sent is sent") {
            try house.ledger.arrangeEdition(edition.id, order: [], leftOut: [], by: "anne", at: now)
        }
        #expect(try house.ledger.versions(of: items[0].id).map(\.author) == ["anne", "intake"])
    }

    @Test func anAlarmStandsADayAheadUntilItIsApproved() throws {
        let house = try house(.two)
        #expect(try house.pass(at: "2026-11-22T08:00") == "2026-11-23T08:00:00", "the alarm's time is waited for")
        #expect(try house.alarms().isEmpty)
        try house.pass(at: "2026-11-23T08:00")
        #expect(try house.alarms() == ["unapproved-edition \(slug)"])
        try approve(house, "anne", .editor)
        try house.pass()
        #expect(try house.alarms() == ["unapproved-edition \(slug)"])
        try approve(house, "bo", .director)
        try house.pass()
        #expect(try house.alarms().isEmpty)
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.edition(slug).state == .released)
    }

    @Test func theLeadersEditionFollowsTheMainOnesApprovals() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.approval = .two
        let house = try PlanningHouse(weekly, PlanningHouse.leaders())
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.pass(at: "2026-11-23T08:00")
        #expect(try house.editions("ledere").first == "2026-11-23 held", "the leaders must not have first what nobody approved")
        try approve(house, "anne", .editor)
        try approve(house, "bo", .editor)
        try house.run("ledere-2026-11-23")
        #expect(try house.titles("ledere-2026-11-23") == ["a"])
    }
}
