import Core
import Ledger
import TestKit
import Testing

@testable import Planner

/// When editions are planned, over restarts, edited schedules and clocks that jump (FAULTS 31).
@Suite struct PlanningTests {
    @Test func theFirstStartPlansTheFirstEditionAfterItAndKeepsItOverARestart() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        #expect(try house.pass() == "2026-11-22T08:00:00", "the cut-off is due next")
        let planned = try house.edition("nyt-2026-11-24")
        try house.restart()
        #expect(try house.pass(at: "2026-11-21T12:00") == "2026-11-22T08:00:00")
        #expect(try house.edition("nyt-2026-11-24") == planned)
        #expect(try house.editions() == ["2026-11-24 open"])
    }

    @Test func theFirstStartMissesNothingThatWasReleasedBeforeIt() throws {
        // On Monday noon the leaders' edition of Tuesday's would have gone out already.
        let house = try PlanningHouse(PlanningHouse.weekly(), PlanningHouse.leaders(), at: "2026-11-23T12:00")
        try house.drop("a")
        try house.pass()
        #expect(try house.editions("ledere") == ["2026-11-30 open"])
    }

    @Test func anEditionThatAClosingDayMovedBehindTheFirstStartIsTheFirst() throws {
        let house = try PlanningHouse(PlanningHouse.weekly("FREQ=MONTHLY;BYMONTHDAY=22;BYHOUR=8"), at: "2026-11-22T20:00")
        try house.pass()
        #expect(try house.editions() == ["2026-11-23 open"], "Sunday's is released on Monday")
    }

    @Test func anEditedScheduleMovesTheOpenEdition() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.pass()
        house.publications = [try PlanningHouse.weekly("FREQ=WEEKLY;BYDAY=TH;BYHOUR=9")]
        try house.pass()
        #expect(try house.editions() == ["2026-11-26 open"])
        #expect(try house.edition("nyt-2026-11-26").cutOff == PlanningHouse.instant("2026-11-24T09:00"))
    }

    @Test func datesThatAnEditedScheduleNeverHadHaveNotBeenMissed() throws {
        let house = try PlanningHouse(PlanningHouse.weekly("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1;BYHOUR=8"))
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-12-01T08:00")
        house.clock.set(try PlanningHouse.instant("2027-06-01T12:00"))
        try house.drop("b")
        house.publications = [try PlanningHouse.weekly()]
        try house.pass()
        try house.pass()
        #expect(try house.editions() == ["2026-12-01 released", "2027-06-08 open"])
        #expect(try house.alarms().isEmpty)
    }

    @Test func aRemovedPublicationsOpenEditionDisappearsAndItsClosedOneIsSkippedAtItsTime() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.pass()
        try house.pass(at: "2026-11-22T08:00")
        #expect(try house.editions() == ["2026-11-24 closed", "2026-12-01 open"])
        let removed = house.publications
        house.publications = []
        try house.pass(at: "2026-11-22T08:01")
        #expect(try house.editions() == ["2026-11-24 closed"])
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.editions() == ["2026-11-24 skipped"])

        house.publications = removed
        try house.pass(at: "2027-03-05T12:00")
        #expect(try house.editions() == ["2026-11-24 skipped", "2027-03-09 open"], "what comes back has missed nothing")
    }

    @Test func aRuleWithoutADateRaisesAnAlarmAndDoesNotKeepThePlannerAwake() throws {
        let house = try PlanningHouse(PlanningHouse.weekly("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"))
        #expect(try house.pass() == nil)
        #expect(try house.alarms() == ["unscheduled-publication nyt"])
        let stage = house.stage()
        _ = stage.pass()
        #expect(stage.kick.wait(until: house.clock.now(), clock: house.clock))
        house.publications = [try PlanningHouse.weekly()]
        try house.pass()
        #expect(try house.alarms().isEmpty)
    }

    @Test func eachEditionOnceOverTheSpringGapAndTheAutumnFold() throws {
        // 02:30 is missing on 28 March 2027 and comes twice on 31 October.
        for (start, times) in [
            ("2027-03-26T12:00", ["2027-03-27T02:30:00", "2027-03-28T03:30:00", "2027-03-29T02:30:00"]),
            ("2027-10-29T12:00", ["2027-10-30T02:30:00", "2027-10-31T02:30:00", "2027-11-01T02:30:00"]),
        ] {
            var daily = try PlanningHouse.weekly("FREQ=DAILY;BYHOUR=2;BYMINUTE=30")
            daily.onHoliday = .run
            daily.cutOff = .minutes(0)
            daily.selection.repeats = true
            let house = try PlanningHouse(daily, at: start)
            try house.drop("a")
            for _ in 0..<(3 * 24 * 2) {
                house.clock.advance(by: .minutes(30))
                try house.pass()
            }
            let released = try house.ledger.editions([.released]).reversed()
            #expect(released.compactMap(\.released).map { Zone.copenhagen.civil($0).description } == times)
            #expect(Set(released.compactMap(\.released)).count == 3)
            #expect(try house.editions().filter { !$0.hasSuffix("released") }.count == 1)
        }
    }

    @Test func aClockThatJumpsADayForwardsAndBackReleasesEachEditionOnce() throws {
        var weekly = try PlanningHouse.weekly()
        weekly.ifLate = .days(2)
        let house = try PlanningHouse(weekly)
        try house.drop("a")
        try house.pass()
        for time in ["2026-11-23T12:00", "2026-11-24T12:00", "2026-11-23T12:01", "2026-11-24T08:00", "2026-11-24T09:00"] {
            try house.pass(at: time)
        }
        #expect(try house.editions() == ["2026-11-24 released", "2026-12-01 open"])
        #expect(try house.ledger.auditTrail().filter { $0.act == "release" }.count == 1)
    }

    @Test func theReleaseOfAClosedEditionIsDueBeforeTheCutOffOfTheNext() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        try house.pass()
        #expect(try house.pass(at: "2026-11-22T08:00") == "2026-11-24T08:00:00")
        #expect(try house.editions() == ["2026-11-24 closed", "2026-12-01 open"])
        #expect(try house.pass(at: "2026-11-22T08:01") == "2026-11-24T08:00:00", "also after the next one is planned")
    }

    @Test func anEditionThatIsPlannedAfterItsCutOffTakesItemsUntilItsRelease() throws {
        let house = try PlanningHouse(PlanningHouse.weekly(), at: "2026-11-23T12:00")
        try house.drop("a")
        #expect(try house.pass() == "2026-11-24T08:00:00")
        try house.drop("b")
        try house.pass(at: "2026-11-24T08:00")
        #expect(try house.titles("nyt-2026-11-24").sorted() == ["a", "b"])
    }

    @Test func theRunningStageReleasesWhenTheClockComesToIt() throws {
        let house = try PlanningHouse(PlanningHouse.weekly())
        try house.drop("a")
        let stage = house.stage()
        house.clock.wakes(stage.kick)
        try stage.start()
        defer { stage.stop() }
        #expect(try eventually { try house.editions() == ["2026-11-24 open"] })
        house.clock.set(try PlanningHouse.instant("2026-11-22T08:00"))
        #expect(try eventually { try house.editions() == ["2026-11-24 closed", "2026-12-01 open"] })
        house.clock.set(try PlanningHouse.instant("2026-11-24T08:00"))
        #expect(try eventually { try house.editions().first == "2026-11-24 released" })
    }
}
