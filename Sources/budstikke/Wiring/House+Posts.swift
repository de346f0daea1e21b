import Core
import PushIntranet

extension House {
    /// What keeps the intranet endpoints told. Throws a ``Fault`` for a secret that cannot be read or an address that is not one.
    func posts() throws(Fault) -> PostStage {
        let composer = PostComposer(
            ledger: ledger, language: settings.organisation.language, publicURL: settings.web.publicURL,
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
