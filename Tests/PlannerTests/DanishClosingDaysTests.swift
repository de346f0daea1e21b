import Core
import Foundation
import TestKit
import Testing

@testable import Planner

@Suite struct DanishClosingDaysTests {
    private struct Answer: Decodable {
        var `public`: [[String]]
        var optional: [[String]]
    }

    private static let firstYear = 1990
    private static let lastYear = 2100

    private func days(_ year: Int) -> [CivilDate] {
        let first = CivilDate.dayNumber(year: year, month: 1, day: 1)
        return (first..<first + (CivilDate.isLeap(year) ? 366 : 365)).map { CivilDate(dayNumber: $0) }
    }

    @Test(.enabled(if: Oracle.hasPython("holidays"), "needs holidays"))
    func agreesWithTheHolidaysPackage() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Oracles/closing_days.py"
        let output = try Oracle.run(script, input: Array("[\(Self.firstYear), \(Self.lastYear)]".utf8))
        let answer = try JSONDecoder().decode(Answer.self, from: Data(output))
        let calendar = DanishClosingDays()
        let all = (Self.firstYear...Self.lastYear).flatMap(days)
        let ours = all.compactMap { day in calendar.publicHoliday(day).map { [day.description, Self.names[$0] ?? $0.rawValue] } }
        #expect(ours == answer.public)
        // The package's optional days are ours but for Workers' Day, which is no closing day of public offices.
        let chosen = all.compactMap { day in calendar.choice(day).map { [day.description, Self.names[$0] ?? $0.rawValue] } }
        #expect(chosen == answer.optional.filter { !$0[0].hasSuffix("-05-01") })
    }

    /// The oracle's names.
    private static let names: [ClosingDay: String] = [
        .newYearsDay: "New Year's Day", .maundyThursday: "Maundy Thursday", .goodFriday: "Good Friday", .easterSunday: "Easter Sunday",
        .easterMonday: "Easter Monday", .prayerDay: "Great Prayer Day", .ascensionDay: "Ascension Day", .whitSunday: "Pentecost",
        .whitMonday: "Pentecost Monday", .christmasDay: "Christmas Day", .secondChristmasDay: "Second Day of Christmas",
        .constitutionDay: "Constitution Day", .christmasEve: "Christmas Eve", .newYearsEve: "New Year's Eve",
    ]

    @Test func easterOfKnownYears() {
        let known = [
            1970: "03-29", 2008: "03-23", 2011: "04-24", 2026: "04-05", 2027: "03-28", 2038: "04-25", 2100: "03-28", 2160: "03-23",
            2200: "04-06",
        ]
        for (year, day) in known { #expect(DanishClosingDays.easter(year).description == "\(year)-\(day)") }
    }

    @Test(arguments: Language.allCases)
    func everyReasonHasAName(_ language: Language) throws {
        let file = try SectionFile(path: Oracle.root + "/Templates/Strings/\(language.rawValue).strings")
        let names = Catalogue.entries(file)
        for day in ClosingDay.allCases { #expect(names[day.catalogueKey] != nil, "\(day)") }
    }

    @Test func prayerDayEndsWith2023() throws {
        let calendar = DanishClosingDays()
        #expect(calendar.closingDay(try #require(CivilDate(iso: "2023-05-05"))) == .prayerDay)
        #expect(calendar.closingDay(try #require(CivilDate(iso: "2024-04-26"))) == nil)
    }

    @Test func theOrganisationChooses() throws {
        let eve = try #require(CivilDate(iso: "2026-12-24"))
        let between = try #require(CivilDate(iso: "2026-12-28"))
        var choices = ClosingDays()
        choices.christmasEve = false
        choices.others = [between]
        #expect(DanishClosingDays().closingDay(eve) == .christmasEve)
        #expect(DanishClosingDays(choices).closingDay(eve) == nil)
        #expect(DanishClosingDays(choices).closingDay(between) == .organisation)
        #expect(DanishClosingDays().closingDay(between) == nil)
    }

    /// Every year has its ten or eleven holidays on as many days but for those that fall together, and Easter is a Sunday.
    @Test func everyYearFrom1970To2200() {
        let calendar = DanishClosingDays()
        for year in 1970...2200 {
            let easter = DanishClosingDays.easter(year)
            #expect(easter.weekday == .sunday)
            #expect(easter >= CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: 3, day: 22)))
            #expect(easter <= CivilDate(dayNumber: CivilDate.dayNumber(year: year, month: 4, day: 25)))
            #expect(days(year).filter { calendar.publicHoliday($0) != nil }.count == (year > 2023 ? 10 : 11))
        }
    }
}
