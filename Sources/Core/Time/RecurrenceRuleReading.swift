import Foundation

extension RecurrenceRule {
    /// Reads a rule such as `FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0`, in any case, with or without `RRULE:` before it.
    ///
    /// BYMONTHDAY with WEEKLY, which the RFC forbids, is taken as a filter, as python-dateutil takes it.
    /// Throws the first ``Problem``: an unknown, doubled or empty part, a value out of range, a combination that has no meaning.
    package init(_ text: String) throws(Problem) {
        let parts = try Self.parts(text)
        guard let named = parts["FREQ"] else {
            throw Problem("FREQ", cause: "the rule has no FREQ", mend: "Begin it with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY.")
        }
        guard let frequency = Frequency(rawValue: named) else {
            throw Problem("FREQ", cause: "FREQ=\(named) is not offered", mend: "Use DAILY, WEEKLY, MONTHLY or YEARLY.")
        }
        self.init(frequency)
        interval = try Self.number(parts, "INTERVAL", 1...9999) ?? 1
        months = try Self.numbers(parts, "BYMONTH", 1...12)
        monthDays = try Self.numbers(parts, "BYMONTHDAY", -31...31, zero: false)
        weekdays = try Self.weekdays(parts["BYDAY"], frequency)
        hours = try Self.numbers(parts, "BYHOUR", 0...23)
        minutes = try Self.numbers(parts, "BYMINUTE", 0...59)
        setPositions = try Self.numbers(parts, "BYSETPOS", -366...366, zero: false)
        weekStart = try Self.weekStart(parts["WKST"])
        end = try Self.end(parts)
        if !setPositions.isEmpty, months.isEmpty, monthDays.isEmpty, weekdays.isEmpty, hours.isEmpty, minutes.isEmpty {
            throw Problem(
                "BYSETPOS", cause: "BYSETPOS has no set to pick from",
                mend: "Add what it picks from, such as BYDAY=MO,TU,WE,TH,FR, or remove it.")
        }
    }

    /// The parts in the order of the RFC, with what each takes.
    private static let known = [
        "FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSETPOS", "COUNT", "UNTIL", "WKST",
    ]
    private static let notOffered: Set = ["BYSECOND", "BYWEEKNO", "BYYEARDAY", "BYEASTER"]
    /// The longest rule that is read, in bytes.
    private static let limit = 2000

    private static func parts(_ text: String) throws(Problem) -> [String: String] {
        guard text.utf8.count <= limit else {
            throw Problem("RRULE", cause: "the rule is longer than \(limit) bytes", mend: "Write a shorter one.")
        }
        var rest = Substring(text.trimmingCharacters(in: .whitespaces).uppercased())
        if rest.hasPrefix("RRULE:") { rest = rest.dropFirst(6) }
        var parts: [String: String] = [:]
        for piece in rest.split(separator: ";", omittingEmptySubsequences: false) {
            let sides = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
                throw Problem(
                    sides[0], cause: sides[0].isEmpty ? "the rule has an empty part" : "the part ‘\(sides[0])’ has no value",
                    mend: "Write the rule as NAME=value;NAME=value, without a semicolon at its end.")
            }
            guard known.contains(sides[0]) else {
                let cause = notOffered.contains(sides[0]) ? "\(sides[0]) is not offered" : "there is no part ‘\(sides[0])’"
                throw Problem(sides[0], cause: cause, mend: "Use \(known.joined(separator: ", ")).")
            }
            guard parts.updateValue(sides[1], forKey: sides[0]) == nil else {
                throw Problem(
                    sides[0], cause: "\(sides[0]) stands twice", mend: "Put the values into one part, with commas between them.")
            }
        }
        return parts
    }

    private static func number(_ parts: [String: String], _ name: String, _ range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = parts[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Problem(
                name, cause: "\(name)=\(text) is not a whole number from \(range.lowerBound) to \(range.upperBound)",
                mend: "Write one, such as \(name)=\(range.lowerBound + 1).")
        }
        return number
    }

    /// A list of numbers, sorted, each once.
    private static func numbers(
        _ parts: [String: String], _ name: String, _ range: ClosedRange<Int>, zero: Bool = true
    ) throws(Problem) -> [Int] {
        guard let text = parts[name] else { return [] }
        var numbers: Set<Int> = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let number = Int(piece.trimmingCharacters(in: .whitespaces)), range.contains(number), zero || number != 0 else {
                let sides = zero ? "" : ", but not 0; a negative one counts from the end"
                throw Problem(
                    name, cause: "‘\(piece)’ in \(name) is not a whole number from \(range.lowerBound) to \(range.upperBound)\(sides)",
                    mend: "Write numbers with commas between them, such as \(name)=1,\(range.upperBound).")
            }
            numbers.insert(number)
        }
        return numbers.sorted()
    }

    private static func weekdays(_ text: String?, _ frequency: Frequency) throws(Problem) -> [WeekdayPosition] {
        var found: [WeekdayPosition] = []
        for piece in text?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
            guard let day = WeekdayPosition(piece.trimmingCharacters(in: .whitespaces)) else {
                throw Problem(
                    "BYDAY", cause: "‘\(piece)’ in BYDAY is not a weekday",
                    mend: "Write \(Weekday.codes.joined(separator: ", ")), with a number before it for the n-th: 1TU, -1FR.")
            }
            if let ordinal = day.ordinal { try judge(ordinal, day, frequency) }
            if !found.contains(day) { found.append(day) }
        }
        return found.sorted { ($0.ordinal ?? 0, $0.weekday) < ($1.ordinal ?? 0, $1.weekday) }
    }

    private static func judge(_ ordinal: Int, _ day: WeekdayPosition, _ frequency: Frequency) throws(Problem) {
        switch frequency {
        case .daily, .weekly:
            throw Problem(
                "BYDAY", cause: "‘\(day)’ in BYDAY counts weekdays of a month, and FREQ=\(frequency.rawValue) has no month",
                mend: "Use FREQ=MONTHLY, or write \(day.weekday.code) alone.")
        case .monthly, .yearly:
            let most = frequency == .monthly ? 5 : 53
            guard ordinal != 0, abs(ordinal) <= most else {
                throw Problem(
                    "BYDAY", cause: "‘\(day)’ in BYDAY: no \(frequency == .monthly ? "month" : "year") has so many",
                    mend: "Use 1 to \(most), or -1 to -\(most) from the end.")
            }
        }
    }

    private static func weekStart(_ text: String?) throws(Problem) -> Weekday {
        guard let text else { return .monday }
        guard let day = Weekday(code: text) else {
            throw Problem("WKST", cause: "‘\(text)’ in WKST is not a weekday", mend: "Write \(Weekday.codes.joined(separator: ", ")).")
        }
        return day
    }

    private static func end(_ parts: [String: String]) throws(Problem) -> End {
        if let count = try number(parts, "COUNT", 1...100_000) {
            guard parts["UNTIL"] == nil else {
                throw Problem("UNTIL", cause: "COUNT and UNTIL exclude each other", mend: "Remove one of them.")
            }
            return .count(count)
        }
        guard let text = parts["UNTIL"] else { return .never }
        guard let bound = Bound(text) else {
            throw Problem(
                "UNTIL", cause: "UNTIL=\(text) is not a day or time that exists",
                mend: "Write UNTIL=20261231T235959 for a time of the zone, or with Z at its end for UTC.")
        }
        return .until(bound)
    }
}
