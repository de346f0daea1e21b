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
            receipt: { [self] content throws(Fault) in try receipt(content) }, placements: { [self] in placements($0, from: $1) })
    }

    private func receipt(_ content: ReceiptContent) throws(Fault) -> String {
        let pictures = Dictionary(content.pictures.map { ($0.digest, PictureDimensions($0)) }) { first, _ in first }
        let receipt = Receipt(
            fileName: content.fileName, source: content.source, content: content.content, receivedAt: zone.civil(content.received),
            placements: content.placements.map {
                Receipt.Placement(
                    publication: $0.publication, release: zone.civil($0.release), replaceableUntil: zone.civil($0.replaceableUntil))
            }, lix: content.lix, remarks: content.remarks, pictureFiles: content.pictureFiles, pictures: pictures)
        return try pressroom.press.receipt(receipt, language: settings.organisation.language)
    }

    /// The publications whose next edition would select the item, were it closed with this item alone in it.
    private func placements(_ content: ItemContent, from source: String) -> [ReceiptContent.Placement] {
        let now = clock.now()
        let item = Prospect(source: source, received: now, content: content)
        return settings.publications.compactMap { publication in
            guard publication.timing != .continuous, let edition = try? calendar.next(publication, after: zone.civil(now)) else {
                return nil
            }
            var rule = publication
            if case .ahead(let followed, _) = publication.timing {
                rule = settings.publications.first { $0.name == followed } ?? publication
            }
            guard edition.cutOff > now, !rule.select(from: [item], at: edition.release).isEmpty else { return nil }
            return ReceiptContent.Placement(publication: publication.title, release: edition.release, replaceableUntil: edition.cutOff)
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
