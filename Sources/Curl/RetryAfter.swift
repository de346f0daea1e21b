import Core
import Foundation

/// The `Retry-After` of an answer (RFC 9110, section 10.2.3): seconds, or a date in one of the three forms of section 5.6.7.
package enum RetryAfter {
    /// The longest that a receiver is waited for. What is said beyond it is cut, so that a
    /// wrong year does not end a delivery.
    package static let limit = Span.hours(24)

    /// The instant from which the receiver may be asked again, after `now`; `nil` when the value is neither.
    package static func instant(_ value: String, now: Instant) -> Instant? {
        let text = value.trimmingCharacters(in: .whitespaces)
        let said: Instant?
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            said = now + (Int64(text).map { min(.seconds(min($0, 1_000_000)), limit) } ?? limit)
        } else {
            said = date(text, now: now)
        }
        return said.map { min(max($0, now + .seconds(1)), now + limit) }
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` or `Sun Nov  6 08:49:37 1994`, always in UTC.
    private static func date(_ text: String, now: Instant) -> Instant? {
        let parts = text.split { " ,-:".contains($0) }.map(String.init)
        let day: (year: String, month: String, day: String)
        let time: ArraySlice<String>
        if parts.count == 8, parts[7] == "GMT" {
            day = (parts[3], parts[2], parts[1])
            time = parts[4...6]
        } else if parts.count == 7 {
            day = (parts[6], parts[1], parts[2])
            time = parts[3...5]
        } else {
            return nil
        }
        let clock = time.compactMap { Int($0) }
        guard let month = months.firstIndex(of: day.month), let number = Int(day.day), let year = year(day.year, now: now),
            let date = CivilDate(year: year, month: month + 1, day: number), clock.count == 3,
            // A leap second, 60, is the next minute's first.
            let civil = CivilDateTime(date, hour: clock[0], minute: clock[1], second: min(clock[2], 59))
        else { return nil }
        return Instant(seconds: civil.secondsSince1970)
    }

    /// A year of two digits is never more than 50 years ahead (RFC 9110, section 5.6.7).
    private static func year(_ text: String, now: Instant) -> Int? {
        guard let year = Int(text), text.count == 2 || text.count == 4 else { return nil }
        guard text.count == 2 else { return year }
        let present = CivilDateTime(secondsSince1970: now.seconds).date.year
        let near = present - present % 100 + year
        return near > present + 50 ? near - 100 : near
    }
}
