import TestKit

@testable import Core

/// Rules of every shape that the subset has, as text, drawn at random.
struct RuleGenerator {
    var random: SeededRandom

    struct Case {
        var rule: String
        var start: CivilDateTime
    }

    mutating func draw() -> Case {
        let date = CivilDate(dayNumber: .random(in: 7305...23_000, using: &random))
        let start = CivilDateTime(secondsSince1970: Int64(date.dayNumber) * 86_400 + .random(in: 0..<1440, using: &random) * 60)
        let frequency = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].randomElement(using: &random) ?? "DAILY"
        var parts = ["FREQ=\(frequency)"]
        if random.once(in: 3) { parts.append("INTERVAL=\(Int.random(in: 1...14, using: &random))") }
        if random.once(in: 4) { parts.append("BYMONTH=" + list(random.some(4, of: 1...12))) }
        if random.once(in: 3) { parts.append("BYMONTHDAY=" + list(random.some(5, of: -31...31, without: 0))) }
        if !random.once(in: 3) { parts.append("BYDAY=" + weekdays(frequency, parts.contains { $0.hasPrefix("BYMONTH=") })) }
        if random.once(in: 2) { parts.append("BYHOUR=" + list(random.some(3, of: 0...23))) }
        if random.once(in: 2) { parts.append("BYMINUTE=" + list(random.some(2, of: 0...59))) }
        // A list may come out empty: then the part is not there, and BYSETPOS has nothing to pick from.
        parts.removeAll { $0.hasSuffix("=") }
        if random.once(in: 3), parts.contains(where: { $0.hasPrefix("BY") }) {
            parts.append("BYSETPOS=" + list(random.some(3, of: random.once(in: 2) ? -3...3 : -60...60, without: 0)))
        }
        if random.once(in: 3) { parts.append("WKST=" + (Weekday.allCases.randomElement(using: &random)?.code ?? "SU")) }
        parts += bound(start)
        return Case(rule: parts.filter { !$0.hasSuffix("=") }.joined(separator: ";"), start: start)
    }

    private mutating func bound(_ start: CivilDateTime) -> [String] {
        let later = CivilDateTime(secondsSince1970: start.secondsSince1970 + .random(in: 0...3000, using: &random) * 86_400 + 3600)
        let text = "\(later)".filter { !"-:".contains($0) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return ["COUNT=\(Int.random(in: 1...60, using: &random))"]
        case 1: return ["UNTIL=\(text)"]
        case 2: return ["UNTIL=\(text)Z"]
        case 3: return ["UNTIL=\(text.prefix(8))"]
        default: return []
        }
    }

    /// Days with or without numbers, not both at once: dateutil differs from the RFC there. Numbers that no month has only where
    /// the year is counted: dateutil runs out of its list otherwise.
    private mutating func weekdays(_ frequency: String, _ namesMonths: Bool) -> String {
        let days = random.some(4, of: 0...6).map { Weekday.codes[$0] }
        guard frequency == "MONTHLY" || frequency == "YEARLY", !random.once(in: 3) else { return days.joined(separator: ",") }
        let most = frequency == "MONTHLY" || namesMonths || random.once(in: 2) ? 5 : 53
        return days.map { day in
            let ordinal = random.some(1, of: -most...most, without: 0).first ?? 1
            return "\(ordinal)\(day)"
        }.joined(separator: ",")
    }

    private func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
}
