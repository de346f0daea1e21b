import Foundation

extension RecurrenceRule: CustomStringConvertible, Codable {
    /// The rule as canonical text: parts in a fixed order, default values left out. Reading it gives an equal rule.
    package var description: String {
        var parts = ["FREQ=\(frequency.rawValue)"]
        func add(_ name: String, _ values: [String]) {
            if !values.isEmpty { parts.append("\(name)=\(values.joined(separator: ","))") }
        }
        if interval > 1 { add("INTERVAL", [String(interval)]) }
        add("BYMONTH", months.map(String.init))
        add("BYMONTHDAY", monthDays.map(String.init))
        add("BYDAY", weekdays.map(\.description))
        add("BYHOUR", hours.map(String.init))
        add("BYMINUTE", minutes.map(String.init))
        add("BYSETPOS", setPositions.map(String.init))
        switch end {
        case .never: break
        case .count(let count): add("COUNT", [String(count)])
        case .until(let bound): add("UNTIL", [bound.description])
        }
        if weekStart != .monday { add("WKST", [weekStart.code]) }
        return parts.joined(separator: ";")
    }

    package init(from decoder: Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do throws(Problem) { try self.init(text) } catch {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.cause))
        }
    }

    package func encode(to encoder: Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension RecurrenceRule.WeekdayPosition: CustomStringConvertible {
    package var description: String { (ordinal.map(String.init) ?? "") + weekday.code }

    /// Reads `TU`, `1TU` or `-1FR`; `nil` for anything else. The ordinal's range is not judged here.
    init?(_ text: String) {
        let number = text.dropLast(2)
        guard let weekday = Weekday(code: text.suffix(2)), number.utf8.count <= 3 else { return nil }
        guard number.isEmpty || Int(number) != nil else { return nil }
        self.init(ordinal: Int(number), weekday: weekday)
    }
}

extension RecurrenceRule.Bound: CustomStringConvertible {
    /// RFC 5545's forms: `20261231`, `20261231T235959` or `20261231T225959Z`.
    package var description: String {
        switch self {
        case .date(let date): Self.compact(date)
        case .local(let local): Self.compact(local)
        case .utc(let instant): Self.compact(CivilDateTime(secondsSince1970: instant.seconds)) + "Z"
        }
    }

    /// `nil` for anything but those three forms, and for a day or time that does not exist.
    init?(_ text: String) {
        let digits = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard digits.count >= range.upperBound, digits[range].allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return Int(String(decoding: digits[range], as: UTF8.self))
        }
        guard let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        if digits.count == 8 {
            self = .date(date)
            return
        }
        guard digits[8] == UInt8(ascii: "T"), let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15),
            let local = CivilDateTime(date, hour: hour, minute: minute, second: second)
        else { return nil }
        switch digits[15...] {
        case []: self = .local(local)
        case [UInt8(ascii: "Z")]: self = .utc(Instant(seconds: local.secondsSince1970))
        default: return nil
        }
    }

    private static func compact(_ date: CivilDate) -> String { padded(date.year, 4) + padded(date.month, 2) + padded(date.day, 2) }

    private static func compact(_ time: CivilDateTime) -> String {
        compact(time.date) + "T" + padded(time.hour, 2) + padded(time.minute, 2) + padded(time.second, 2)
    }
}
