import Core
import Intake
import Ledger
import Planner
import Press

extension House {
    /// The stage that takes files in, with the receipt's page from the Press and the forecast from the Planner.
    func intake() throws(Fault) -> IntakeStage {
        var settings = IntakeSettings(
            dropFolder: settings.drop.folder, stateFolder: settings.organisation.stateFolder, sources: settings.sources,
            audiences: settings.audiences, zone: zone, language: settings.organisation.language, settle: settings.drop.settle,
            rescan: settings.drop.rescan)
        settings.blocked = BlockedWords(self.settings.drop.blockedWords)
        settings.notify = self.settings.drop.notify
        return try IntakeStage(
            settings, catalogue: catalogue, ledger: ledger, clock: clock,
            receipt: { [pressroom, zone, language = self.settings.organisation.language] receipt throws(Fault) in
                try pressroom.press.receipt(receipt, language: language, zone: zone)
            },
            receiptMail: { [pressroom, zone, language = self.settings.organisation.language] receipt throws(Fault) in
                try pressroom.press.receiptMail(receipt, language: language, zone: zone)
            }, placements: { [self] in placements($0, from: $1) })
    }

    /// The publications whose next edition would select the item, were it closed with this item alone in it.
    private func placements(_ content: ItemContent, from source: String) -> [Receipt.Placement] {
        let now = clock.now()
        let item = Prospect(source: source, received: now, content: content)
        return settings.publications.compactMap { publication in
            if publication.timing == .continuous {
                let start = max(now, content.visibleFrom ?? now)
                return publication.select(from: [item], at: start).isEmpty ? nil : .shown(publication: publication.title, from: start)
            }
            return coming(publication, for: item, at: now)
        }
    }

    /// How many coming editions are looked through: an item for January is told so in November.
    private static let horizon = 12

    /// The first edition of a publication that is still open for the item and would select it.
    private func coming(_ publication: Publication, for item: Prospect, at now: Instant) -> Receipt.Placement? {
        var after = (try? ledger.lastScheduled(of: publication.name)).flatMap { $0 }.flatMap { CivilDateTime(iso: $0.scheduled) }
        for _ in 0..<Self.horizon {
            guard let edition = try? calendar.next(publication, after: after, releasedAfter: now) else { return nil }
            after = edition.scheduled
            guard edition.cutOff > now else { continue }
            // Who goes ahead of another carries that one's items, chosen for that one's time.
            var (rule, instant) = (publication, edition.release)
            if case .ahead(let followed, _) = publication.timing, let main = settings.publications.first(where: { $0.name == followed }) {
                let before = CivilDateTime(secondsSince1970: edition.scheduled.secondsSince1970 - 1)
                (rule, instant) = (main, (try? calendar.next(main, after: before))?.release ?? edition.release)
            }
            if !rule.select(from: [item], at: instant).isEmpty {
                return .edition(publication: publication.title, release: edition.release, replaceableUntil: edition.cutOff)
            }
            // What is over by then is over for every later one too.
            if let end = item.content.visibleUntil, end <= instant { return nil }
        }
        return nil
    }

    /// An item that is not in the ledger yet.
    private struct Prospect: Selectable {
        var id = ItemID(0)
        var source: String
        var received: Instant
        var content: ItemContent
    }
}
