import Core

/// Why a day is not a working day.
package enum ClosingDay: String, CaseIterable, Hashable, Sendable {
    case newYearsDay, maundyThursday, goodFriday, easterSunday, easterMonday, prayerDay, ascensionDay, whitSunday, whitMonday
    case constitutionDay, christmasEve, christmasDay, secondChristmasDay, newYearsEve
    /// A day that the organisation itself keeps closed.
    case organisation
    case saturday, sunday

    /// The key of its name in the ``Catalogue``.
    package var catalogueKey: String { "closingDay.\(rawValue)" }
}

/// The days on which Danish public offices are closed, computed for any year.
package struct DanishClosingDays: Hashable, Sendable {
    package var choices: ClosingDays

    package init(_ choices: ClosingDays = ClosingDays()) { self.choices = choices }

    /// Why a day is closed; `nil` for a working day. Where two reasons meet, the public holiday is named before the rest.
    package func closingDay(_ date: CivilDate) -> ClosingDay? {
        publicHoliday(date) ?? choice(date) ?? Self.weekend[date.weekday]
    }

    /// A public holiday alone: no weekend, none of the organisation's choices.
    package func publicHoliday(_ date: CivilDate) -> ClosingDay? {
        if let fixed = Self.fixed[[date.month, date.day]] { return fixed }
        let sinceEaster = date.dayNumber - Self.easter(date.year).dayNumber
        let movable = Self.movable[sinceEaster]
        // Store Bededag, the fourth Friday after Easter, was kept for the last time in 2023 (act 214 of 2023).
        return movable == .prayerDay && date.year > 2023 ? nil : movable
    }

    /// The next (1) or previous (-1) working day from a day on, itself included; `nil` when ``search`` days are all closed.
    package func workingDay(from date: CivilDate, step: Int) -> CivilDate? {
        (0..<Self.search).lazy.map { date + step * $0 }.first { closingDay($0) == nil }
    }

    /// How far a working day is looked for, in days.
    package static let search = 60

    private static let fixed: [[Int]: ClosingDay] = [[1, 1]: .newYearsDay, [12, 25]: .christmasDay, [12, 26]: .secondChristmasDay]
    private static let movable: [Int: ClosingDay] = [
        -3: .maundyThursday, -2: .goodFriday, 0: .easterSunday, 1: .easterMonday, 26: .prayerDay, 39: .ascensionDay, 49: .whitSunday,
        50: .whitMonday,
    ]
    private static let weekend: [Weekday: ClosingDay] = [.saturday: .saturday, .sunday: .sunday]

    /// One of the days that the organisation chose.
    func choice(_ date: CivilDate) -> ClosingDay? {
        switch (date.month, date.day) {
        case (6, 5) where choices.constitutionDay: .constitutionDay
        case (12, 24) where choices.christmasEve: .christmasEve
        case (12, 31) where choices.newYearsEve: .newYearsEve
        default: choices.others.contains(date) ? .organisation : nil
        }
    }

    /// Easter Sunday of the Gregorian calendar: the computus of Meeus, Jones and Butcher.
    package static func easter(_ year: Int) -> CivilDate {
        let (golden, century, yearOfCentury) = (year % 19, year / 100, year % 100)
        let correction = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - correction + 15) % 30
        let toSunday = (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
        let late = (golden + 11 * epact + 22 * toSunday) / 451
        let number = epact + toSunday - 7 * late + 114
        return CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: number / 31, day: number % 31 + 1))
    }
}
