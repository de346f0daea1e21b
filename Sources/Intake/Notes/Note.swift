import Core

/// The plain text that a manager finds in `Afvist/` beside a file: what is wrong, where, and what to do.
struct Note: Sendable {
    private let catalogue: Catalogue
    private let language: Language

    init(_ catalogue: Catalogue, _ language: Language) {
        self.catalogue = catalogue
        self.language = language
    }

    /// The whole note, with line feeds. `file` and `source` are names as people see them. Never holds a personal number.
    func text(_ refusal: Refusal, file: String, source: String) -> String {
        let places = ["name": PersonalNumber.masked(file), "source": source]
        return [
            catalogue.text("note.refusedOpening", language, places), "", reason(refusal), "",
            catalogue.text(refusal.reason == .nothingToWithdraw ? "note.withdrawClosing" : "note.refusedClosing", language, places), "",
        ].joined(separator: "\n")
    }

    /// The same as a mail.
    func mail(_ refusal: Refusal, file: String, source: String) -> (subject: String, text: String) {
        let name = PersonalNumber.masked(file)
        let end = ["note.mailBeside", "receipt.mailReason"].map { catalogue.text($0, language, ["source": source]) }
        let text = ([text(refusal, file: file, source: source)] + end).joined(separator: "\n\n")
        return (catalogue.text("note.mailSubject", language, ["name": name]), text.replacing("\n\n\n", with: "\n\n") + "\n")
    }

    /// The reason alone, on one line: for `try item` and the web desk.
    func reason(_ refusal: Refusal) -> String {
        let places = [
            "line": refusal.line.map { String($0) } ?? "", "key": refusal.key ?? "",
            "value": PersonalNumber.masked(String((refusal.value ?? "").prefix(120))),
            "place": refusal.place.map { catalogue.text("place.\($0.rawValue)", language) } ?? "",
        ]
        var text = refusal.line == nil ? "" : catalogue.text("note.line", language, places) + " "
        text += catalogue.text("note.\(refusal.reason.rawValue)", language, places)
        if let nearest = refusal.nearest { text += " " + catalogue.text("note.nearest", language, ["nearest": nearest]) }
        return text
    }

    /// The text that confirms a withdrawal.
    func withdrawn(file: String, source: String) -> String {
        catalogue.text("note.withdrawn", language, ["name": PersonalNumber.masked(file), "source": source]) + "\n"
    }

    /// A lint's advice, on one line.
    func advice(_ lint: Lint) -> String {
        let places = [
            "value": PersonalNumber.masked(String(lint.value.prefix(120))), "source": lint.source ?? "",
            "date": lint.date.map(day) ?? "",
        ]
        return catalogue.text("note.\(lint.kind.rawValue)", language, places)
    }

    /// "24. december 2026".
    private func day(_ date: CivilDate) -> String {
        let months = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
        ]
        let month = catalogue.text("date.\(months[date.month - 1])", language)
        return catalogue.text("date.day", language, ["day": String(date.day), "month": month, "year": String(date.year)])
    }

    /// The LIX scale's words: "let at læse".
    func word(_ lix: LIX) -> String { catalogue.text("receipt.\(lix.level.rawValue)", language) }

    /// UTF-8 with a byte order mark and CRLF: what every Notepad shows as it was meant.
    static func notepadBytes(_ text: String) -> [UInt8] {
        [0xEF, 0xBB, 0xBF] + Array(text.replacing("\n", with: "\r\n").utf8)
    }
}

extension Refusal {
    /// The reason on one line, in its reader's language.
    package func words(_ catalogue: Catalogue, _ language: Language) -> String { Note(catalogue, language).reason(self) }
}
