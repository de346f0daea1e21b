import Core

/// Dates and times written out as the language does, from the catalogue's section `date`; no locale of the machine is asked, so
/// that the same edition has the same bytes everywhere.
struct DateWords: Sendable {
    let catalogue: Catalogue
    let language: Language

    /// `tirsdag den 1. december 2026`.
    func long(_ date: CivilDate) -> String { catalogue.text("date.long", language, places(date)) }

    /// `3. december`, with the year when it is another than the reader expects.
    func short(_ date: CivilDate, in year: Int) -> String {
        date.year == year ? catalogue.text("date.short", language, places(date)) : day(date)
    }

    /// `1. december 2026`.
    func day(_ date: CivilDate) -> String { catalogue.text("date.day", language, places(date)) }

    /// `tirsdag den 1. december 2026 kl. 8.00`.
    func moment(_ time: CivilDateTime) -> String {
        let clock = catalogue.text("date.clock", language, ["hour": String(time.hour), "minute": padded(time.minute, 2)])
        return catalogue.text("date.moment", language, ["date": long(time.date), "clock": clock])
    }

    private func places(_ date: CivilDate) -> [String: String] {
        [
            "weekday": catalogue.text(Self.weekdayKeys[date.weekday.rawValue], language), "day": String(date.day),
            "month": catalogue.text(Self.monthKeys[date.month - 1], language), "year": String(date.year),
        ]
    }

    /// By ``Weekday``'s order.
    static let weekdayKeys = [
        "date.monday", "date.tuesday", "date.wednesday", "date.thursday", "date.friday", "date.saturday", "date.sunday",
    ]
    static let monthKeys = [
        "date.january", "date.february", "date.march", "date.april", "date.may", "date.june", "date.july", "date.august",
        "date.september", "date.october", "date.november", "date.december",
    ]
}
