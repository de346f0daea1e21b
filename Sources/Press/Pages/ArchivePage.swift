import Core

/// One line of the archive.
package struct ArchiveEntry: Hashable, Sendable {
    package var title: String
    package var slug: String
    package var number: Int
    package var date: CivilDate
    /// When it was corrected last.
    package var corrected: CivilDate?
    /// Whether the correction has left nothing in it.
    package var isRecalled = false

    package init(title: String, slug: String, number: Int, date: CivilDate) {
        self.title = title
        self.slug = slug
        self.number = number
        self.date = date
    }
}

extension Press {
    /// `/editions/`: every edition on the web, newest first, by year. Throws a ``Fault`` when the template cannot be rendered.
    /// With `offersPhones` it leads to ``phonePage(_:publicKey:language:publicURL:)`` and can be installed as an app.
    package func archivePage(
        _ entries: [ArchiveEntry], language: Language, publicURL: String, offersPhones: Bool = false
    ) throws(Fault) -> String {
        let dates = DateWords(catalogue: catalogue, language: language)
        let sorted = entries.sorted { ($1.date, $0.title, $0.slug) < ($0.date, $1.title, $1.slug) }
        let years = Dictionary(grouping: sorted, by: \.date.year).sorted { $0.key > $1.key }
        let value: [Value] = years.map { year, editions in
            [
                "year": .text(String(year)),
                "editions": .list(
                    editions.map { edition in
                        [
                            "title": .text(
                                catalogue.text(
                                    "archive.edition", language,
                                    ["title": edition.title.singleLine, "number": String(edition.number)])),
                            "address": .text("\(publicURL)/editions/\(edition.slug)"),
                            "date": .text(dates.long(edition.date)), "isoDate": .text(edition.date.description),
                            "corrected": Value(correction(edition, dates, language)),
                        ]
                    }),
            ]
        }
        return try page(
            "archive.html", language,
            [
                "years": .list(value), "hasYears": .bool(!years.isEmpty), "logo": webLogo(base: publicURL),
                "phoneURL": offersPhones ? .text("\(publicURL)/editions/phone") : .null,
            ])
    }

    /// `Rettet 3. december`; `nil` for an edition that reads as it was sent.
    private func correction(_ edition: ArchiveEntry, _ dates: DateWords, _ language: Language) -> String? {
        guard let day = edition.corrected else { return nil }
        let places = ["date": dates.short(day, in: edition.date.year)]
        return edition.isRecalled
            ? catalogue.text("archive.recalled", language, places) : catalogue.text("archive.corrected", language, places)
    }
}
