import Core

/// A rule's days period by period: the k-th day, week, month or year from the start that the interval admits.
///
/// This is the set that RFC 5545 filters and that BYSETPOS picks from. What the rule leaves out is taken from the start, as the
/// RFC says: its month, its day of the month or of the week, its time of day.
///
/// Where BYDAY mixes days with and without a number (`MO,1TU`), a day need match one of them, as the RFC says;
/// python-dateutil asks for both and finds nothing.
struct RecurrencePeriods {
    let rule: RecurrenceRule
    let start: CivilDate
    /// Seconds of the day, ascending.
    let times: [Int]
    private let months: [Int]
    private let monthDays: [Int]
    private let weekdays: [RecurrenceRule.WeekdayPosition]
    private let setPositions: [Int]
    private let startDay: Int

    init(_ rule: RecurrenceRule, start: CivilDateTime) {
        self.rule = rule
        self.start = start.date
        startDay = start.date.dayNumber
        let hours = rule.hours.isEmpty ? [start.hour] : rule.hours
        let minutes = rule.minutes.isEmpty ? [start.minute] : rule.minutes
        times = hours.flatMap { hour in minutes.map { hour * 3600 + $0 * 60 + start.second } }
        let namesDays = !rule.weekdays.isEmpty || !rule.monthDays.isEmpty
        months = rule.months.isEmpty && rule.frequency == .yearly && !namesDays ? [start.date.month] : rule.months
        let bySameDay = !namesDays && (rule.frequency == .yearly || rule.frequency == .monthly)
        monthDays = bySameDay ? [start.date.day] : rule.monthDays
        weekdays =
            namesDays || rule.frequency != .weekly ? rule.weekdays : [.init(ordinal: nil, weekday: start.date.weekday)]
        let most = Self.mostDays(rule.frequency) * times.count
        setPositions = rule.setPositions.filter { abs($0) <= most }
    }

    /// False when BYSETPOS asks for a place that no period has, so that the search need not go to its bound.
    var canMatch: Bool { rule.setPositions.isEmpty || !setPositions.isEmpty }

    /// After so many periods without a date there will be none: the calendar repeats itself every 400 years, which is a whole
    /// number of weeks, and an interval reaches each of their periods at most once before it repeats itself too.
    var cycle: Int {
        switch rule.frequency {
        case .daily: 146_097
        case .weekly: 20_871
        case .monthly: 4800
        case .yearly: 400
        }
    }

    private static func mostDays(_ frequency: RecurrenceRule.Frequency) -> Int {
        switch frequency {
        case .daily: 1
        case .weekly: 7
        case .monthly: 31
        case .yearly: 366
        }
    }

    /// The times of the k-th period, ascending; `nil` past the year 9999, where every search ends.
    func times(ofPeriod k: Int) -> [CivilDateTime]? {
        guard let days = days(ofPeriod: k) else { return nil }
        guard !days.isEmpty else { return [] }
        guard !setPositions.isEmpty else { return days.flatMap { day in times.map { Self.civil(day, $0) } } }
        let count = days.count * times.count
        let places = Set(setPositions.map { $0 > 0 ? $0 - 1 : count + $0 }.filter { (0..<count).contains($0) })
        return places.sorted().map { Self.civil(days[$0 / times.count], times[$0 % times.count]) }
    }

    private static func civil(_ day: Int, _ second: Int) -> CivilDateTime {
        CivilDateTime(secondsSince1970: Int64(day) * 86_400 + Int64(second))
    }

    /// The last period that begins no later than a day; 0 when the day is before the start.
    func period(containing date: CivilDate) -> Int {
        let passed =
            switch rule.frequency {
            case .daily: date.dayNumber - startDay
            case .weekly: (date.dayNumber - firstWeek) / 7
            case .monthly: monthNumber(date) - monthNumber(start)
            case .yearly: date.year - start.year
            }
        return max(0, passed / rule.interval)
    }

    /// The day on which the start's week begins; the first week is cut off at the start itself.
    private var firstWeek: Int { startDay - (start.weekday.rawValue - rule.weekStart.rawValue + 7) % 7 }
    private func monthNumber(_ date: CivilDate) -> Int { date.year * 12 + date.month - 1 }

    private func days(ofPeriod k: Int) -> [Int]? {
        let step = k * rule.interval
        switch rule.frequency {
        case .daily:
            let day = startDay + step
            return day > Self.lastDay ? nil : matching(day..<day + 1, among: nil)
        case .weekly:
            let day = firstWeek + 7 * step
            return day > Self.lastDay ? nil : matching(max(day, startDay)..<min(day + 7, Self.lastDay + 1), among: nil)
        case .monthly:
            let number = monthNumber(start) + step
            guard number / 12 <= 9999 else { return nil }
            let month = Self.days(ofMonth: number % 12 + 1, number / 12)
            return admits(number % 12 + 1) ? matching(month, among: month) : []
        case .yearly:
            let year = start.year + step
            guard year <= 9999 else { return nil }
            let first = Self.days(ofMonth: 1, year).lowerBound
            let whole = first..<first + (CivilDate.isLeap(year) ? 366 : 365)
            return (months.isEmpty ? Array(1...12) : months).flatMap { month in
                let days = Self.days(ofMonth: month, year)
                // A number in BYDAY counts within the month where BYMONTH names months, else within the year.
                return matching(days, among: months.isEmpty ? whole : days)
            }
        }
    }

    private static let lastDay = days(ofMonth: 12, 9999).upperBound - 1

    private static func days(ofMonth month: Int, _ year: Int) -> Range<Int> {
        let first = CivilDate.dayNumber(year: year, month: month, day: 1)
        return first..<first + CivilDate.days(inMonth: month, of: year)
    }

    private func admits(_ month: Int) -> Bool { months.isEmpty || months.contains(month) }

    /// The days of a range that pass the rule's filters; `among` is what a number in BYDAY counts within.
    private func matching(_ days: Range<Int>, among: Range<Int>?) -> [Int] {
        days.filter { day in
            guard weekdays.isEmpty || weekdays.contains(where: { Self.matches($0, day, among) }) else { return false }
            guard !monthDays.isEmpty || !months.isEmpty else { return true }
            let date = CivilDate(dayNumber: day)
            return admits(date.month) && (monthDays.isEmpty || monthDays.contains { Self.matches($0, date) })
        }
    }

    private static func matches(_ position: RecurrenceRule.WeekdayPosition, _ day: Int, _ among: Range<Int>?) -> Bool {
        guard position.weekday == Weekday(dayNumber: day) else { return false }
        guard let ordinal = position.ordinal, let among else { return position.ordinal == nil }
        return ordinal == (day - among.lowerBound) / 7 + 1 || ordinal == -((among.upperBound - 1 - day) / 7 + 1)
    }

    private static func matches(_ monthDay: Int, _ date: CivilDate) -> Bool {
        monthDay > 0 ? monthDay == date.day : date.day == CivilDate.days(inMonth: date.month, of: date.year) + 1 + monthDay
    }
}
