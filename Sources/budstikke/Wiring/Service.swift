import Configuration
import Core
import Desk
import Directory
import Foundation
import HTTPServer
import Intake
import Ledger
import Planner
import Push
import PushScreens
import PushWeb
import Supervisor
import Synchronization

/// The daemon: the stages around a ``House``, and how they are exchanged at a reload.
///
/// What comes in: settings that are good. What goes out: a service that runs until SIGTERM. The ledger, the feeds and the web server
/// stay over a reload, so a screen never meets a gap; intake, directory, planner, outbox and screens are stopped, made anew and
/// started. When the new settings are wrong, or a stage does not start with them, the former ones stay.
final class Service: Sendable {
    let supervisor: ServiceSupervisor
    private let house: CurrentHouse
    private let shelf: FeedShelf
    private let watch: ScreenWatch
    private let works: Works
    private let web: ServerStage
    private let site: Site
    private let log = Log("service")

    /// The house of the settings in force.
    var current: House { house.value }

    /// Throws ``SettingsProblems`` or a ``Fault`` when the service cannot start with these settings.
    init(settings: Settings, clock: any WallClock = SystemClock()) throws {
        let first = try House(settings: settings, clock: clock, log: Log("operator"))
        let house = CurrentHouse(first)
        let watch = ScreenWatch(clock: first.clock)
        let shelf = FeedShelf(clock: first.clock, watch: watch, instruments: first.instruments)
        let site = Site(house: house, shelf: shelf, watch: watch)
        let works = Works(try Self.stages(first, shelf, watch, site))
        guard let listen = ListenAddress(settings.web.listen.description) else {
            throw Fault("listen on", settings.web.listen.description, cause: "it is not an address", mend: "Write Listen=127.0.0.1:8080.")
        }
        let editions = WebEditionStage(pages: site.editions, ledger: first.ledger, clock: first.clock)
        web = ServerStage("web", listen, options: try Self.options(settings.web, site), handler: site.router.response)
        let control = ControlSocket.stage(folder: settings.organisation.stateFolder) { operation, actor throws(Fault) in
            try house.value.perform(operation, by: actor)
        }
        let metrics = try Self.metrics(house)
        supervisor = ServiceSupervisor(
            stages: [works, editions, web] + metrics + [control, LedgerWatch(ledger: first.ledger)])
        self.house = house
        self.site = site
        self.shelf = shelf
        self.watch = watch
        self.works = works
    }

    /// Serves until it is asked to stop.
    func run() throws(Fault) -> ServiceSupervisor.Ending {
        current.ledger.onTrouble { [log, supervisor] fault in
            log.alert("the service ends, to go on from what is on the disk: \(fault)")
            supervisor.stop(because: fault)
        }
        return try supervisor.run { () throws(Fault) in try reload() }
    }

    /// Reads the settings again and exchanges what depends on them. What is bound to the process (state folder, listener) stays.
    private func reload() throws(Fault) {
        let former = current
        let new: House
        do {
            let settings = try ServeCommand.settings(former.settings.file)
            new = try House(
                settings: settings, ledger: former.ledger, clock: former.clock, log: former.log, instruments: former.instruments)
        } catch let problems as SettingsProblems {
            throw Fault("reload", former.settings.file, cause: "it has problems\n\(problems)", mend: "Mend them and reload again.")
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault("reload", former.settings.file, cause: "\(error)", mend: "Report this with the log.")
        }
        if new.settings.organisation.stateFolder != former.settings.organisation.stateFolder
            || new.settings.web.listen != former.settings.web.listen || new.settings.metricsListen != former.settings.metricsListen
        {
            log.warning("State= and Listen= take effect at the next restart")
        }
        // A certificate is renewed under the same name, so it is read again at every reload; else open streams need not be disturbed.
        let isNewWeb = new.settings.web != former.settings.web || new.settings.web.certificate != nil
        if isNewWeb { try web.replace(try Self.options(new.settings.web, site)) }
        do throws(Fault) {
            try works.replace(with: try Self.stages(new, shelf, watch, site)) { () throws(Fault) in
                try Self.stages(former, shelf, watch, site)
            }
        } catch {
            if isNewWeb { try web.replace(try Self.options(former.settings.web, site)) }
            throw error
        }
        house.value = new
        shelf.keep(Set(new.settings.feeds.map(\.name)))
        // The archive's page names what the settings offer.
        site.editions.forget()
    }

    /// The listener of `/metrics`, off the public one; none where the settings name no place for it.
    private static func metrics(_ house: CurrentHouse) throws(Fault) -> [any Stage] {
        guard let wanted = house.value.settings.metricsListen else { return [] }
        guard let listen = ListenAddress(wanted.description) else {
            throw Fault("listen on", wanted.description, cause: "it is not an address", mend: "Write [Metrics] Listen=127.0.0.1:9180.")
        }
        var router = Router()
        MetricsPage { house.value.metrics() }.addRoutes(to: &router)
        return [ServerStage("metrics", listen, handler: router.response)]
    }

    /// What the settings say of the web server. Throws a ``Fault`` when the certificate cannot be read.
    private static func options(_ web: Settings.Web, _ site: Site) throws(Fault) -> ServerOptions {
        var options = ServerOptions()
        options.permitsLargeBody = site.permitsLargeBody
        options.trustedProxies = TrustedProxies(web.trustedProxies.compactMap(TrustedProxies.Entry.init))
        options.frameAncestors = web.frameAncestors
        if let certificate = web.certificate {
            options.certificate = try ServerCertificate(certificateFile: certificate.file, keyFile: certificate.keyFile)
        }
        return options
    }

    /// Everything that depends on the settings, in the order of the way of the data.
    private static func stages(_ house: House, _ shelf: FeedShelf, _ watch: ScreenWatch, _ site: Site) throws(Fault) -> [any Stage] {
        let settings = house.settings
        var stages: [any Stage] = [house.directory(), try house.intake()]
        if let alerts = try house.alertIntake() { stages.append(alerts) }
        stages += [
            PlannerStage(ledger: house.ledger, release: house.release, calendar: house.calendar, clock: house.clock),
            AlertStage(ledger: house.ledger, release: house.alertRelease, clock: house.clock),
            OutboxStage(
                channels: try house.channels(), ledger: house.ledger, rules: house.outboxRules, clock: house.clock,
                instruments: house.instruments),
            try house.posts(),
            ScreensStage(
                feeds: settings.feeds, composition: house.feeds(), shelf: shelf, hubs: settings.hubs.map(\.name), ledger: house.ledger,
                clock: house.clock),
            house.retention(),
            ScreenWatchStage(watch: watch, silence: settings.screenSilence, ledger: house.ledger, clock: house.clock),
        ]
        // After the screens: it reads what they have put on the shelf.
        if let store = try house.store(shelf, site.editions) { stages.append(store) }
        if let bounces = try house.bounces() { stages.append(bounces) }
        if let phones = house.phones() {
            stages.append(phones)
        } else {
            // What waited for them is not news any more when they are offered again.
            try house.ledger.endPhoneMessages(at: house.clock.now())
        }
        stages.append(try house.alarms())
        return stages
    }
}

/// The house in force, for those who outlive a reload.
final class CurrentHouse: Sendable {
    private let house: Mutex<House>

    init(_ house: House) { self.house = Mutex(house) }

    var value: House {
        get { house.withLock { $0 } }
        set { house.withLock { $0 = newValue } }
    }
}
