import Core
import Foundation

/// The dates of a rule as text, for whoever writes a schedule: what `budstikke try rule` prints.
package enum RuleDates {
    /// The most dates of one answer.
    package static let most = 10_000

    /// One RFC 3339 time a date, with the zone's offset: `2026-12-01T08:00:00+01:00`. A time that a change of the clocks makes
    /// equal to the one before it is left out. `start` is `2026-12-01T08:00`, with seconds or without a time of day if wanted;
    /// with `Z` or an offset behind it, it is taken over into the zone. Throws a ``Fault`` for a text that cannot be read.
    package static func lines(_ rule: String, start: String, count: Int, zone: String = "Europe/Copenhagen") throws(Fault) -> [String] {
        guard let zone = Zone(zone) else {
            throw Fault(
                "read", "the time zone ‘\(zone)’", cause: "the tz database has no such zone", mend: "Use a name such as Europe/Copenhagen.")
        }
        guard (1...most).contains(count) else {
            throw Fault("read", "the count \(count)", cause: "it is not from 1 to \(most)", mend: "Ask for fewer dates.")
        }
        guard let first = civil(start, zone) else {
            throw Fault(
                "read", "the start ‘\(start)’", cause: "it is not a day or time that exists", mend: "Write it as 2026-12-01T08:00.")
        }
        let recurrence = Recurrence(try read(rule), start: first, zone: zone)
        var lines: [String] = []
        var previous: Instant?
        for time in recurrence where lines.count < count {
            let instant = zone.instant(time)
            if instant != previous { lines.append(zone.rfc3339(instant)) }
            previous = instant
            if lines.count == count { break }
        }
        return lines
    }

    private static func read(_ text: String) throws(Fault) -> RecurrenceRule {
        do throws(RecurrenceRule.Problem) { return try RecurrenceRule(text) } catch {
            throw Fault("read", "the rule ‘\(text)’", cause: error.cause, mend: error.mend)
        }
    }

    private static func civil(_ text: String, _ zone: Zone) -> CivilDateTime? {
        if let local = CivilDateTime(iso: text) { return local }
        if text.hasSuffix("Z") || text.hasSuffix("z") { return taken(text.dropLast(), offset: 0, into: zone) }
        let sides = text.suffix(6)
        guard let sign = sides.first, sign == "+" || sign == "-", let offset = CivilDateTime(iso: "1970-01-01T" + sides.dropFirst()) else {
            return nil
        }
        return taken(text.dropLast(6), offset: (sign == "-" ? -1 : 1) * Int64(offset.secondOfDay), into: zone)
    }

    private static func taken(_ text: Substring, offset: Int64, into zone: Zone) -> CivilDateTime? {
        guard text.contains("T"), let local = CivilDateTime(iso: text) else { return nil }
        return zone.civil(Instant(seconds: local.secondsSince1970 - offset))
    }
}
