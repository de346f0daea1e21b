import Core
import Ledger

/// Releases the edition of a crisis message, or of its all-clear: at once, ahead of everything else, to people who cannot unsubscribe.
package struct AlertRelease: Sendable {
    let ledger: Ledger
    let audiences: [Audience]
    let language: Language
    let zone: Zone
    let composition: Composition
    let words: AlertWords
    /// The names of the intranet endpoints: each is told, whatever else it takes.
    let endpoints: [String]
    /// What readers see as the source of a message that no department wrote.
    let organisation: String

    /// How long a mail of it is tried that knows no end of its own.
    private static let deliveryPeriod = Span.days(1)

    package init(
        ledger: Ledger, audiences: [Audience], language: Language, zone: Zone, composition: Composition, words: AlertWords,
        endpoints: [String], organisation: String
    ) {
        self.ledger = ledger
        self.audiences = audiences
        self.language = language
        self.zone = zone
        self.composition = composition
        self.words = words
        self.endpoints = endpoints
        self.organisation = organisation
    }

    /// Plans the edition unless a former pass has, and releases it. Throws a ``Fault`` when it cannot be rendered or the ledger fails; the
    /// next call goes on from there. Returns false when it was released before.
    func release(_ alert: AlertRecord, _ kind: AlertMark.Kind, at now: Instant) throws(Fault) -> Bool {
        let planned = kind == .raised ? alert.edition : alert.allClear
        let id: EditionID
        if let planned { id = planned } else { id = try ledger.planAlertEdition(alert.id, kind, plan(alert, kind, at: now), at: now) }
        guard let edition = try ledger.edition(id), edition.state == .closed else { return false }
        let readers = try readers(alert, kind)
        let content = try content(alert, kind, edition, at: now)
        var release = Release(
            items: [FrozenItem(item: alert.item, version: alert.version)],
            renderings: try composition.renderings(of: content, languages: readers.languages.union([language])),
            recipients: readers.numbers, mandatory: true,
            posts: PostPlan.alert(id, alert, to: endpoints), web: false, stopBy: stopBy(alert, kind, now))
        release.urgency = .urgent
        try ledger.releaseEdition(id, release, by: alert.confirmer ?? alert.proposer, at: now)
        return true
    }

    private func stopBy(_ alert: AlertRecord, _ kind: AlertMark.Kind, _ now: Instant) -> Instant {
        let latest = now + Self.deliveryPeriod
        return kind == .raised ? min(alert.until ?? latest, latest) : latest
    }

    private func plan(_ alert: AlertRecord, _ kind: AlertMark.Kind, at now: Instant) -> EditionPlan {
        let civil = zone.civil(now)
        return EditionPlan(
            publication: AlertPublication.name, slug: "\(AlertPublication.name)-\(civil.date)",
            title: words.title(alert.content.title, alert.mark(kind), language), audience: alert.audience,
            scheduled: "\(civil) \(kind.rawValue) \(alert.id)", release: now, cutOff: now, leaderNotes: false)
    }

    private func content(
        _ alert: AlertRecord, _ kind: AlertMark.Kind, _ edition: EditionRecord, at now: Instant
    ) throws(Fault) -> EditionContent {
        var content = try composition.content(of: edition, items: [], at: now)
        var item = alert.content
        if kind == .ended {
            // The message itself is not told again: whoever only glances must not take it for one that stands.
            item.summary = ""
            item.picture = nil
            item.body = Document((alert.farewell ?? "").isEmpty ? [] : [.paragraph([.text(alert.farewell ?? "")])])
        }
        let shown = AlertSource.shown(alert.source)
        content.title = item.title
        content.alert = alert.mark(kind)
        if kind == .raised { content.alert?.until = alert.until.map(zone.civil) }
        content.entries = [.init(item: alert.item, source: shown.isEmpty ? organisation : shown, content: item)]
        return content
    }

    /// How the mail of a message will look, in the organisation's language, before there is one. Throws a ``Fault`` when it cannot be
    /// rendered.
    package func preview(
        _ item: ItemContent, from source: String, isDrill: Bool, until: Instant?, at now: Instant
    ) throws(Fault) -> EditionRendering {
        let shown = AlertSource.shown(source)
        var content = EditionContent(
            publication: AlertPublication.name, title: item.title, slug: AlertPublication.name, number: 1, date: zone.civil(now).date,
            entries: [.init(item: ItemID(0), source: shown.isEmpty ? organisation : shown, content: item)])
        content.alert = AlertMark(.raised, isDrill: isDrill)
        content.alert?.until = until.map(zone.civil)
        return try composition.rendering(of: content, in: language)
    }

    private struct Readers {
        var numbers: [RecipientID] = []
        var languages: Set<Language> = []
    }

    /// Whom the audience names; of an all-clear, who got the message. One that ended at its own time needs no mail: it has told when.
    private func readers(_ alert: AlertRecord, _ kind: AlertMark.Kind) throws(Fault) -> Readers {
        var readers = Readers()
        let isMeant: (Recipient) -> Bool
        switch kind {
        case .raised:
            guard let audience = (audiences + [.everybody]).first(where: { $0.name.lowercased() == alert.audience.lowercased() }) else {
                throw Fault(
                    "find", "the audience ‘\(alert.audience)’", cause: "there is no [Audience \(alert.audience)] section",
                    mend: "Add it to budstikke.conf, or end the message and raise it for another.")
            }
            isMeant = { audience.contains($0.person) }
        case .ended:
            guard alert.ending != .expired, let edition = alert.edition else { return readers }
            let got = try ledger.readers(of: edition)
            isMeant = { got.contains($0.id) }
        }
        try ledger.eachRecipient { recipient in
            guard isMeant(recipient) else { return }
            readers.numbers.append(recipient.id)
            if let language = recipient.person.language { readers.languages.insert(language) }
        }
        return readers
    }
}
