import Core
import Ledger
import PushScreens

extension House {
    /// What each feed shows: a continuous publication everything that its selection takes now, a recurring one the items of its latest
    /// edition.
    func feeds() -> FeedComposition {
        let ledger = ledger
        return FeedComposition(
            ledger: ledger, language: settings.organisation.language, publicURL: settings.web.publicURL,
            organisation: settings.organisation.name, key: key, words: AlertWords(catalogue), hubs: settings.hubs.compactMap(\.url),
            byline: { [catalogue] in catalogue.byline($0, $1, $2) },
            select: { publication, live, now throws(Fault) in
                if publication.timing == .continuous { return try ledger.records(of: publication.running(from: live, at: now)) }
                return try ledger.lastReleased(of: publication.name).map { edition throws(Fault) in try ledger.items(of: edition.id) } ?? []
            })
    }
}

extension House {
    /// What a screen's remark is to a reader.
    func text(_ remark: FeedRemark, _ catalogue: Catalogue, _ language: Language) -> String {
        let (value, limit) = (remark.value, remark.limit)
        let places = ["value": String(value), "limit": String(limit)]
        return switch remark.kind {
        case .titleLong: catalogue.text("lint.titleLong", language, places)
        case .summaryMissing: catalogue.text("lint.summaryMissing", language)
        case .titleAlone: catalogue.text("lint.titleAlone", language)
        case .textCut: catalogue.text("lint.textCut", language, places)
        case .tooFast: catalogue.text("lint.tooFast", language, places)
        case .pictureHeavy: catalogue.text("lint.pictureHeavy", language, places)
        case .pictureLeftOut: catalogue.text("lint.pictureLeftOut", language, places)
        case .pictureSmall: catalogue.text("lint.pictureSmall", language, places)
        }
    }

    /// The feeds that will show an item, were it alone, with what their players will make of it.
    func onScreens(_ receipt: Receipt, _ catalogue: Catalogue) -> [Receipt.OnScreen] {
        let item = Prospect(source: receipt.source, received: receipt.received, content: receipt.content)
        let instant = max(receipt.received, receipt.content.visibleFrom ?? receipt.received)
        let picture = receipt.content.picture.flatMap { own in receipt.pictures.first { $0.digest == own.digest } }
        return settings.feeds.compactMap { rule in
            let isShown: Bool
            if case .publication(let publication) = rule.content {
                isShown = receipt.content.channels.contains(.screens) && !publication.select(from: [item], at: instant).isEmpty
            } else {
                isShown = rule.content.select(from: [item], at: instant)?.isEmpty == false
            }
            guard isShown else { return nil }
            let facts = picture.map { FeedLint.PictureFacts(width: $0.width, bytes: $0.bytes.count) }
            let remarks = FeedLint(rule).remarks(receipt.content, picture: facts)
            return .init(feed: rule.title, remarks: remarks.map { text($0, catalogue, settings.organisation.language) })
        }
    }
}
