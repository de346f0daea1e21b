import Core

/// A page of the desk, by its template in `Templates/desk/`.
package enum DeskTemplate: String, CaseIterable, Sendable {
    case login, message, today, items, item, submit, sent, editions, edition, intranet, log
    case calendar, recipients, deliveries, channels, alert
    case alertCheck = "alert-check"
    /// Parts of pages that are told anew while somebody looks.
    case arriving, progress

    var path: String { "desk/\(rawValue).html" }
}

extension Press {
    /// Renders a page of the desk with the values that its room has gathered. Everything a person wrote is escaped by the template and
    /// made ``inert``. Throws a ``Fault`` when the template cannot be rendered.
    package func deskPage(_ template: DeskTemplate, language: Language, _ values: [String: Value]) throws(Fault) -> String {
        try page(template.path, language, values.mapValues(\.inert))
    }

    /// The desk's sheet, in the organisation's colours. Throws a ``Fault`` when the template cannot be rendered.
    package func deskStyle() throws(Fault) -> String { try page("desk/style.css", .da, [:]) }

    /// What a page of the desk that changes while somebody looks runs. Throws a ``Fault`` when the template cannot be rendered.
    package func deskScript() throws(Fault) -> String { try page("desk/live.js", .da, [:]) }

    /// `1. december 2026`.
    package func day(_ date: CivilDate, _ language: Language) -> String { DateWords(catalogue: catalogue, language: language).day(date) }

    /// `december`.
    package func month(_ number: Int, _ language: Language) -> String { catalogue.text(DateWords.monthKeys[number - 1], language) }

    /// `tirsdag`.
    package func weekday(_ day: Weekday, _ language: Language) -> String {
        catalogue.text(DateWords.weekdayKeys[day.rawValue], language)
    }

    /// `tirsdag den 1. december 2026 kl. 8.00`.
    package func moment(_ time: CivilDateTime, _ language: Language) -> String {
        DateWords(catalogue: catalogue, language: language).moment(time)
    }
}

extension Value {
    fileprivate var inert: Value {
        switch self {
        case .text(let text): .text(text.inert)
        case .list(let values): .list(values.map(\.inert))
        case .map(let entries): .map(entries.mapValues(\.inert))
        case .null, .bool, .number: self
        }
    }
}
