import Core
import Desk
import HTTPServer
import Ledger
import Press
import PushPhones
import PushScreens
import PushWeb

/// Everything that the web server serves: feeds, the web edition and its archive, pictures, choices and health.
struct Site {
    let router: Router
    let editions: EditionPages
    private let desk: DeskSite

    /// As ``ServerOptions/permitsLargeBody``.
    var permitsLargeBody: @Sendable (Request) -> Bool { desk.permitsLargeBody }

    init(house: CurrentHouse, shelf: FeedShelf, watch: ScreenWatch) {
        let first = house.value
        let language = first.settings.organisation.language
        let render: WebPage.Render = { page, language throws(Fault) in try house.value.page(page, language) }
        var router = Router()
        shelf.addRoutes(to: &router)
        ScreenPages(shelf: shelf, watch: watch, clock: first.clock) { feed throws(Fault) in try house.value.screenPage(feed) }
            .addRoutes(to: &router)
        let editions = EditionPages(ledger: first.ledger, key: first.key, language: language, render: render)
        editions.addRoutes(to: &router)
        PhonePages(ledger: first.ledger, clock: first.clock) { () throws(Fault) in try house.value.phoneSite() }.addRoutes(to: &router)
        UsefulnessPages(ledger: first.ledger, language: language, render: render).addRoutes(to: &router)
        PicturePages { digest throws(Fault) in
            let logo = house.value.pressroom.press.identity.logo
            return logo?.digest == digest ? logo : try first.ledger.picture(digest)
        }.addRoutes(to: &router)
        PreferencePages(
            ledger: first.ledger, key: first.key, clock: first.clock, language: language, offer: { house.value.subscriptions(of: $0) },
            render: render
        ).addRoutes(to: &router)
        desk = DeskSite(clock: first.clock) { house.value.desk() }
        desk.addRoutes(to: &router)
        OperationPages(health: { house.value.illness() }).addRoutes(to: &router)
        self.router = router
        self.editions = editions
    }
}

extension House {
    /// The publications that a recipient is sent by mail.
    func subscriptions(of recipient: Recipient) -> [Publication] {
        settings.publications.filter { publication in
            publication.channels.email
                && settings.audiences.contains {
                    $0.name.lowercased() == publication.audience.lowercased() && $0.contains(recipient.person)
                }
        }
    }

    /// A page of the web in the organisation's look.
    func page(_ page: WebPage, _ language: Language) throws(Fault) -> String {
        let (press, url) = (pressroom.press, settings.web.publicURL)
        func notice(_ notice: Notice) throws(Fault) -> String { try press.noticePage(notice, language: language, publicURL: url) }
        switch page {
        case .archive(let editions):
            let entries = editions.map {
                var entry = ArchiveEntry(
                    title: $0.title, slug: $0.slug, number: $0.number, date: zone.civil($0.released ?? $0.release).date)
                entry.corrected = $0.corrected.map { zone.civil($0).date }
                entry.isRecalled = $0.state == .recalled
                return entry
            }
            return try press.archivePage(entries, language: language, publicURL: url, offersPhones: settings.phones != nil)
        case .confirm(let action, let title): return try notice(.confirm(action: action, title: title))
        case .preferences(let action, let choices, let topics, let language):
            return try notice(
                .preferences(
                    action: action,
                    choices: choices.map {
                        Notice.Choice(
                            name: $0.publication.name, title: $0.publication.title, isSubscribed: $0.isSubscribed,
                            mandatoryReason: $0.publication.mandatoryReason)
                    }, topics: topics.map { Notice.Topic(name: $0.name, isWanted: $0.isWanted) }, language: language))
        case .unsubscribed(let title, let action): return try notice(.unsubscribed(title: title, action: action))
        case .saved(let titles, let action): return try notice(.saved(titles: titles, action: action))
        case .useful(let action, let title, let isYes): return try notice(.useful(action: action, title: title, isYes: isYes))
        case .usefulThanks: return try notice(.usefulThanks)
        case .unknownLink: return try notice(.unknownLink)
        case .notFound: return try notice(.notFound)
        }
    }

    /// The page of a feed for a wall, with what it asks for.
    func screenPage(_ feed: Feed) throws(Fault) -> (page: String, assets: ScreenAssets) {
        let (press, scripts) = pressroom.current
        let assets = ScreenAssets(
            files: ["style.css": try press.screenStyle(), "player.js": scripts.player], worker: scripts.worker)
        let face = ScreenFace(
            feed: feed.name, title: feed.title, place: feed.place, language: feed.language, root: feed.token == nil ? "" : "../",
            style: assets.address("style.css"),
            player: assets.address("player.js"))
        return (try press.screenPage(face, zone: zone), assets)
    }

    /// What `/healthz` says when the service is not well: the ledger cannot be read. Alarms are for people and do not make it unwell.
    func illness() -> String? {
        do throws(Fault) {
            _ = try ledger.standingAlarms()
            return nil
        } catch {
            return "the ledger cannot be read"
        }
    }
}
