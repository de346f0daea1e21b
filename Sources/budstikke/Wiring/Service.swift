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
    private let log = Log("service")

    /// The house of the settings in force.
    var current: House { house.value }

    /// Throws ``SettingsProblems`` or a ``Fault`` when the service cannot start with these settings.
    init(settings: Settings) throws {
        let first = try House(settings: settings)
        let house = CurrentHouse(first)
        let watch = ScreenWatch(clock: first.clock)
        let shelf = FeedShelf(clock: first.clock, watch: watch)
        let works = Works(try Self.stages(first, shelf, watch))
        guard let listen = ListenAddress(settings.web.listen.description) else {
            throw Fault("listen on", settings.web.listen.description, cause: "it is not an address", mend: "Write Listen=127.0.0.1:8080.")
        }
        web = ServerStage(
            "web", listen, options: try Self.options(settings.web), handler: Site(house: house, shelf: shelf, watch: watch).router.response)
        let control = ControlSocket.stage(folder: settings.organisation.stateFolder) { operation, actor throws(Fault) in
            try house.value.perform(operation, by: actor)
        }
        supervisor = ServiceSupervisor(stages: [works, web, control, LedgerWatch(ledger: first.ledger)])
        self.house = house
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
            new = try House(settings: settings, ledger: former.ledger, clock: former.clock)
        } catch let problems as SettingsProblems {
            throw Fault("reload", former.settings.file, cause: "it has problems\n\(problems)", mend: "Mend them and reload again.")
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault("reload", former.settings.file, cause: "\(error)", mend: "Report this with the log.")
        }
        if new.settings.organisation.stateFolder != former.settings.organisation.stateFolder
            || new.settings.web.listen != former.settings.web.listen
        {
            log.warning("State= and Listen= take effect at the next restart")
        }
        // A certificate is renewed under the same name, so it is read again at every reload; else open streams need not be disturbed.
        let isNewWeb = new.settings.web != former.settings.web || new.settings.web.certificate != nil
        if isNewWeb { try web.replace(try Self.options(new.settings.web)) }
        do throws(Fault) {
            try works.replace(with: try Self.stages(new, shelf, watch)) { () throws(Fault) in try Self.stages(former, shelf, watch) }
        } catch {
            if isNewWeb { try web.replace(try Self.options(former.settings.web)) }
            throw error
        }
        house.value = new
        shelf.keep(Set(new.settings.feeds.map(\.name)))
    }

    /// What the settings say of the web server. Throws a ``Fault`` when the certificate cannot be read.
    private static func options(_ web: Settings.Web) throws(Fault) -> ServerOptions {
        var options = ServerOptions()
        options.trustedProxies = TrustedProxies(web.trustedProxies.compactMap(TrustedProxies.Entry.init))
        options.frameAncestors = web.frameAncestors
        if let certificate = web.certificate {
            options.certificate = try ServerCertificate(certificateFile: certificate.file, keyFile: certificate.keyFile)
        }
        return options
    }

    /// Everything that depends on the settings, in the order of the way of the data.
    private static func stages(_ house: House, _ shelf: FeedShelf, _ watch: ScreenWatch) throws(Fault) -> [any Stage] {
        let settings = house.settings
        var stages: [any Stage] = [house.directory(), try house.intake()]
        if let alerts = try house.alertIntake() { stages.append(alerts) }
        stages += [
            PlannerStage(ledger: house.ledger, release: house.release, calendar: house.calendar, clock: house.clock),
            AlertStage(ledger: house.ledger, release: house.alertRelease, clock: house.clock),
            OutboxStage(channels: try house.channels(), ledger: house.ledger, rules: house.outboxRules, clock: house.clock),
            try house.posts(),
            ScreensStage(feeds: settings.feeds, composition: house.feeds(), shelf: shelf, ledger: house.ledger, clock: house.clock),
            house.retention(),
            ScreenWatchStage(watch: watch, silence: settings.screenSilence, ledger: house.ledger, clock: house.clock),
        ]
        if let bounces = try house.bounces() { stages.append(bounces) }
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
