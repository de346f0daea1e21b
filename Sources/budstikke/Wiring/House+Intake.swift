import Core
import Intake
import Ledger
import Planner
import Press

extension House {
    /// The stage that takes files in, with the receipt's page from the Press and the forecast from the Planner.
    func intake() throws(Fault) -> IntakeStage {
        let settings = IntakeSettings(
            dropFolder: settings.drop.folder, stateFolder: settings.organisation.stateFolder, sources: settings.sources,
            audiences: settings.audiences, zone: zone, language: settings.organisation.language, settle: settings.drop.settle,
            rescan: settings.drop.rescan)
        return try IntakeStage(
            settings, catalogue: catalogue, ledger: ledger, clock: clock,
            receipt: { [pressroom, zone, language = self.settings.organisation.language] receipt throws(Fault) in
                try pressroom.press.receipt(receipt, language: language, zone: zone)
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
            guard let edition = try? calendar.next(publication, after: zone.civil(now)), edition.cutOff > now else { return nil }
            var rule = publication
            if case .ahead(let followed, _) = publication.timing { rule = settings.publications.first { $0.name == followed } ?? publication }
            guard !rule.select(from: [item], at: edition.release).isEmpty else { return nil }
            return .edition(publication: publication.title, release: edition.release, replaceableUntil: edition.cutOff)
        }
    }

    /// An item that is not in the ledger yet.
    private struct Prospect: Selectable {
        var id = ItemID(0)
        var source: String
        var received: Instant
        var content: ItemContent
    }
}
