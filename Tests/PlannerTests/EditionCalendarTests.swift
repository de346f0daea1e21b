import Core
import TestKit
import Testing

@testable import Core
@testable import Planner

@Suite struct EditionCalendarTests {
    private func publication(
        _ name: String = "nyt", _ rule: String, _ onHoliday: Publication.OnHoliday = .nextWorkingDay, cutOff: Span = .days(2)
    ) throws -> Publication {
        var publication = Publication(name: name, title: name, timing: .recurring(try RecurrenceRule(rule), from: nil))
        publication.onHoliday = onHoliday
        publication.cutOff = cutOff
        return publication
    }

    private func calendar(_ publications: Publication..., closed: Set<CivilDate> = []) -> EditionCalendar {
        var choices = ClosingDays()
        choices.others = closed
        return EditionCalendar(zone: .copenhagen, closingDays: choices, publications: publications)
    }

    private func editions(_ calendar: EditionCalendar, _ publication: Publication, after: String, _ count: Int) throws -> [PlannedEdition] {
        Array(try calendar.editions(of: publication, after: try #require(CivilDateTime(iso: after))).prefix(count))
    }

    private func local(_ instant: Instant) -> String { Zone.copenhagen.civil(instant).description }

    @Test func movedToTheNextWorkingDayAtTheSameTime() throws {
        // Thursday 1 January 2026 is New Year's Day; Friday follows.
        let monthly = try publication("nyt", "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=8;BYMINUTE=15")
        let found = try #require(try editions(calendar(monthly), monthly, after: "2025-12-30", 1).first)
        #expect(found.scheduled.description == "2026-01-01T08:15:00")
        #expect(local(found.release) == "2026-01-02T08:15:00")
        #expect(local(found.cutOff) == "2025-12-31T08:15:00")
        #expect(found.moved?.from.description == "2026-01-01")
        #expect(found.moved?.reason == "closingDay.newYearsDay")
    }

    @Test(
        arguments: [
            (.nextWorkingDay, "2027-03-30T08:00:00"), (.previousWorkingDay, "2027-03-24T08:00:00"), (.run, "2027-03-26T08:00:00"),
            (.skip, "2027-04-23T08:00:00"),
        ] as [(Publication.OnHoliday, String)])
    func goodFriday2027(_ onHoliday: Publication.OnHoliday, _ release: String) throws {
        let weekly = try publication("nyt", "FREQ=WEEKLY;INTERVAL=4;BYDAY=FR;BYHOUR=8", onHoliday)
        var anchored = weekly
        anchored.timing = .recurring(try RecurrenceRule("FREQ=WEEKLY;INTERVAL=4;BYDAY=FR;BYHOUR=8"), from: CivilDate(iso: "2027-03-26"))
        let found = try #require(try editions(calendar(anchored), anchored, after: "2027-03-20", 1).first)
        #expect(local(found.release) == release)
    }

    @Test func whatMovesOntoAnotherDateIsThatEdition() throws {
        let daily = try publication("nyt", "FREQ=DAILY;BYHOUR=8")
        let found = try editions(calendar(daily), daily, after: "2027-03-24T08:00", 3)
        #expect(found.map { local($0.release) } == ["2027-03-30T08:00:00", "2027-03-31T08:00:00", "2027-04-01T08:00:00"])
        #expect(found.allSatisfy { $0.moved == nil })
    }

    @Test func twoDatesOnTheSameDayAreTwoWhenTheirTimesDiffer() throws {
        // Saturday and Sunday both move to Monday: at 8 and 9 they are two editions, at 8 and 8 one.
        let both = try publication("nyt", "FREQ=WEEKLY;BYDAY=SA,SU;BYHOUR=8,9")
        let found = try editions(calendar(both), both, after: "2026-11-20", 3)
        #expect(found.map { local($0.release) } == ["2026-11-23T08:00:00", "2026-11-23T09:00:00", "2026-11-30T08:00:00"])
        #expect(found.first?.moved?.because == .saturday)
    }

    @Test func aWholeDayCutOffKeepsTheTimeOfDayOverAChangeOfTheClocks() throws {
        let monday = try publication("nyt", "FREQ=WEEKLY;BYDAY=TU;BYHOUR=8", cutOff: .days(3))
        let exact = try publication("nyt", "FREQ=WEEKLY;BYDAY=TU;BYHOUR=8", cutOff: .days(3) + .hours(1))
        // The clocks go back on 25 October 2026, three days before Tuesday the 27th.
        #expect(try local(#require(editions(calendar(monday), monday, after: "2026-10-21", 1).first).cutOff) == "2026-10-24T08:00:00")
        #expect(try local(#require(editions(calendar(exact), exact, after: "2026-10-21", 1).first).cutOff) == "2026-10-24T08:00:00")
    }

    @Test func theLeadersAreAheadByTheirSpan() throws {
        let main = try publication("direktion", "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8")
        var leaders = Publication(name: "ledere", title: "Ledere", timing: .ahead(of: "direktion", by: .hours(24)))
        leaders.cutOff = .hours(1)
        let calendar = calendar(main, leaders)
        let ours = try editions(calendar, leaders, after: "2026-11-21", 3)
        let theirs = try editions(calendar, main, after: "2026-11-21", 3)
        #expect(ours.map(\.scheduled) == theirs.map(\.scheduled))
        #expect(ours.map(\.cutOff) == theirs.map(\.cutOff))
        #expect(ours.map { local($0.release) } == ["2026-11-30T08:00:00", "2027-01-04T08:00:00", "2027-02-01T08:00:00"])
    }

    @Test func theCutOffIsNeverAfterTheLeadersRelease() throws {
        let main = try publication("direktion", "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8", cutOff: .hours(2))
        let leaders = Publication(name: "ledere", title: "Ledere", timing: .ahead(of: "direktion", by: .hours(24)))
        let found = try #require(try editions(calendar(main, leaders), leaders, after: "2026-11-21", 1).first)
        #expect(found.cutOff == found.release)
    }

    @Test func aCircleOrAStrangerIsAFault() throws {
        let a = Publication(name: "a", title: "a", timing: .ahead(of: "b", by: .hours(1)))
        let b = Publication(name: "b", title: "b", timing: .ahead(of: "a", by: .hours(1)))
        let time = try #require(CivilDateTime(iso: "2026-11-21"))
        #expect(throws: Fault.self) { try calendar(a, b).next(a, after: time) }
        #expect(throws: Fault.self) { try calendar(a).next(a, after: time) }
    }

    @Test func continuousHasNoEditions() throws {
        let screen = Publication(name: "skaerm", title: "Skærm", timing: .continuous)
        #expect(try calendar(screen).next(screen, after: try #require(CivilDateTime(iso: "2026-11-21"))) == nil)
    }

    @Test func whenAllDaysAreClosedTheDateStands() throws {
        let first = CivilDate.dayNumber(year: 2026, month: 7, day: 1)
        let weekly = try publication("nyt", "FREQ=WEEKLY;BYDAY=WE;BYHOUR=8")
        let closed = Set((first - 100..<first + 100).map { CivilDate(dayNumber: $0) })
        let found = try #require(try editions(calendar(weekly, closed: closed), weekly, after: "2026-06-30", 1).first)
        #expect(local(found.release) == "2026-07-01T08:00:00")
    }

    /// Over random rules: no release on a closing day, none twice, cut-off before release, and the same editions wherever one begins.
    @Test func propertiesOfEveryCalendar() throws {
        var generator = RuleGenerator(random: SeededRandom(printedFor: "propertiesOfEveryCalendar"))
        for _ in 0..<60 {
            let drawn = generator.draw()
            let moves: [Publication.OnHoliday] = [.nextWorkingDay, .previousWorkingDay, .skip]
            let onHoliday = moves.randomElement(using: &generator.random) ?? .skip
            var publication = try publication("nyt", drawn.rule, onHoliday, cutOff: .hours(.random(in: 0...100, using: &generator.random)))
            publication.timing = .recurring(try RecurrenceRule(drawn.rule), from: drawn.start.date)
            let calendar = calendar(publication)
            let found = Array(try calendar.editions(of: publication, after: drawn.start).prefix(25))
            #expect(Set(found.map(\.release)).count == found.count, "\(drawn.rule) \(onHoliday)")
            for (index, edition) in found.enumerated() {
                #expect(calendar.closingDays.closingDay(Zone.copenhagen.civil(edition.release).date) == nil, "\(drawn.rule) \(onHoliday)")
                #expect(edition.cutOff <= edition.release)
                #expect(
                    try calendar.next(publication, after: edition.scheduled) == found.dropFirst(index + 1).first || index == 24,
                    "\(drawn.rule)")
            }
        }
    }
}
