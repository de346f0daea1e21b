import Core
import Ledger

/// Alarms and their ends as a mail to a person: what is wrong in the reader's language with what to do, then what the service knows of it.
struct AlarmMail {
    let catalogue: Catalogue
    let language: Language
    let organisation: String
    /// How a time is written for a reader.
    let moment: @Sendable (Instant) -> String

    /// Of one kind no more are written out; the others are counted.
    private static let listed = 10

    func subject(_ news: [AlarmNews]) -> String {
        let kinds = Set(news.map(\.alarm.kind))
        let standing = news.filter { $0.stage == 1 }
        let title: String
        if let kind = kinds.first, kinds.count == 1 {
            title = headline(kind, news.count == 1 ? news[0].alarm.object : nil)
        } else {
            title = catalogue.text("alarm.several", language, ["count": "\(news.count)"])
        }
        return standing.isEmpty
            ? catalogue.text("alarm.subjectOver", language, ["what": title])
            : catalogue.text("alarm.subject", language, ["what": title])
    }

    func text(_ news: [AlarmNews]) -> String {
        var parts = [catalogue.text("alarm.greeting", language, ["organisation": organisation])]
        for stage in [1, 2] {
            let own = news.filter { $0.stage == stage }
            var kinds: [String] = []
            for kind in own.map(\.alarm.kind) where !kinds.contains(kind) { kinds.append(kind) }
            for kind in kinds {
                let news = own.filter { $0.alarm.kind == kind }
                parts.append(section(kind, news.sorted { ($0.alarm.raised, $0.alarm.object) < ($1.alarm.raised, $1.alarm.object) }))
            }
        }
        parts.append(catalogue.text("alarm.more", language))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func section(_ kind: String, _ news: [AlarmNews]) -> String {
        let isOver = news.first?.stage == 2
        var lines = [(isOver ? catalogue.text("alarm.over", language) + " " : "") + headline(kind, nil)]
        if !isOver { lines.append(advice(kind)) }
        for line in news.prefix(Self.listed) {
            let alarm = line.alarm
            let time =
                alarm.ended.map { catalogue.text("alarm.fromTo", language, ["from": moment(alarm.raised), "to": moment($0)]) }
                ?? catalogue.text("alarm.since", language, ["from": moment(alarm.raised)])
            lines.append("* \(alarm.object), \(time)" + (isOver ? "" : ":\n  \(alarm.text)"))
        }
        if news.count > Self.listed {
            lines.append(catalogue.text("alarm.others", language, ["count": "\(news.count - Self.listed)"]))
        }
        return lines.joined(separator: "\n")
    }

    private func headline(_ kind: String, _ object: String?) -> String {
        let words = AlarmKind(rawValue: kind).map { catalogue.text($0.headlineKey, language) } ?? kind
        return object.map { "\(words): \($0)" } ?? words
    }

    private func advice(_ kind: String) -> String {
        catalogue.text(AlarmKind(rawValue: kind)?.adviceKey ?? "alarm.doctor", language)
    }
}
