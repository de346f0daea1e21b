import Core
import Ledger
import PushIntranet
import PushScreens

extension House {
    private var postComposer: PostComposer {
        let (rules, feeds) = (settings.feeds, self.feeds())
        return PostComposer(
            ledger: ledger, language: settings.organisation.language, zone: zone, publicURL: settings.web.publicURL,
            feeds: { name in
                guard let rule = rules.first(where: { $0.name == name && $0.access == .open }) else { return [] }
                let frame = feeds.frame(rule)
                return FeedFormat.passedOn.map { frame.address($0) }
            },
            press: { [pressroom] in pressroom.press })
    }

    /// What an intranet would be told of an edition, for the desk's preview.
    func intranetPreview(of edition: EditionRecord) throws(Fault) -> String {
        let items =
            [.open, .closed, .held].contains(edition.state)
            ? try release.items(for: edition, at: max(clock.now(), edition.release)) : try ledger.items(of: edition.id)
        let channels = settings.publications.first { $0.name == edition.publication }?.channels
        return try postComposer.preview(of: edition, items, hasWebEdition: channels?.web ?? false)
    }

    /// What keeps the intranet endpoints told. Throws a ``Fault`` for a secret that cannot be read or an address that is not one.
    func posts() throws(Fault) -> PostStage {
        let composer = postComposer
        var posters: [EndpointPoster] = []
        for endpoint in settings.endpoints {
            posters.append(
                EndpointPoster(
                    endpoint, try endpoint.connector(relativeTo: settings.folder), composer: composer, ledger: ledger, clock: clock))
        }
        return PostStage(
            posters: posters,
            planning: PostPlanning(endpoints: settings.endpoints, publications: settings.publications, ledger: ledger), ledger: ledger,
            clock: clock)
    }
}
