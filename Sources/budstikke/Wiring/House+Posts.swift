import Core
import PushIntranet
import PushScreens

extension House {
    /// What keeps the intranet endpoints told. Throws a ``Fault`` for a secret that cannot be read or an address that is not one.
    func posts() throws(Fault) -> PostStage {
        let (rules, feeds) = (settings.feeds, self.feeds())
        let composer = PostComposer(
            ledger: ledger, language: settings.organisation.language, zone: zone, publicURL: settings.web.publicURL,
            feeds: { name in
                guard let rule = rules.first(where: { $0.name == name && $0.access == .open }) else { return [] }
                let frame = feeds.frame(rule)
                return FeedFormat.passedOn.map { frame.address($0) }
            },
            press: { [pressroom] in pressroom.press })
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
