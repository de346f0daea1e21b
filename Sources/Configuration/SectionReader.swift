import Core
import Foundation

/// Reads the keys of one section as values, and gathers what is wrong with them.
struct SectionReader {
    let section: SectionFile.Section
    private(set) var problems: [SettingsProblem] = []

    init(_ section: SectionFile.Section, _ rule: SectionRule) {
        self.section = section
        for entry in section.entries where !rule.keys.contains(where: { $0.name == entry.key }) {
            let near = nearestName(to: entry.key, among: rule.keys.map(\.name))
            problems.append(
                .init(
                    entry.place.with(key: entry.key), cause: "[\(section.heading)] has no key ‘\(entry.key)’",
                    mend: near.map { "Did you mean \($0)=?" } ?? "Known are: \(rule.keys.map(\.name).joined(separator: ", "))."))
        }
        for key in rule.keys where !key.repeats {
            let entries = section.values(key.name)
            if entries.count > 1, let second = entries.dropFirst().first {
                problems.append(
                    .init(
                        second.place.with(key: key.name),
                        cause: "\(key.name)= stands a second time; the first is in line \(entries[0].place.line ?? 0)",
                        mend: "Remove one of them."))
            }
        }
    }

    mutating func complain(_ entry: SectionFile.Entry, _ cause: String, _ mend: String) {
        problems.append(.init(entry.place.with(key: entry.key), cause: cause, mend: mend))
    }

    /// A problem when a key is there that would do nothing beside the section's other keys.
    mutating func refuse(_ key: String, _ cause: String) {
        guard let entry = section.values(key).first else { return }
        complain(entry, "\(key)= would do nothing: \(cause)", "Remove the line.")
    }

    func entries(_ key: String) -> [SectionFile.Entry] { section.values(key) }

    func text(_ key: String) -> String? { section.values(key).first?.value }

    mutating func required(_ key: String, _ example: String) -> String? {
        if let text = text(key) { return text }
        problems.append(
            .init(section.place.with(key: key), cause: "[\(section.heading)] has no \(key)=", mend: "Add a line such as \(key)=\(example)"))
        return nil
    }

    /// A value that `read` understands; a problem that names what is expected when it does not.
    mutating func value<Value>(_ key: String, _ expected: String, _ read: (String) -> Value?) -> Value? {
        guard let entry = section.values(key).first else { return nil }
        if let value = read(entry.value) { return value }
        complain(entry, "‘\(entry.value)’ is not \(expected)", "Write \(key)= with \(expected).")
        return nil
    }

    mutating func boolean(_ key: String) -> Bool? {
        value(key, "yes or no") { text in
            switch text.lowercased() {
            case "yes", "true", "on", "1", "y", "t": true
            case "no", "false", "off", "0", "n", "f": false
            default: nil
            }
        }
    }

    mutating func span(_ key: String) -> Span? { value(key, "a time such as 30s, 15m, 24h or 2d", Span.init) }

    mutating func quietHours() -> DailyWindow? { value("QuietHours", "a part of the day such as 22:00-06:00", DailyWindow.init) }

    mutating func count(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { Int($0).flatMap { range.contains($0) ? $0 : nil } }
    }

    mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) -> Choice? where Choice.RawValue == String {
        guard let entry = section.values(key).first else { return nil }
        if let found = Choice.allCases.first(where: { $0.rawValue.lowercased() == entry.value.lowercased() }) { return found }
        let names = Choice.allCases.map(\.rawValue)
        let near = nearestName(to: entry.value, among: names)
        complain(
            entry, "‘\(entry.value)’ is none of \(names.joined(separator: ", "))",
            near.map { "Did you mean \($0)?" } ?? "Choose one of them.")
        return nil
    }
}
