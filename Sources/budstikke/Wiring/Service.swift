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
    private let works: Works
    private let web: ServerStage
    private let log = Log("service")

    /// The house of the settings in force.
    var current: House { house.value }

    /// Throws ``SettingsProblems`` or a ``Fault`` when the service cannot start with these settings.
    init(settings: Settings) throws {
        let first = try House(settings: settings)
        let house = CurrentHouse(first)
        let shelf = FeedShelf(clock: first.clock)
        let works = Works(try Self.stages(first, shelf))
        guard let listen = ListenAddress(settings.web.listen.description) else {
            throw Fault("listen on", settings.web.listen.description, cause: "it is not an address", mend: "Write Listen=127.0.0.1:8080.")
        }
        web = ServerStage("web", listen, handler: Site(house: house, shelf: shelf).router.response)
        let control = ControlSocket.stage(folder: settings.organisation.stateFolder) { operation, actor throws(Fault) in
            try house.value.perform(operation, by: actor)
        }
        supervisor = ServiceSupervisor(stages: [works, web, control])
        self.house = house
        self.shelf = shelf
        self.works = works
    }

    /// Serves until it is asked to stop.
    func run() throws(Fault) -> ServiceSupervisor.Ending {
        try supervisor.run { () throws(Fault) in try reload() }
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
        try works.replace(with: try Self.stages(new, shelf)) { () throws(Fault) in try Self.stages(former, shelf) }
        house.value = new
        shelf.keep(Set(new.settings.publications.filter(\.channels.feed).map(\.name)))
    }

    /// Everything that depends on the settings, in the order of the way of the data.
    private static func stages(_ house: House, _ shelf: FeedShelf) throws(Fault) -> [any Stage] {
        let settings = house.settings
        var stages: [any Stage] = [
            DirectoryStage(
                path: settings.recipientsFile, ledger: house.ledger, clock: house.clock, settle: settings.drop.settle,
                rescan: settings.drop.rescan),
            try house.intake(),
            PlannerStage(ledger: house.ledger, release: house.release, calendar: house.calendar, clock: house.clock),
            OutboxStage(channels: try house.channels(), ledger: house.ledger, rules: house.outboxRules, clock: house.clock),
            ScreensStage(
                publications: settings.publications.filter(\.channels.feed), composition: house.feeds(), shelf: shelf, ledger: house.ledger,
                clock: house.clock),
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
