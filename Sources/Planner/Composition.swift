import Core
import Ledger

/// Puts together what an edition says, from the items it froze, and has it rendered.
package struct Composition: Sendable {
    /// Renders an edition in one language: the Press, handed in by the wiring because the rooms do not know each other.
    package typealias Render = @Sendable (EditionContent, Language) throws(Fault) -> EditionRendering

    var ledger: Ledger
    var zone: Zone
    var render: Render

    package init(ledger: Ledger, zone: Zone, render: @escaping Render) {
        self.ledger = ledger
        self.zone = zone
        self.render = render
    }

    /// The edition with these items, as it reads when it is released at `instant`.
    package func content(of edition: EditionRecord, items: [ItemRecord], at instant: Instant) throws(Fault) -> EditionContent {
        EditionContent(
            publication: edition.publication, title: edition.title, slug: edition.slug,
            number: edition.number > 0 ? edition.number : try ledger.releasedCount(of: edition.publication) + 1,
            date: zone.civil(instant).date, showsLeaderNotes: edition.leaderNotes,
            entries: items.map { EditionContent.Entry(item: $0.id, source: $0.source, content: $0.content) })
    }

    package func rendering(of content: EditionContent, in language: Language) throws(Fault) -> EditionRendering {
        try render(content, language)
    }

    /// The renderings in every language that one of the readers has.
    package func renderings(of content: EditionContent, languages: Set<Language>) throws(Fault) -> [Language: EditionRendering] {
        var renderings: [Language: EditionRendering] = [:]
        for language in Language.allCases where languages.contains(language) { renderings[language] = try render(content, language) }
        return renderings
    }
}
