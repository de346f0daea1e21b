import Configuration
import Core
import Crypto
import Desk
import Foundation
import Intake
import Ledger
import Planner
import Press
import Push
import PushEmail

/// What one process needs to do anything with an installation: its settings, its ledger, its Press, and the rules of release.
/// The daemon puts its stages around it; a command without a daemon uses it alone.
final class House: Sendable {
    let settings: Settings
    let ledger: Ledger
    let clock: any WallClock
    /// Where the daemon tells what people did; a command prints its answer instead.
    let log: Log?
    let pressroom: Pressroom
    let key: InstallationKey
    /// `nil` when phones are not offered.
    let webPushKey: VAPIDKey?
    let calendar: EditionCalendar
    let release: ReleaseStep
    let composition: Composition
    let instruments: Instruments

    var blockedWords: BlockedWords { BlockedWords(settings.drop.blockedWords) }
    var zone: Zone { settings.organisation.zone }
    var catalogue: Catalogue { pressroom.press.catalogue }

    /// Opens the ledger unless one is handed in (at a reload). Throws ``SettingsProblems`` or a ``Fault``.
    init(
        settings: Settings, ledger: Ledger? = nil, clock: any WallClock = SystemClock(), log: Log? = nil,
        instruments: Instruments = Instruments()
    ) throws {
        self.settings = settings
        self.instruments = instruments
        self.clock = clock
        self.log = log
        pressroom = try Pressroom(folder: settings.templatesFolder, organisation: settings.organisation.name)
        if let ledger {
            self.ledger = ledger
        } else {
            self.ledger = try Ledger(folder: settings.organisation.stateFolder)
            try LedgerOperations(ledger: self.ledger).settle(at: clock.now())
        }
        let ledger = self.ledger
        key = try InstallationKey.load(orCreateIn: settings.organisation.stateFolder)
        webPushKey = try Self.webPushKey(settings)
        ledger.rememberPeople { [key] address in PersonDigest(address, key: key).text }
        calendar = EditionCalendar(zone: settings.organisation.zone, closingDays: settings.closingDays, publications: settings.publications)
        let render = Self.render(pressroom, ledger, settings, key, clock)
        composition = Composition(ledger: ledger, zone: settings.organisation.zone, render: render)
        release = ReleaseStep(
            ledger: ledger, publications: settings.publications, audiences: settings.audiences, endpoints: settings.endpoints,
            defaultLanguage: settings.organisation.language,
            composition: composition, committees: settings.sources.filter { $0.kind == .committee }.map(\.name))
    }

    /// The Press with the pictures that an edition names looked up in the ledger.
    private static func render(
        _ pressroom: Pressroom, _ ledger: Ledger, _ settings: Settings, _ key: InstallationKey, _ clock: any WallClock
    ) -> Composition.Render {
        { content, language throws(Fault) in
            let publication =
                content.alert != nil
                ? alertPublication(pressroom.press.catalogue, settings, language)
                : settings.publications.first { $0.name == content.publication }
            var pictures: [PictureDigest: PictureDimensions] = [:]
            for digest in content.entries.flatMap(\.content.pictures) {
                pictures[digest] = try ledger.pictureFacts(digest).map(PictureDimensions.init)
            }
            let press = pressroom.press
            // The mail carries the logo as it was then, also after the identity has changed.
            if let logo = press.identity.logo { try ledger.keepPicture(logo, at: clock.now()) }
            return try press.render(
                content, language: language, publicURL: settings.web.publicURL, pictures: pictures,
                template: publication?.template ?? "newsletter",
                hasWebEdition: publication?.channels.web ?? false, mandatoryReason: publication?.mandatoryReason,
                linksPictures: settings.email?.pictures == .linked,
                webToken: publication?.timing.isAhead == true ? EditionToken(slug: content.slug, key: key).text : nil)
        }
    }

    /// What crisis messages are editions of.
    private static func alertPublication(_ catalogue: Catalogue, _ settings: Settings, _ language: Language) -> Publication {
        AlertPublication.publication(
            title: catalogue.text("alert.title", language),
            reason: catalogue.text("alert.reason", language, ["organisation": settings.organisation.name]),
            endpoints: settings.postedEndpoints.map(\.name))
    }

    /// How a crisis message goes out: by mail, and to every endpoint.
    var alertRelease: AlertRelease {
        AlertRelease(
            ledger: ledger, audiences: settings.audiences, language: settings.organisation.language, zone: zone, composition: composition,
            words: AlertWords(catalogue), endpoints: settings.postedEndpoints.map(\.name), organisation: settings.organisation.name)
    }

    /// The channels that the settings name. Throws a ``Fault`` for a secret that cannot be read or an address that is not one.
    func channels() throws(Fault) -> [any Channel] {
        let email = try emailSettings()
        var channels: [any Channel] = []
        for relay in settings.relays {
            channels.append(try EmailChannel(relay, settings: email, ledger: ledger, clock: clock, folder: settings.folder))
        }
        return channels
    }

    var outboxRules: OutboxRules {
        OutboxRules(
            domains: settings.domains, quietHours: settings.email?.quietHours, zone: zone, pause: settings.email?.pause,
            pseudonym: { [key] in key.recipientDigest($0) })
    }

