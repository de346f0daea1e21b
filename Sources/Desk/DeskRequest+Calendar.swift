import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    /// How many months back and ahead the calendar goes.
    private static let reach = 24
    /// The most editions of a month that are shown.
    private static let most = 500

    /// An edition in the calendar: one that the ledger has, or one that the schedule foresees.
    private struct CalendarEntry {
        var date: CivilDate
        var release: Instant
        var title: String
        var edition: EditionRecord?
        var plan: DeskOutlook.Coming?
    }

    /// A month of all publications' editions.
    func calendar() throws(Fault) -> Response {
        guard visitor.seesEditions else { return try forbid("open") }
        let today = house.zone.civil(now).date
        let asked = request.query("month") ?? String(today.description.prefix(7))
        guard let month = CivilDate(iso: asked + "-01"), abs(Self.count(month) - Self.count(today)) <= Self.reach else {
            return try notFound()
        }
        let next = month + CivilDate.days(inMonth: month.month, of: month.year)
        let entries = try entries(from: month, to: next)
        func address(_ first: CivilDate?) -> Value {
            guard let first, abs(Self.count(first) - Self.count(today)) <= Self.reach else { return .null }
            return [
                "address": .text("/desk/calendar?month=" + first.description.prefix(7)), "label": .text(name(of: first)),
            ]
        }
        return try page(
            .calendar, text("desk.calendar"),
            [
                "month": .text(name(of: month)), "earlier": address(Self.first(of: month - 1)), "later": address(next),
                "isOther": .bool(Self.first(of: today) != month),
                "weekdays": .list(Weekday.allCases.map { .text(house.press.weekday($0, house.language)) }),
                "weeks": .list(weeks(month, next, entries, today)), "hasEntries": .bool(!entries.isEmpty),
                "entries": .list(entries.enumerated().map { listed($1, $0) }),
            ])
    }

    private static func first(of date: CivilDate) -> CivilDate? { CivilDate(year: date.year, month: date.month, day: 1) }
    private static func count(_ date: CivilDate) -> Int { date.year * 12 + date.month }

    private func name(of month: CivilDate) -> String {
        text("desk.monthYear", ["month": house.press.month(month.month, house.language), "year": "\(month.year)"])
    }

    /// What the ledger has for these days, and what is still to come by the schedule, in its order.
    private func entries(from: CivilDate, to: CivilDate) throws(Fault) -> [CalendarEntry] {
        func instant(_ date: CivilDate) -> Instant {
            house.zone.instant(CivilDateTime(secondsSince1970: Int64(date.dayNumber) * 86_400))
        }
        func key(_ publication: String, _ scheduled: String) -> String { publication + " " + scheduled }
        let plans = try house.outlook.coming(instant(from), instant(to))
        let byKey = Dictionary(plans.map { (key($0.publication, $0.scheduled), $0) }) { first, _ in first }
        let editions = try ledger.editions(from: instant(from), to: instant(to), limit: Self.most)
            .filter { $0.publication != AlertPublication.name }
        let known = Set(editions.map { key($0.publication, $0.scheduled) })
        var entries = editions.map { edition in
            CalendarEntry(
                date: house.zone.civil(edition.release).date, release: edition.release, title: edition.title, edition: edition,
                plan: byKey[key(edition.publication, edition.scheduled)])
        }
        // A day that has passed without an edition was before the service's time.
        entries += plans.filter { now < $0.release && !known.contains(key($0.publication, $0.scheduled)) }.map { plan in
            CalendarEntry(
                date: house.zone.civil(plan.release).date, release: plan.release, title: plan.title, edition: nil, plan: plan)
        }
        return Array(entries.sorted { ($0.release, $0.title) < ($1.release, $1.title) }.prefix(Self.most))
    }

    private func weeks(_ month: CivilDate, _ next: CivilDate, _ entries: [CalendarEntry], _ today: CivilDate) -> [Value] {
        var weeks: [Value] = []
        var monday = month - month.weekday.rawValue
        while monday < next {
            let days: [Value] = (0..<7).map { offset in
                let day = monday + offset
                guard month <= day, day < next else { return ["isOutside": true] }
                return [
                    "number": .number("\(day.day)"), "isToday": .bool(day == today), "closed": Value(house.outlook.closed(day)),
                    "editions": .list(
                        entries.enumerated().filter { $1.date == day }.map { index, entry in
                            ["anchor": .text("#udgave-\(index + 1)"), "title": .text(entry.title), "clock": .text(clock(entry.release))]
                        }),
                ]
            }
            weeks.append(["week": .number("\(Self.week(of: monday))"), "days": .list(days)])
            monday = monday + 7
        }
        return weeks
    }

    /// ISO 8601: a week belongs to the year that its Thursday is in.
    private static func week(of monday: CivilDate) -> Int {
        let thursday = monday + 3
        return (thursday.dayNumber - CivilDate.dayNumber(year: thursday.year, month: 1, day: 1)) / 7 + 1
    }

    private func clock(_ instant: Instant) -> String {
        let time = house.zone.civil(instant)
        return text("date.clock", ["hour": "\(time.hour)", "minute": padded(time.minute, 2)])
    }

    private func listed(_ entry: CalendarEntry, _ index: Int) -> Value {
        let cutOff = (entry.edition?.cutOff ?? entry.plan?.cutOff).flatMap { $0 < entry.release && now < $0 ? $0 : nil }
        let closes = cutOff.map { text("desk.closes", ["moment": house.moment($0)]) }
        let moved = entry.plan.flatMap { plan in
            plan.movedFrom.map { from in
                text("desk.moved", ["date": house.press.day(from, house.language), "reason": plan.reason ?? ""])
            }
        }
        let state = entry.edition?.state
        return [
            "anchor": .text("udgave-\(index + 1)"), "title": .text(entry.title),
            "address": Value(entry.edition.map { "/desk/editions/\($0.slug)" }),
            "state": .text(state?.rawValue ?? "planned"), "stateLabel": .text(state.map { stateLabel($0) } ?? text("desk.statePlanned")),
            "release": .text(release(entry.edition, planned: entry.release)),
            "cutOff": Value(closes), "moved": Value(moved),
        ]
    }
}
