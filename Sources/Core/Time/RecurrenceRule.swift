/// When something recurs: the subset of RFC 5545, section 3.3.10, that a publication needs, on civil dates.
///
/// A value that was read is one that may be expanded: everything in it is in range, and the combinations that the RFC forbids are
/// not there. Its text form is canonical, and its `Codable` form is that text.
package struct RecurrenceRule: Hashable, Sendable {
    package enum Frequency: String, CaseIterable, Hashable, Sendable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// A day of the week, or with an ordinal the n-th such day of the month or year, counted from the end when negative.
    package struct WeekdayPosition: Hashable, Sendable {
        package let ordinal: Int?
        package let weekday: Weekday

        /// Whether the ordinal is one that a month or year has is judged where a rule is read.
        package init(ordinal: Int?, weekday: Weekday) {
            self.ordinal = ordinal
            self.weekday = weekday
        }
    }

    /// The last date that may be; a rule without UTC is compared in civil time.
    package enum Bound: Hashable, Sendable {
        /// The day's first moment, as python-dateutil takes it: a date at 08:00 of that day is past it.
        case date(CivilDate)
        case local(CivilDateTime)
        case utc(Instant)
    }

    /// COUNT and UNTIL exclude each other (RFC 5545), so they are one value.
    package enum End: Hashable, Sendable {
        case never
        case count(Int)
        case until(Bound)
    }

    package internal(set) var frequency: Frequency
    package internal(set) var interval = 1
    package internal(set) var months: [Int] = []
    /// 1 to 31, or -1 to -31 counted from the month's end.
    package internal(set) var monthDays: [Int] = []
    package internal(set) var weekdays: [WeekdayPosition] = []
    package internal(set) var hours: [Int] = []
    package internal(set) var minutes: [Int] = []
    /// Which of a period's dates are taken: 1 the first, -1 the last. Empty for all.
    package internal(set) var setPositions: [Int] = []
    package internal(set) var end = End.never
    package internal(set) var weekStart = Weekday.monday

    /// Whether the dates depend on the day that the rule counts from.
    package var needsAnchor: Bool {
        if case .count = end { return true }
        return interval > 1
    }

    /// The day that a rule without one of its own counts from: a Monday, and the first of a month and a year, so that
    /// `FREQ=WEEKLY` means Mondays and `FREQ=MONTHLY` the first.
    package static let defaultAnchor = CivilDate(dayNumber: 11_323)

    /// What is wrong with a rule's text: which part, why, and how to mend it.
    package struct Problem: Error, Hashable, Sendable {
        package let part: String
        package let cause: String
        package let mend: String

        package init(_ part: String, cause: String, mend: String) {
            self.part = part
            self.cause = cause
            self.mend = mend
        }
    }

    init(_ frequency: Frequency) { self.frequency = frequency }
}

extension Weekday {
    /// RFC 5545's two letters, Monday first.
    static let codes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    package var code: String { Self.codes[rawValue] }

    package init?(code: some StringProtocol) {
        guard let index = Self.codes.firstIndex(where: { $0 == code }) else { return nil }
        self = Self.allCases[index]
    }
}
