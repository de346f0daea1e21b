/// A part of every day by civil time, such as `22:00-06:00`; over midnight when it ends before it begins.
package struct DailyWindow: Hashable, Codable, Sendable, CustomStringConvertible {
    /// Minutes after midnight; the end is not part of the window.
    package let start: Int
    package let end: Int

    /// Reads `HH:MM-HH:MM`; `nil` for anything else and for a window without length.
    package init?(_ text: String) {
        let sides = text.split(separator: "-", omittingEmptySubsequences: false).map { Self.minutes(String($0)) }
        guard sides.count == 2, let start = sides[0], let end = sides[1], start != end else { return nil }
        self.start = start
        self.end = end
    }

    package var description: String { "\(Self.text(start))-\(Self.text(end))" }

    /// When the window that holds this instant ends; `nil` when none does.
    package func end(holding instant: Instant, in zone: Zone) -> Instant? {
        let civil = zone.civil(instant)
        let minute = civil.secondOfDay / 60
        let isInside = start < end ? (start..<end).contains(minute) : minute >= start || minute < end
        guard isInside, let close = CivilDateTime(minute < end ? civil.date : civil.date + 1, hour: end / 60, minute: end % 60) else {
            return nil
        }
        // In the second pass of an autumn night the first pass's end lies behind.
        let end = zone.instant(close)
        return end > instant ? end : instant + .minutes(1)
    }

    private static func minutes(_ text: String) -> Int? {
        let trimmed = text.filter { $0 != " " }
        guard trimmed.utf8.count == 5, let time = CivilDateTime(iso: "2000-01-01T\(trimmed)") else { return nil }
        return time.secondOfDay / 60
    }

    private static func text(_ minutes: Int) -> String { "\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))" }
}
