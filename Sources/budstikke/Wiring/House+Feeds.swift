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
            organisation: settings.organisation.name, byline: { [catalogue] in catalogue.byline($0, $1, $2) },
            select: { publication, now throws(Fault) in
                if publication.timing == .continuous { return publication.select(from: try ledger.liveItems(at: now), at: now) }
                return try ledger.lastReleased(of: publication.name).map { edition throws(Fault) in try ledger.items(of: edition.id) } ?? []
            })
    }
}
