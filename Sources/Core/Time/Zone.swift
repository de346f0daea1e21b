import Foundation

/// A time zone with the project's rule for the two nights a year when civil time is not the time line.
///
/// A civil time in the spring gap is taken an hour later (02:30 becomes 03:30); one in the autumn fold is the first of the two.
package struct Zone: Hashable, Sendable, CustomStringConvertible {
    private let zone: TimeZone

    package static let copenhagen = Zone("Europe/Copenhagen") ?? .utc
    package static let utc = Zone(TimeZone(secondsFromGMT: 0) ?? .gmt)

    private init(_ zone: TimeZone) { self.zone = zone }

    /// `nil` when the tz database has no zone of this name.
    package init?(_ identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.zone = zone
    }

    package var identifier: String { zone.identifier }
    package var description: String { zone.identifier }

    /// Seconds east of UTC at an instant.
    package func offset(at instant: Instant) -> Int { zone.secondsFromGMT(for: instant.date) }

    package func civil(_ instant: Instant) -> CivilDateTime {
        CivilDateTime(secondsSince1970: instant.seconds + Int64(offset(at: instant)))
    }

    package func instant(_ civil: CivilDateTime) -> Instant {
        let wall = civil.secondsSince1970
        // The offsets in force a day before and a day after bracket any change near this time.
        let before = Int64(offset(at: Instant(seconds: wall - 86_400)))
        let after = Int64(offset(at: Instant(seconds: wall + 86_400)))
        for offset in [before, after] {
            let candidate = Instant(seconds: wall - offset)
            if Int64(self.offset(at: candidate)) == offset { return candidate }
        }
        // In the gap: with the offset that held before it, the clock shows the time moved by the length of the gap.
        return Instant(seconds: wall - before)
    }

    /// RFC 3339 with the zone's offset: `2026-12-01T08:00:00+01:00`.
    package func rfc3339(_ instant: Instant) -> String {
        let minutes = offset(at: instant) / 60
        return "\(civil(instant))\(minutes < 0 ? "-" : "+")\(padded(abs(minutes) / 60, 2)):\(padded(abs(minutes) % 60, 2))"
    }
}
