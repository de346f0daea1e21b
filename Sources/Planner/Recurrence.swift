import Core

/// The dates of a rule from a start on, in civil time, computed one period at a time as they are asked for.
///
/// Every search ends: at the rule's COUNT or UNTIL, when a whole cycle of the calendar had no date, else with the year 9999.
/// A rule that never matches (30 February) has no dates.
package struct Recurrence: Sequence, Sendable {
    package let rule: RecurrenceRule
    package let start: CivilDateTime
    /// Where an UNTIL in UTC is compared.
    package let zone: Zone

    package init(_ rule: RecurrenceRule, start: CivilDateTime, zone: Zone) {
        self.rule = rule
        self.start = start
        self.zone = zone
    }

    package func makeIterator() -> Iterator { Iterator(self, from: start) }

    /// The dates from a time on. Without a COUNT, what lies before is not computed.
    package func dates(from earliest: CivilDateTime) -> some Sequence<CivilDateTime> {
        IteratorSequence(Iterator(self, from: earliest)).lazy.drop { $0 < earliest }
    }

    /// Whether a time is one of the dates.
    package func contains(_ time: CivilDateTime) -> Bool { dates(from: time).first { _ in true } == time }

    package struct Iterator: IteratorProtocol {
        private let periods: RecurrencePeriods
        private let start: CivilDateTime
        private let zone: Zone
        private var period: Int
        private var waiting: ArraySlice<CivilDateTime> = []
        private var emptyPeriods = 0
        /// How many dates are still to come; `nil` for no bound.
        private var left: Int?

        init(_ recurrence: Recurrence, from earliest: CivilDateTime) {
            periods = RecurrencePeriods(recurrence.rule, start: recurrence.start)
            start = recurrence.start
            zone = recurrence.zone
            period = 0
            if case .count(let count) = recurrence.rule.end {
                left = count
            } else {
                period = periods.period(containing: earliest.date)
            }
            if !periods.canMatch { left = 0 }
        }

        package mutating func next() -> CivilDateTime? {
            guard left != 0 else { return nil }
            while waiting.isEmpty {
                // One more than the cycle, for the first period may be cut off by the start.
                guard emptyPeriods <= periods.cycle, let times = periods.times(ofPeriod: period) else { return end() }
                period += 1
                emptyPeriods = times.isEmpty ? emptyPeriods + 1 : 0
                waiting = times.drop { $0 < start }
            }
            guard let time = waiting.popFirst(), !isPastEnd(time) else { return end() }
            left = left.map { $0 - 1 }
            return time
        }

        private mutating func end() -> CivilDateTime? {
            left = 0
            return nil
        }

        private func isPastEnd(_ time: CivilDateTime) -> Bool {
            guard case .until(let bound) = periods.rule.end else { return false }
            return switch bound {
            case .date(let date): date < time.date || date == time.date && time.secondOfDay > 0
            case .local(let local): local < time
            case .utc(let instant): instant < zone.instant(time)
            }
        }
    }
}
