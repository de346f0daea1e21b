import Core
import TestKit
import Testing

@testable import Core
@testable import Planner

@Suite struct RecurrenceTests {
    private func dates(_ rule: String, _ start: String, _ count: Int = 10) throws -> [String] {
        let first = try #require(CivilDateTime(iso: start))
        return Recurrence(try RecurrenceRule(rule), start: first, zone: .copenhagen).prefix(count).map(\.description)
    }

    @Test func firstTuesdays() throws {
        #expect(
            try dates("FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0", "2026-11-21", 3) == [
                "2026-12-01T08:00:00", "2027-01-05T08:00:00", "2027-02-02T08:00:00",
            ])
    }

    /// 2026 has an ISO week 53: two-week rules do not stumble over it.
    @Test func everySecondWeekThroughWeek53() throws {
        #expect(
            try dates("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-12-14", 3) == [
                "2026-12-14T00:00:00", "2026-12-28T00:00:00", "2027-01-11T00:00:00",
            ])
    }

    /// RFC 5545: BYDAY is a list of alternatives. dateutil, which asks for all of them, has no dates here.
    @Test func daysWithAndWithoutNumberAreAlternatives() throws {
        #expect(
            try dates("FREQ=MONTHLY;BYDAY=MO,1TU", "2026-12-01", 3) == [
                "2026-12-01T00:00:00", "2026-12-07T00:00:00", "2026-12-14T00:00:00",
            ])
    }

    @Test(arguments: [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31", "FREQ=DAILY;BYSETPOS=2;BYHOUR=8",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO", "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=YEARLY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=3",
    ])
    func aRuleThatNeverMatchesEnds(_ rule: String) throws { #expect(try dates(rule, "2026-12-01T08:00").isEmpty) }

    @Test func theYear9999IsTheEnd() throws {
        #expect(try dates("FREQ=YEARLY", "9997-06-01") == ["9997-06-01T00:00:00", "9998-06-01T00:00:00", "9999-06-01T00:00:00"])
        #expect(try dates("FREQ=WEEKLY;BYDAY=FR", "9999-12-24") == ["9999-12-24T00:00:00", "9999-12-31T00:00:00"])
        #expect(try dates("FREQ=DAILY", "9999-12-31") == ["9999-12-31T00:00:00"])
        #expect(try dates("FREQ=MONTHLY", "9999-12-31") == ["9999-12-31T00:00:00"])
    }

    /// What is skipped by starting late is exactly what lies before.
    @Test func startingLateGivesTheSameDates() throws {
        var generator = RuleGenerator(random: SeededRandom(printedFor: "startingLateGivesTheSameDates"))
        for _ in 0..<150 {
            let drawn = generator.draw()
            let recurrence = Recurrence(try RecurrenceRule(drawn.rule), start: drawn.start, zone: .copenhagen)
            let end = CivilDateTime(secondsSince1970: drawn.start.secondsSince1970 + 2000 * 86_400)
            let all = Array(recurrence.lazy.prefix { $0 <= end })
            let late = CivilDateTime(
                secondsSince1970: drawn.start.secondsSince1970 + .random(in: -50...1900, using: &generator.random) * 43_200)
            #expect(
                Array(recurrence.dates(from: late).lazy.prefix { $0 <= end }) == all.filter { late <= $0 },
                "\(drawn.rule) at \(drawn.start) from \(late)")
            #expect(all == all.sorted() && Set(all).count == all.count, "\(drawn.rule)")
            for date in all.prefix(3) { #expect(recurrence.contains(date)) }
        }
    }
}

/// Both nights on which civil time is not the time line, and what `try rule` prints.
@Suite struct RuleDatesTests {
    /// 28 March 2027 is Easter Sunday too: 02:00 becomes 03:00.
    @Test func theGapRunsAnHourLater() throws {
        #expect(
            try RuleDates.lines("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", start: "2027-03-27", count: 3) == [
                "2027-03-27T02:30:00+01:00", "2027-03-28T03:30:00+02:00", "2027-03-29T02:30:00+02:00",
            ])
    }

    @Test func theFoldRunsOnceAtTheFirst() throws {
        #expect(
            try RuleDates.lines("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", start: "2027-10-30T00:00", count: 3) == [
                "2027-10-30T02:30:00+02:00", "2027-10-31T02:30:00+02:00", "2027-11-01T02:30:00+01:00",
            ])
    }

    @Test func whatTheGapMakesEqualComesOnce() throws {
        #expect(
            try RuleDates.lines("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0", start: "2027-03-28", count: 2) == [
                "2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00",
            ])
    }

    @Test(arguments: [
        "2026-12-01T08:00", "2026-12-01T08:00:00", "2026-12-01T07:00:00Z", "2026-12-01T07:00Z", "2026-12-01T09:00:00+02:00",
        "2026-12-01T02:30-04:30",
    ])
    func everyFormOfAStart(_ start: String) throws {
        #expect(try RuleDates.lines("FREQ=DAILY;COUNT=1", start: start, count: 5) == ["2026-12-01T08:00:00+01:00"])
    }

    @Test func aDayAloneIsMidnightAndTheZoneCounts() throws {
        #expect(try RuleDates.lines("freq=daily", start: "2026-12-01", count: 1, zone: "America/St_Johns") == ["2026-12-01T00:00:00-03:30"])
    }

    @Test func anUntilInUTCIsComparedOnTheTimeLine() throws {
        #expect(try RuleDates.lines("FREQ=DAILY;UNTIL=20261202T070000Z", start: "2026-12-01T08:00", count: 9).count == 2)
        #expect(try RuleDates.lines("FREQ=DAILY;UNTIL=20261202T065959Z", start: "2026-12-01T08:00", count: 9).count == 1)
    }

    @Test(arguments: [
        ("FREQ=DAILY", "2026-02-30", 1, "Europe/Copenhagen"), ("FREQ=DAILY", "tomorrow", 1, "Europe/Copenhagen"),
        ("FREQ=DAILY", "", 1, "Europe/Copenhagen"), ("FREQ=DAILY", "2026-12-01Z", 1, "Europe/Copenhagen"),
        ("FREQ=DAILY", "2026-12-01", 0, "Europe/Copenhagen"), ("FREQ=DAILY", "2026-12-01", 1, "Europe/Kobenhavn"),
        ("FREQ=HOURLY", "2026-12-01", 1, "Europe/Copenhagen"),
    ])
    func refusesWithAMend(_ rule: String, _ start: String, _ count: Int, _ zone: String) {
        let fault = #expect(throws: Fault.self) { try RuleDates.lines(rule, start: start, count: count, zone: zone) }
        #expect(fault?.mend.isEmpty == false)
    }
}
