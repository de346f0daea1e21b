import Core
import Ledger

/// Releases one edition: who gets it, what it says in their languages, and what endpoints get of it, all in one transaction.
package struct ReleaseStep: Sendable {
    var ledger: Ledger
    var publications: [Publication]
    var audiences: [Audience]
    var endpoints: [Endpoint]
    var defaultLanguage: Language
    var composition: Composition
    /// The sources that are MED committees, in the settings' order.
    var committees: [String]

    /// How long after the release a delivery is still tried.
    package static let deliveryPeriod = Span.days(5)

    package init(
        ledger: Ledger, publications: [Publication], audiences: [Audience], endpoints: [Endpoint] = [], defaultLanguage: Language,
        composition: Composition, committees: [String] = []
    ) {
        self.committees = committees
        self.ledger = ledger
        self.publications = publications
        self.audiences = audiences
        self.endpoints = endpoints
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

    /// The publications that have editions. Who goes ahead of another carries that one's items, so the others come first.
    package var scheduled: [Publication] {
        let all = publications.filter { $0.timing != .continuous }
        return all.filter { !$0.timing.isAhead } + all.filter(\.timing.isAhead)
    }

    /// The items that an edition carries when it is released at an instant: those that it froze, or those that it would freeze. Not
    /// among them: what an editor holds, what was withdrawn, and what may not be shown then.
    package func items(for edition: EditionRecord, at instant: Instant) throws(Fault) -> [ItemRecord] {
        let publication = try publication(edition.publication)
        guard case .ahead(of: let followed, by: let span) = publication.timing else {
            return try items(of: edition, publication, shownAt: instant)
        }
        // The leaders' edition says what the main one will say, judged by that one's time.
        let main = try ledger.editions(Set(EditionState.allCases), publication: followed).first { $0.scheduled == edition.scheduled }
        let shown = max(instant, main?.release ?? instant + span)
        if try ledger.hasFrozen(edition.id) { return edition.arranged(try frozen(edition, shownAt: shown)) }
        return try items(of: main, try self.publication(followed), shownAt: shown)
    }

    private func items(of edition: EditionRecord?, _ publication: Publication, shownAt instant: Instant) throws(Fault) -> [ItemRecord] {
        if let edition {
            if try ledger.hasFrozen(edition.id) { return edition.arranged(try frozen(edition, shownAt: instant)) }
            // One that is past and froze nothing had nothing to say.
            guard edition.state == .open || edition.state == .held else { return [] }
        }
        let used = publication.selection.repeats ? [] : try ledger.itemsUsed(by: publication.name)
        let leftOut = edition?.leftOut ?? []
        // Left out before the choice, so that another takes the place.
        let live = try ledger.liveItems(at: instant).filter { !used.contains($0.id) && !leftOut.contains($0.id) }
        let chosen = try ledger.records(of: publication.select(from: live, at: instant))
        return edition?.arranged(chosen) ?? chosen
    }

    /// What an open edition would carry besides its items, had each source more places and the whole more room; the first of it.
    package func withoutRoom(in edition: EditionRecord, _ items: [ItemRecord], at instant: Instant, limit: Int) throws(Fault)
        -> [ItemRecord]
    {
        var publication = try publication(edition.publication)
        guard edition.state == .open, case .recurring = publication.timing, try !ledger.hasFrozen(edition.id) else { return [] }
        publication.selection.perSource = nil
        publication.selection.max = items.count + limit
        let used = publication.selection.repeats ? [] : try ledger.itemsUsed(by: publication.name)
        let taken = used.union(items.map(\.id)).union(edition.leftOut)
        let live = try ledger.liveItems(at: instant).filter { !taken.contains($0.id) }
        return try ledger.records(of: Array(publication.select(from: live, at: instant).prefix(limit)))
    }

    private func frozen(_ edition: EditionRecord, shownAt instant: Instant) throws(Fault) -> [ItemRecord] {
        try ledger.items(of: edition.id).filter {
            $0.state != .held && $0.state != .withdrawn && $0.content.isVisible(at: instant)
        }
    }

    /// Releases the edition with these items. Throws a ``Fault`` when it cannot be rendered, when an approval that its rule asks for is
    /// missing, or when it goes by email and nobody is in the directory yet; nothing has changed then.
    package func release(_ edition: EditionRecord, _ items: [ItemRecord], by actor: String, at now: Instant) throws(Fault) {
        let publication = try publication(edition.publication)
        if let reason = try approval(of: edition, items).reason {
            throw Fault(
                "release", "edition \(edition.slug)", cause: reason,
                mend: "Have it approved at the desk or with ‘budstikke approve’, or hold what shall not be in it.")
        }
        // At the first start the file of employees may be on its way still: a release now would leave everybody out.
        if publication.channels.email, try ledger.recipientCount() == 0 {
            throw Fault(
                "release", "edition \(edition.slug)", cause: "nobody is in the directory yet",
                mend: "See with ‘budstikke status’ when the file of employees has been read.")
        }
        let content = try composition.content(of: edition, items: items, at: now)
        let readers = publication.channels.email ? try readers(of: publication, content) : Readers()
        let main = publication.language ?? defaultLanguage
        func languages(_ own: Set<Language>) -> Set<Language> { (publication.language.map { [$0] } ?? own).union([main]) }
        var release = Release(
            items: items.map { FrozenItem(item: $0.id, version: $0.version) },
            renderings: try composition.renderings(of: content, languages: languages(readers.languages)),
            recipients: readers.groups[ReaderVariant()]?.numbers ?? [], mandatory: publication.mandatoryReason != nil,
            posts: endpoints.filter { publication.channels.endpoints.contains($0.name) }.flatMap {
                PostPlan.release(edition.id, items, to: $0)
            }, web: publication.channels.web, stopBy: now + Self.deliveryPeriod)
        release.aheadOf = self.main(ahead: publication)
        for (variant, group) in readers.groups.sorted(by: { $0.key.name < $1.key.name }) where variant != ReaderVariant() {
            let own = variant.content(content)
            // Whoever has turned off everything that is in it gets no empty mail.
            guard !own.entries.isEmpty else { continue }
            let renderings = try composition.renderings(of: own, languages: languages(group.languages)).mapValues { rendering in
                var mail = rendering
                // There is one web edition, and talking points are not on it.
                mail.web = ""
                return mail
            }
            release.variants.append(EditionVariant(name: variant.name, renderings: renderings, recipients: group.numbers))
        }
        try ledger.releaseEdition(edition.id, release, by: actor, at: now)
    }

    /// The publication that one goes ahead of, directly or through others; `nil` for one that goes ahead of none.
    private func main(ahead publication: Publication) -> String? {
        var found = publication.timing.followed
        for _ in publications {
            guard let name = found, let next = publications.first(where: { $0.name == name })?.timing.followed else { break }
            found = next
        }
        return found
    }

    /// Everybody in the directory whom the publication's audience names, by what they get of the edition.
    private func readers(of publication: Publication, _ content: EditionContent) throws(Fault) -> Readers {
        let audience = try audience(publication.audience)
        let hasNotes = content.entries.contains { $0.content.leaderNotes.map { !$0.isEmpty } ?? false }
        let leaders = try publication.leaderBlock.flatMap { name throws(Fault) in
            hasNotes && !content.showsLeaderNotes ? try self.audience(name) : nil
        }
        // Who must have it gets all of it.
        let muted = publication.mandatoryReason == nil ? try ledger.mutedTopics() : [:]
        let topics = Set(content.entries.compactMap { $0.content.category?.lowercased() })
        var readers = Readers()
        try ledger.eachRecipient { recipient in
            guard audience.contains(recipient.person) else { return }
            let off = muted[recipient.id].map { topics.intersection($0.map { $0.lowercased() }) } ?? []
            readers.add(
                recipient.id, recipient.person.language,
                ReaderVariant(seesLeaderNotes: leaders?.contains(recipient.person) ?? false, muted: off))
        }
        readers.bound()
        return readers
    }

    func audience(_ name: String) throws(Fault) -> Audience {
        guard let audience = (audiences + [.everybody]).first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw Fault(
                "find", "the audience ‘\(name)’", cause: "there is no [Audience \(name)] section",
                mend: "Add it to budstikke.conf, or name another.")
        }
        return audience
    }
}