    func emailSettings() throws(Fault) -> EmailSettings {
        guard let email = self.settings.email, let url = LinkTarget(self.settings.web.publicURL) else {
            throw Fault("read", self.settings.file, cause: "[Email] From= or [Web] PublicURL= is missing", mend: "Add it.")
        }
        let key = key
        let publications =
            self.settings.publications + [Self.alertPublication(catalogue, self.settings, self.settings.organisation.language)]
        var settings = EmailSettings(
            from: email.from, returnPath: email.returnPath, zone: zone, language: self.settings.organisation.language,
            publication: { name in publications.first { $0.name == name } },
            preferences: { recipient, publication in
                RecipientToken(recipient: recipient, publication: publication, key: key).link(under: url)
            })
        if let base = email.returnPath, let delimiter = email.delimiter {
            settings.verp = { recipient, edition in
                ReturnPathToken(recipient: recipient, edition: edition).address(under: base, delimiter: delimiter, key: key)
            }
        }
        return settings
    }

    /// Does what an operator or editor asks. `roles` are those of somebody at the desk; `nil` is who may open the control socket or the
    /// ledger itself: an operator, with the roles of the account of the same name, and an editor in any case.
    func perform(_ operation: OperatorRequest, by actor: String, as roles: [DeskRole]? = nil) throws(Fault) -> Answer {
        let now = clock.now()
        let own: [DeskRole]
        if let roles {
            own = roles
        } else {
            own = [.operator, .editor] + (try ledger.account(actor)?.roles ?? []).filter { $0 != .editor && $0 != .operator }
        }
        let items = ItemOperations(ledger: ledger, release: release, zone: zone, actor: actor, roles: own, blocked: blockedWords)
        let users = UserOperations(ledger: ledger, sources: settings.sources.map(\.name), actor: actor)
        let deliveries = DeliveryOperations(ledger: ledger, zone: zone, key: key, actor: actor)
        let editions = EditionOperations(house: self)
        let people = RecipientOperations(house: self)
        let posts = PostOperations(house: self)
        return switch operation {
        case .status: try StatusOperation(house: self).answer(at: now)
        case .checkup: Checkup(house: self).answer(at: now)
        case .feedRemarks: try ScreenOperations(house: self).lint(at: now)
        case .feedAddresses: ScreenOperations(house: self).addresses()
        case .screens: try ScreenOperations(house: self).list()
        case .forgetScreen(let label): try ScreenOperations(house: self).forget(label, by: actor, at: now)
        case .items(let state, let source, let limit): try items.list(state, source, limit, at: now)
        case .item(let id, let version): try items.show(id, version: version)
        case .approve(let what): try items.approve(what, at: now)
        case .hold(let what, let reason): try items.hold(what, reason, at: now)
        case .withdraw(let what, let other): try items.withdraw(what, sameAs: other, at: now)
        case .approveItem(let id, let version): try items.approve(id, version: version, at: now)
        case .approveEdition(let slug, let seen): try items.approveEdition(slug, seen: seen, at: now)
        case .editItem(let id, let version, let edit): try items.edit(id, from: version, edit, at: now)
        case .arrange(let slug, let order, let leftOut): try items.arrange(slug, order: order, leftOut: leftOut, at: now)
        case .runEdition(let slug): try editions.run(edition: slug, by: actor, at: now)
        case .testEdition(let slug, let address): try editions.test(edition: slug, to: address, at: now)
        case .users: try users.list()
        case .addUser(let name, let address, let roles, let hash): try users.add(name, address, roles, hash, at: now)
        case .setRoles(let name, let roles): try users.setRoles(name, roles, at: now)
        case .setPassword(let name, let hash): try users.setPassword(name, hash, at: now)
        case .removeUser(let name): try users.remove(name, at: now)
        case .schedule(let from, let count): try editions.schedule(from: from, count: count, at: now)
        case .preview(let publication): try editions.preview(publication, at: now)
        case .test(let publication, let address): try editions.test(publication, to: address, at: now)
        case .run(let publication): try editions.run(publication, by: actor, at: now)
        case .raiseAlert(let wish): try AlertOperations(house: self, actor: actor).raise(wish, at: now)
        case .confirmAlert(let id): try AlertOperations(house: self, actor: actor).confirm(id, at: now)
        case .endAlert(let id, let farewell): try AlertOperations(house: self, actor: actor).end(id, farewell, at: now)
        case .alerts: try AlertOperations(house: self, actor: actor).list()
        case .deliveries(let edition, let failedOnly, let form): try deliveries.list(edition, failedOnly: failedOnly, form)
        case .resume(let edition): try deliveries.resume(edition, at: now)
        case .stop(let edition): try deliveries.stop(edition, at: now)
        case .retry(let edition): try deliveries.retry(edition, at: now)
        case .recall(let edition, let note, let only, let mail):
            try RecallOperations(house: self, actor: actor).correct(edition, note: note, only: only, mail: mail, at: now)
        case .mailCorrection(let edition): try RecallOperations(house: self, actor: actor).mail(edition, at: now)
        case .posts(let endpoint, let failedOnly): try posts.list(endpoint, failedOnly: failedOnly)
        case .retryPosts(let endpoint): try posts.retry(endpoint, by: actor, at: now)
        case .recipients: try people.list()
        case .reasons(let address): try people.reasons(for: address)
        case .backup(let file, let force): try LedgerOperations(ledger: ledger).backUp(to: file, force: force, at: now)
        case .suppressed: try SuppressionOperations(ledger: ledger, zone: zone, actor: actor).list()
        case .liftSuppression(let address):
            try SuppressionOperations(ledger: ledger, zone: zone, actor: actor).lift(address, at: now)
        case .importRecipients(let bytes, let name, let force): try people.take(bytes, name, force: force, at: now)
        case .synchroniseRecipients(let force): try people.synchronise(force: force)
        case .retention: try RetentionOperation(house: self).answer(at: now)
        case .exportPerson(let address): try PersonOperations(house: self, actor: actor).export(address)
        case .erasePerson(let address): try PersonOperations(house: self, actor: actor).erase(address, at: now)
        }
    }
}
