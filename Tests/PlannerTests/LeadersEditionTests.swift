import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// The leaders' edition carries exactly what the main one will say, a set time ahead of it.
@Suite struct LeadersEditionTests {
    @Test func itCarriesTheMainEditionsItems() throws {
        var main = try PlanningHouse.weekly()
        main.selection.perSource = 1
        let house = try PlanningHouse(PlanningHouse.leaders(), main)
        try house.drop("a") { $0.visibleFrom = try? PlanningHouse.instant("2026-11-24T00:00") }
        try house.drop("b", source: "IT")
        try house.drop("c", source: "IT")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.drop("late", source: "Miljø")
        try house.pass(at: "2026-11-23T08:00")
        #expect(try house.editions("ledere") == ["2026-11-23 released", "2026-11-30 open"])
        #expect(try house.editions().first == "2026-11-24 closed")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles("ledere-2026-11-23") == house.titles("nyt-2026-11-24"))
        #expect(try house.titles("nyt-2026-11-24").count == 2)
    }

    @Test func nothingEntersTheMainEditionThatTheLeadersHaveNotHad() throws {
        var main = try PlanningHouse.weekly()
        main.cutOff = .hours(2)
        let house = try PlanningHouse(main, PlanningHouse.leaders())
        try house.drop("a")
        try house.pass()
        #expect(try house.pass() == "2026-11-23T08:00:00", "the main edition freezes when the leaders' is released")
        try house.pass(at: "2026-11-23T08:00")
        try house.drop("b")
        for time in ["2026-11-24T06:00", "2026-11-24T08:00"] { try house.pass(at: time) }
        #expect(try house.titles("ledere-2026-11-23") == ["a"])
        #expect(try house.titles("nyt-2026-11-24") == ["a"])
    }

    @Test func lateItemsOfAnEmptyEditionAreTakenUntilTheLeadersRelease() throws {
        let house = try PlanningHouse(PlanningHouse.weekly(), PlanningHouse.leaders())
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.drop("a")
        try house.pass(at: "2026-11-23T08:00")
        try house.drop("b")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles("ledere-2026-11-23") == ["a"])
        #expect(try house.titles("nyt-2026-11-24") == ["a"])
    }

    @Test func itMovesWithTheMainEdition() throws {
        // 29 March 2027 is Easter Monday: the main edition is released on Tuesday, and the leaders' a day before that.
        let house = try PlanningHouse(
            PlanningHouse.weekly("FREQ=WEEKLY;BYDAY=MO;BYHOUR=8"), PlanningHouse.leaders(), at: "2027-03-23T12:00")
        try house.drop("a")
        try house.pass()
        #expect(try house.editions() == ["2027-03-30 open"])
        #expect(try house.editions("ledere") == ["2027-03-29 open"])
        #expect(try house.edition("ledere-2027-03-29").release == PlanningHouse.instant("2027-03-29T08:00"))
    }

    @Test func itIsHeldWhileTheMainEditionIsNotApproved() throws {
        var main = try PlanningHouse.weekly()
        main.approval = .editor
        let house = try PlanningHouse(main, PlanningHouse.leaders())
        let item = try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.pass(at: "2026-11-23T08:00")
        #expect(try house.editions("ledere").first == "2026-11-23 held")
        try house.ledger.approveItem(item, by: "editor", at: house.clock.now())
        try house.run("ledere-2026-11-23")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles("ledere-2026-11-23") == ["a"])
        #expect(try house.titles("nyt-2026-11-24") == ["a"])
        #expect(try house.alarms().isEmpty)
    }

    @Test func leadersAloneGetItAndItKnowsWhomItGoesAheadOf() throws {
        var leaders = PlanningHouse.leaders()
        leaders.audience = "ledere"
        leaders.channels.web = true
        let house = try PlanningHouse(try PlanningHouse.weekly(), leaders)
        house.audiences = [Audience(name: "ledere", conditions: [.init(attribute: "role", values: ["leder"])])]
        try house.people([("a@x.dk", nil, "ansat"), ("b@x.dk", nil, "leder"), ("c@x.dk", nil, "Leder"), ("d@x.dk", nil, "")])
        try house.drop("a") { $0.leaderNotes = Document([.paragraph([.text("punkt")])]) }
        for time in ["2026-11-20T12:00", "2026-11-22T08:00", "2026-11-23T08:00"] { try house.pass(at: time) }
        let claimed = try house.ledger.claim(Outlet.email, limit: 100, at: house.clock.now())
        let addresses = claimed.compactMap { delivery -> String? in
            if case .recipient(_, let address, _, _) = delivery.target { String(address.localPart) } else { nil }
        }
        #expect(addresses.sorted() == ["b", "c"])
        let edition = try house.edition("ledere-2026-11-23")
        #expect(edition.aheadOf == "nyt" && edition.web)
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.edition("nyt-2026-11-24").aheadOf == nil)
        #expect(try house.ledger.edition(of: "nyt", scheduled: edition.scheduled)?.slug == "nyt-2026-11-24")
    }
}
