/// A day in the proleptic Gregorian calendar, without a time zone. Arithmetic is on day numbers, exact for years 1–9999.
package struct CivilDate: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// `nil` for a day that does not exist, such as 31 April.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...Self.days(inMonth: month, of: year)).contains(day) else {
            return nil
        }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day `dayNumber` days after 1970-01-01.
    ///
    /// Howard Hinnant's `civil_from_days`: years counted from March in eras of 400 years.
    package init(dayNumber: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    package var dayNumber: Int { Self.dayNumber(year: year, month: month, day: day) }

    /// Days from 1970-01-01 to a day; whether it exists is not judged: 32 March is 1 April.
    package static func dayNumber(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    package var weekday: Weekday { Weekday(dayNumber: dayNumber) }

    package static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    package static func days(inMonth month: Int, of year: Int) -> Int {
        month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    package static func + (date: Self, days: Int) -> Self { Self(dayNumber: date.dayNumber + days) }
    package static func - (date: Self, days: Int) -> Self { Self(dayNumber: date.dayNumber - days) }
    package static func < (a: Self, b: Self) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }

    /// ISO 8601: `2026-12-01`.
    package var description: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

    /// Reads ISO 8601 `2026-12-01`; `nil` for anything else.
    package init?(iso text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2, parts.allSatisfy(isNumber),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

package enum Weekday: Int, Hashable, Codable, Sendable, CaseIterable, Comparable {
    case monday = 0
    case tuesday, wednesday, thursday, friday, saturday, sunday

    package init(dayNumber: Int) {
        // 1970-01-01 was a Thursday.
        self = Self.allCases[((dayNumber + 3) % 7 + 7) % 7]
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A day and a time of day to the second, without a time zone.
package struct CivilDateTime: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package let date: CivilDate
    /// 0 to 86,399.
    package let secondOfDay: Int

    package init?(_ date: CivilDate, hour: Int, minute: Int, second: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
        self.date = date
        secondOfDay = hour * 3600 + minute * 60 + second
    }

    /// The civil time that a clock without zone shows this many seconds after 1970-01-01T00:00:00.
    package init(secondsSince1970: Int64) {
        let days = secondsSince1970 >= 0 ? secondsSince1970 / 86_400 : (secondsSince1970 - 86_399) / 86_400
        date = CivilDate(dayNumber: Int(days))
        secondOfDay = Int(secondsSince1970 - days * 86_400)
    }

    package var hour: Int { secondOfDay / 3600 }
    package var minute: Int { secondOfDay / 60 % 60 }
    package var second: Int { secondOfDay % 60 }
    package var secondsSince1970: Int64 { Int64(date.dayNumber) * 86_400 + Int64(secondOfDay) }

    package static func < (a: Self, b: Self) -> Bool { (a.date, a.secondOfDay) < (b.date, b.secondOfDay) }

    /// Reads ISO 8601 `2026-12-01T08:00:00`, `2026-12-01T08:00` or `2026-12-01` (midnight); `nil` for anything else.
    package init?(iso text: some StringProtocol) {
        let sides = text.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let date = CivilDate(iso: sides[0]) else { return nil }
        let parts = sides.count == 2 ? sides[1].split(separator: ":", omittingEmptySubsequences: false) : ["00", "00"]
        guard (2...3).contains(parts.count), parts.allSatisfy({ $0.utf8.count == 2 && isNumber($0) }) else { return nil }
        let numbers = parts.compactMap { Int($0) }
        self.init(date, hour: numbers[0], minute: numbers[1], second: numbers.count == 3 ? numbers[2] : 0)
    }

    /// `2026-12-01T08:00:00`.
    package var description: String { "\(date)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))" }
}

/// Whether a text has ASCII digits alone; `Int` would also take a sign.
private func isNumber(_ text: some StringProtocol) -> Bool { text.utf8.allSatisfy { (0x30...0x39).contains($0) } }

/// A number with leading zeros.
package func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(abs(number))
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}
