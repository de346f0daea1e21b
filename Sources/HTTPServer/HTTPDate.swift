import Core

/// Dates as HTTP writes them (RFC 9110, section 5.6.7): written as IMF-fixdate, read in all three forms.
package enum HTTPDate {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Tue, 01 Dec 2026 07:00:00 GMT`: also a date of RFC 822 with the four-digit year that RSS 2.0 asks for.
    package static func text(_ instant: Instant) -> String {
        let civil = CivilDateTime(secondsSince1970: instant.seconds)
        let date = civil.date
        return "\(days[date.weekday.rawValue]), \(padded(date.day, 2)) \(months[date.month - 1]) \(padded(date.year, 4)) "
            + "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2)) GMT"
    }

    /// `nil` for what is not a date of HTTP. The name of the day is not held against the date.
    package static func instant(_ text: String) -> Instant? {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "-" }).map(String.init)
        // IMF-fixdate `Sun, 06 Nov 1994 08:49:37 GMT`, RFC 850 `Sunday, 06-Nov-94 08:49:37 GMT`, asctime `Sun Nov  6 08:49:37 1994`.
        if words.count == 6, words[5] == "GMT" { return instant(day: words[1], month: words[2], year: words[3], time: words[4]) }
        if words.count == 5 { return instant(day: words[2], month: words[1], year: words[4], time: words[3]) }
        return nil
    }

    private static func instant(day: String, month: String, year: String, time: String) -> Instant? {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard let day = Int(day), let month = months.firstIndex(of: month), let written = Int(year), clock.count == 3,
            let hour = clock[0], let minute = clock[1], let second = clock[2],
            // RFC 850's two digits; the century that is nearest to the time of this software.
            let date = CivilDate(year: year.count == 2 ? written + (written < 70 ? 2000 : 1900) : written, month: month + 1, day: day),
            let civil = CivilDateTime(date, hour: hour, minute: minute, second: min(second, 59))
        else { return nil }
        return Instant(seconds: civil.secondsSince1970)
    }
}
