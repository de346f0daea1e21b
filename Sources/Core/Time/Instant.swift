import Foundation

/// A point on the time line, in whole milliseconds since 1970-01-01T00:00:00Z; leap seconds are not counted.
package struct Instant: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { milliseconds = seconds * 1000 }
    package init(_ date: Date) { milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded()) }

    package init(from decoder: Decoder) throws { milliseconds = try decoder.singleValueContainer().decode(Int64.self) }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        if let key = CodingUserInfoKey.instantsAsText, encoder.userInfo[key] != nil {
            try container.encode(description)
        } else {
            try container.encode(milliseconds)
        }
    }

    /// Whole seconds since 1970, rounded down.
    package var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }
    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
    package static func + (a: Self, b: Span) -> Self { Self(milliseconds: a.milliseconds + b.milliseconds) }
    package static func - (a: Self, b: Span) -> Self { Self(milliseconds: a.milliseconds - b.milliseconds) }
    package static func - (a: Self, b: Self) -> Span { Span(milliseconds: a.milliseconds - b.milliseconds) }

    /// Whether it is not before `start`, and before `end`; `nil` is no bound.
    package func isBetween(_ start: Instant?, _ end: Instant?) -> Bool {
        (start.map { $0 <= self } ?? true) && (end.map { self < $0 } ?? true)
    }

    /// RFC 3339 in UTC, to the millisecond: `2026-12-01T07:00:00.120Z`.
    package var exact: String { "\(CivilDateTime(secondsSince1970: seconds)).\(padded(Int(milliseconds - seconds * 1000), 3))Z" }

    /// RFC 3339 in UTC, to the second: `2026-12-01T07:00:00Z`.
    package var description: String {
        let civil = CivilDateTime(secondsSince1970: seconds)
        return "\(civil)Z"
    }
}

/// A length of time in whole milliseconds. In configuration: a number with `ms`, `s`, `m`, `h`, `d` or `w`, several of them added (`1h 30m`).
package struct Span: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func milliseconds(_ n: Int64) -> Span { Span(milliseconds: n) }
    package static func seconds(_ n: Int64) -> Span { Span(milliseconds: n * 1000) }
    package static func minutes(_ n: Int64) -> Span { .seconds(n * 60) }
    package static func hours(_ n: Int64) -> Span { .minutes(n * 60) }
    package static func days(_ n: Int64) -> Span { .hours(n * 24) }

    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    /// `nil` when the text is empty, has no unit, has an unknown unit, or is longer than a hundred years.
    package init?(_ text: String) {
        var total: Int64 = 0
        var rest = Substring(text.trimmingCharacters(in: .whitespaces))
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Int64(digits), number < 1_000_000_000,
                let scale = Self.units.first(where: { $0.suffix == unit })?.milliseconds
            else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: scale)
            guard !overflow, total + product <= 3_155_760_000_000 else { return nil }
            total += product
            rest = rest.dropFirst(digits.count + unit.count).drop { $0 == " " }
        }
        self.init(milliseconds: total)
    }

    package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
    package static func + (a: Self, b: Self) -> Self { Self(milliseconds: a.milliseconds + b.milliseconds) }
    package static func * (a: Self, n: Int64) -> Self { Self(milliseconds: a.milliseconds * n) }

    package var description: String {
        guard milliseconds != 0 else { return "0s" }
        var rest = abs(milliseconds)
        var parts: [String] = []
        for unit in Self.units where rest >= unit.milliseconds {
            parts.append("\(rest / unit.milliseconds)\(unit.suffix)")
            rest %= unit.milliseconds
        }
        return (milliseconds < 0 ? "-" : "") + parts.joined(separator: " ")
    }
}

extension CodingUserInfoKey {
    /// Set for an encoder whose reader is a person or another program: instants become RFC 3339 in place of milliseconds.
    package static let instantsAsText = CodingUserInfoKey(rawValue: "instantsAsText")
}
