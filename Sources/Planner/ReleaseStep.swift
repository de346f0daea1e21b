import Core
import Ledger

/// Releases one edition: who gets it, what it says in their languages, and by which outlets, all in one transaction.
package struct ReleaseStep: Sendable {
    var ledger: Ledger
    var publications: [Publication]
    var audiences: [Audience]
    var defaultLanguage: Language
    var composition: Composition

    /// How long after the release a delivery is still tried.
    package static let deliveryPeriod = Span.days(5)

    package init(ledger: Ledger, publications: [Publication], audiences: [Audience], defaultLanguage: Language, composition: Composition) {
        self.ledger = ledger
        self.publications = publications
        self.audiences = audiences
        self.defaultLanguage = defaultLanguage
        self.composition = composition
    }

    package func publication(_ name: String) throws(Fault) -> Publication {
        guard let found = publications.first(where: { $0.name == name }) else {
            throw Fault(
                "find", "the publication ‘\(name)’", cause: "there is no Schedules/\(name).schedule",
                mend: "Known are: \(publications.map(\.name).sorted().joined(separator: ", ")).")
        }
        return found
    }

    /// The items that an edition would carry at an instant: what it froze, or what it would freeze now. An item that an editor holds,
    /// or its source has withdrawn, is not among them.
    package func items(for edition: EditionRecord, at instant: Instant) throws(Fault) -> [ItemRecord] {
        guard edition.state == .open || edition.state == .held else { return try frozen(edition) }
        let present = try frozen(edition)
        return present.isEmpty ? try selected(for: edition, at: instant) : present
    }

    private func frozen(_ edition: EditionRecord) throws(Fault) -> [ItemRecord] {
        try ledger.items(of: edition.id).filter { $0.state != .held && $0.state != .withdrawn }
    }

    /// What the publication selects from the live items. A publication that goes ahead of another carries that one's items.
    func selected(for edition: EditionRecord, at instant: Instant) throws(Fault) -> [ItemRecord] {
        var rule = try publication(edition.publication)
        if case .ahead(of: let followed, _) = rule.timing {
            if let main = try ledger.editions([.closed, .held, .released], publication: followed).first(where: {
                $0.scheduled == edition.scheduled
            }) {
                let items = try frozen(main)
                if !items.isEmpty { return items }
            }
            rule = try publication(followed)
        }
        let used = rule.selection.repeats ? [] : try ledger.itemsUsed(by: rule.name)
        return rule.select(from: try ledger.liveItems(at: instant).filter { !used.contains($0.id) }, at: edition.release)
    }

    /// Releases the edition with these items. Throws a ``Fault`` when it cannot be rendered; nothing has changed then.
    package func release(_ edition: EditionRecord, _ items: [ItemRecord], by actor: String, at now: Instant) throws(Fault) {
        let publication = try publication(edition.publication)
        let readers = publication.channels.email ? try readers(in: publication.audience) : Readers()
        let main = publication.language ?? defaultLanguage
        let languages = (publication.language.map { [$0] } ?? readers.languages).union([main])
        let content = try composition.content(of: edition, items: items, at: now)
        let release = Release(
            items: items.map { FrozenItem(item: $0.id, version: $0.version) },
            renderings: try composition.renderings(of: content, languages: languages), recipients: readers.numbers,
            mandatory: publication.mandatoryReason != nil, outlets: publication.channels.endpoints.map(Outlet.endpoint),
            web: publication.channels.web, stopBy: now + Self.deliveryPeriod)
        try ledger.releaseEdition(edition.id, release, by: actor, at: now)
    }

    /// Whom an edition goes to, and in which languages they read.
    private struct Readers {
        var numbers: [RecipientID] = []
        var languages: Set<Language> = []
    }

    /// Everybody in the directory whom an audience names.
    private func readers(in name: String) throws(Fault) -> Readers {
        guard let audience = (audiences + [.everybody]).first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw Fault(
                "find", "the audience ‘\(name)’", cause: "there is no [Audience \(name)] section",
                mend: "Add it to budstikke.conf, or name another.")
        }
        var readers = Readers()
        try ledger.eachRecipient { recipient in
            guard audience.contains(recipient.person) else { return }
            readers.numbers.append(recipient.id)
            if let language = recipient.person.language { readers.languages.insert(language) }
        }
        return readers
    }
}
