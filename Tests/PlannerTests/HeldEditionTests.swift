import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// Editions that are empty, late or not approved, and publications that are silent: what is done, and the alarm that stands meanwhile.
@Suite struct HeldEditionTests {
    @Test func anEmptyEditionIsSkippedInSilence() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.pass()
        #expect(try house.pass(at: "2026-11-22T08:00") == "2026-11-24T08:00:00")
        #expect(try house.alarms().isEmpty)
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.editions() == ["2026-11-24 skipped", "2026-12-01 open"])
    }

    @Test func anEmptyEditionRaisesAnAlarmAndTakesLateItemsUntilItsRelease() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.ifEmpty = .alert
        let house = try PlanningHouse(weekly)
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        #expect(try house.alarms() == ["empty-edition nyt"])
        try house.drop("a")
        try house.pass(at: "2026-11-23T12:00")
        #expect(try house.alarms().isEmpty)
        try house.drop("b")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.editions() == ["2026-11-24 released", "2026-12-01 open"])
        #expect(try house.titles("nyt-2026-11-24").sorted() == ["a", "b"], "the first late item does not shut out the second")

        try house.pass(at: "2026-11-29T08:00")
        #expect(try house.alarms() == ["empty-edition nyt"])
        try house.pass(at: "2026-12-01T08:00")
        #expect(try house.alarms().isEmpty, "skipped")
    }

    @Test(arguments: [("2026-11-24T14:00", "released", []), ("2026-11-24T14:01", "held", ["held-edition nyt-2026-11-24"])])
    func lateGoesOutAndTooLateIsHeld(_ back: String, _ state: String, _ alarms: [String]) throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.pass(at: back)
        #expect(try house.editions() == ["2026-11-24 \(state)", "2026-12-01 open"])
        #expect(try house.alarms() == alarms)
    }

    @Test func afterALongAbsenceTheLastMissedDateIsHeldWithAllItems() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.drop("b")
        try house.pass()
        try house.restart()
        try house.pass(at: "2026-12-11T12:00")
        let settled = ["2026-11-24 skipped", "2026-12-01 skipped", "2026-12-08 held", "2026-12-15 open"]
        #expect(try house.editions() == settled)
        #expect(try house.alarms() == ["held-edition nyt-2026-12-08"])
        try house.pass(at: "2026-12-11T12:01")
        #expect(try house.editions() == settled, "each once")

        try house.drop("c")
        for time in ["2026-12-13T08:00", "2026-12-15T08:00"] { try house.pass(at: time) }
        #expect(try house.titles("nyt-2026-12-15") == ["c"], "what is held is not sent with another")
        try house.run("nyt-2026-12-08")
        try house.pass()
        #expect(try house.titles("nyt-2026-12-08").sorted() == ["a", "b"])
        #expect(try house.alarms().isEmpty)
        #expect(try house.edition("nyt-2026-12-08").number == 2)
    }

    @Test func afterALongAbsenceADateThatIsNotTooLateGoesOut() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-12-08T09:00")
        #expect(try house.editions() == ["2026-11-24 skipped", "2026-12-01 skipped", "2026-12-08 released", "2026-12-15 open"])
        #expect(try house.titles("nyt-2026-12-08") == ["a"])
    }

    @Test func whatNobodyApprovedIsNeverSent() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.approval = .editor
        let house = try PlanningHouse(weekly)
        let approved = try house.drop("a")
        let waiting = try house.drop("b")
        try house.ledger.approveItem(approved, by: "editor", at: house.clock.now())
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        // A later file of the same name neither approves the former nor takes an approval back.
        try house.drop("a")
        try house.drop("b")
        try house.pass(at: "2026-11-24T08:00")
        let edition = try house.edition("nyt-2026-11-24")
        #expect(edition.state == .held)
        #expect(edition.reason == "not approved: item \(waiting)")
        #expect(try house.alarms() == ["held-edition nyt-2026-11-24"])
        #expect(throws: Fault.self) { try house.run("nyt-2026-11-24") }
        #expect(try house.edition("nyt-2026-11-24").state == .held)

        try house.ledger.approveItem(waiting, by: "editor", at: house.clock.now())
        try house.pass(at: "2026-11-24T08:10")
        #expect(try house.edition("nyt-2026-11-24").state == .held, "held waits for run")
        try house.run("nyt-2026-11-24")
        try house.pass()
        #expect(try house.titles("nyt-2026-11-24").sorted() == ["a", "b"])
        #expect(try house.alarms().isEmpty)
    }

    @Test func whatIsApprovedInTimeGoesOut() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.approval = .editor
        let house = try PlanningHouse(weekly)
        let item = try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.ledger.approveItem(item, by: "editor", at: house.clock.now())
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.edition("nyt-2026-11-24").state == .released)
    }

    @Test func aHeldEditionWhoseItemsWereWithdrawnIsSkippedAndItsAlarmEnds() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        let item = try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-25T08:00")
        #expect(try house.alarms() == ["held-edition nyt-2026-11-24"])
        try house.ledger.withdrawItem(item, by: "HR", at: house.clock.now())
        try house.pass()
        #expect(try house.editions() == ["2026-11-24 skipped", "2026-12-01 open"])
        #expect(try house.alarms().isEmpty)
    }

    @Test func anAlarmThatACrashKeptFromBeingRaisedIsRaisedByTheNextPass() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        try house.ledger.holdEdition(house.edition("nyt-2026-11-24").id, reason: "r", by: "planner", at: house.clock.now())
        #expect(try house.alarms().isEmpty, "who holds it before its time knows")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.alarms() == ["held-edition nyt-2026-11-24"])
        house.publications = []
        try house.pass()
        #expect(try house.alarms().isEmpty, "nothing of a removed publication stands for ever")
    }

    @Test func aSilentPublicationRaisesAnAlarmAlsoWhenItNeverSpoke() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.atLeastEvery = .days(7)
        let house = try PlanningHouse(weekly)
        try house.pass()
        try house.pass(at: "2026-11-27T12:00")
        #expect(try house.alarms().isEmpty)
        try house.pass(at: "2026-11-27T12:01")
        #expect(try house.alarms() == ["silent-publication nyt"])
        try house.drop("a")
        for time in ["2026-11-29T08:00", "2026-12-01T08:00"] { try house.pass(at: time) }
        #expect(try house.alarms().isEmpty)
        try house.pass(at: "2026-12-08T08:01")
        #expect(try house.alarms() == ["silent-publication nyt"])
    }
}
