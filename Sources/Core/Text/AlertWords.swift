/// A crisis message's words in a reader's language, equal on every channel.
package struct AlertWords: Sendable {
    let catalogue: Catalogue

    package init(_ catalogue: Catalogue) { self.catalogue = catalogue }

    /// `Akut: Rådhuset er lukket`, `Afblæst: …`, and `ØVELSE: …` before either.
    package func title(_ title: String, _ mark: AlertMark, _ language: Language) -> String {
        let marked =
            switch mark.kind {
            case .raised: catalogue.text("alert.subject", language, ["title": title])
            case .ended: catalogue.text("alert.endSubject", language, ["title": title])
            }
        return mark.isDrill ? catalogue.text("alert.drillSubject", language, ["subject": marked]) : marked
    }

    /// What stands above the title: `Akut besked`, or that it is a drill.
    package func banner(_ mark: AlertMark, _ language: Language) -> String {
        if mark.isDrill { return catalogue.text("alert.drill", language) }
        return mark.kind == .raised ? catalogue.text("alert.label", language) : catalogue.text("alert.endLabel", language)
    }
}
