import Core

/// Dates and times as people in Denmark and Norway write them: `24.12.2026`, `24/12-2026`, `24. december 2026`, `2026-12-24`, with or
/// without `kl. 8.30` or `08:30`. A weekday and "den" before it are passed over. The year is always asked for.
enum DateReader {
    struct Reading: Hashable {
        let date: CivilDate
        let time: CivilDateTime?
    }

    private static let months: [[String]] = [
        ["januar", "jan", "january"], ["februar", "feb", "february"], ["marts", "mars", "mar", "march"], ["april", "apr"],
        ["maj", "mai", "may"], ["juni", "jun", "june"], ["juli", "jul", "july"], ["august", "aug"],
        ["september", "sep", "sept"], ["oktober", "okt", "october", "oct"], ["november", "nov"], ["december", "desember", "dec", "des"],
    ]
    private static let passedOver: Set<String> = [
        "den", "d", "kl", "klokken", "at", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag", "monday", "tuesday",
        "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    /// `nil` when the text is not a date, or the date does not exist.
    static func read(_ text: String) -> Reading? {
        var numbers: [(value: Int, digits: Int)] = []
        var month: Int?
        for token in tokens(text.lowercased()) {
            if let number = Int(token) {
                numbers.append((number, token.count))
            } else if let index = months.firstIndex(where: { $0.contains(String(token)) }), month == nil, numbers.count == 1 {
                month = index + 1
            } else if !passedOver.contains(String(token)), !(token == "t" && numbers.count == 3) {
                return nil
            }
        }
        if let month { numbers.insert((month, 2), at: 1) }
        guard (3...6).contains(numbers.count), numbers.allSatisfy({ $0.digits <= 4 }) else { return nil }
        let isISO = numbers[0].digits == 4
        let (year, day) = isISO ? (numbers[0], numbers[2]) : (numbers[2], numbers[0])
        guard year.digits == 4 || year.digits == 2,
            let date = CivilDate(year: year.digits == 2 ? 2000 + year.value : year.value, month: numbers[1].value, day: day.value)
        else { return nil }
        guard numbers.count > 3 else { return Reading(date: date, time: nil) }
        let clock = numbers[3...].map(\.value) + [0, 0]
        guard let time = CivilDateTime(date, hour: clock[0], minute: clock[1], second: clock[2]) else { return nil }
        return Reading(date: date, time: time)
    }

    static func isMonth(_ word: some StringProtocol) -> Bool { months.contains { $0.contains(word.lowercased()) } }

    /// Runs of digits and runs of letters; only `. / - : ,` and spaces may stand between them.
    private static func tokens(_ text: String) -> [Substring] {
        var tokens: [Substring] = []
        var rest = text[...]
        while let first = rest.first {
            if " \t\n.,/-–:".contains(first) {
                rest = rest.dropFirst()
                continue
            }
            let isDigit = first.isASCII && first.isNumber
            let run = rest.prefix { isDigit ? $0.isASCII && $0.isNumber : $0.isLetter }
            tokens.append(run.isEmpty ? rest.prefix(1) : run)
            rest = rest.dropFirst(max(1, run.count))
        }
        return tokens
    }
}
