import Core
import Crypto
import Foundation
import HTTPServer
import Ledger
import Synchronization

/// Shows the whole way on sample data: `init`, the sample items in the drop folder, the daemon, an edition at once, and a receiver that
/// plays the intranet. Nothing leaves the machine.
enum DemoCommand {
    private static let publication = "direktionens-nyhedsbrev"
    /// How long the demonstration may take to deliver before it says so and ends with 1.
    private static let patience = Span.minutes(2)

    static func run(_ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.only()
        let folder = URL(fileURLWithPath: arguments["dir"] ?? "demo").standardizedFileURL.path
        let share = try ShareFolder.find()
        let setUp = SetUp(folder: folder, share: share)
        if FileManager.default.fileExists(atPath: folder + "/budstikke.conf") {
            say("Going on with the set-up in \(folder).")
        } else {
            try setUp.make()
        }
        let intranet = try DemoIntranet(folder: folder + "/intranet")
        defer { intranet.stop() }
        try configure(setUp, intranet, port: try arguments.number("port") ?? 8080)
        try setUp.dropSamples(today: Zone.copenhagen.civil(SystemClock().now()).date)

        let service = try Service(settings: try ServeCommand.settings(folder + "/budstikke.conf"))
        let isDelivered = Mutex(false)
        let guide = Thread {
            do {
                try show(service, folder, intranet)
                isDelivered.withLock { $0 = true }
            } catch {
                complain("budstikke demo: \(error)")
            }
            if arguments.has("once") || !isDelivered.withLock({ $0 }) { service.supervisor.stop() }
        }
        guide.start()
        let ending = try ServeCommand.finish(service)
        return isDelivered.withLock { $0 } ? ending : .problem
    }

    /// The demonstration's own part of the configuration: the port, the receiver, short waits.
    private static func configure(_ setUp: SetUp, _ intranet: DemoIntranet, port: Int) throws {
        let port = port == 0 ? try freePort() : port
        let secret = setUp.folder + "/intranet.secret"
        if !FileManager.default.fileExists(atPath: secret) {
            try setUp.write(secret, Data("whsec_\(base64(randomBytes(32)))\n".utf8))
            chmod(secret, 0o600)
        }
        try FileManager.default.createDirectory(atPath: setUp.folder + "/budstikke.conf.d", withIntermediateDirectories: true)
        let text = """
            # Written by ‘budstikke demo’ at each start.
            [Drop]
            Settle=1s
            Rescan=2s

            [Web]
            Listen=127.0.0.1:\(port)
            PublicURL=http://127.0.0.1:\(port)

            [Endpoint intranet]
            Kind=webhook
            URL=\(intranet.url)
            SecretFile=intranet.secret
            AllowPrivate=yes

            """
        try setUp.write(setUp.folder + "/budstikke.conf.d/demo.conf", Data(text.utf8))
        let schedule = setUp.folder + "/Schedules/\(publication).schedule"
        let shipped = try String(contentsOfFile: schedule, encoding: .utf8)
        if !shipped.contains("Endpoint=intranet") {
            try setUp.write(schedule, Data(shipped.replacing("[Channels]\n", with: "[Channels]\nEndpoint=intranet\n").utf8))
        }
    }

    /// Waits until the samples are in, releases the edition, waits until it is delivered, and tells where to look.
    private static func show(_ service: Service, _ folder: String, _ intranet: DemoIntranet) throws {
        let house = service.current
        let kick = Kick()
        house.ledger.kick(kick, on: Set(Ledger.Topic.allCases))
        let expected = 8
        try wait(kick, "the sample items") { try house.ledger.itemCounts().values.reduce(0, +) >= expected }
        try wait(kick, "the sample recipients") { try house.ledger.recipientCount() >= 25 }
        try wait(kick, "the planned edition") {
            try house.ledger.editions([.open, .closed, .held], publication: publication).isEmpty == false
        }
        say(try house.perform(.run(publication: publication), by: "demo").text)
        guard let edition = try house.ledger.lastReleased(of: publication) else { return }
        try wait(kick, "the deliveries") {
            let counts = try [house.ledger.deliveryCounts(of: edition.id), house.ledger.postCounts()]
            return counts.allSatisfy { $0.keys.allSatisfy { $0 == .sent } }
        }
        let url = house.settings.web.publicURL
        say(
            """

            Delivered. Look here:

              mails      \(folder)/outbox/
              web        \(url)/editions/\(edition.slug)
              archive    \(url)/editions/
              feeds      \(url)/feeds/infoskaerm.rss  .atom  .json
              intranet   \(folder)/intranet/          (\(intranet.count) post taken by the demo's receiver)
              receipts   \(folder)/drop/Teknik og Miljø/Modtaget/

            Drop a text file into a folder under \(folder)/drop and watch it move. Stop with Ctrl-C.
            """)
    }

    private static func wait(_ kick: Kick, _ what: String, until isTrue: () throws -> Bool) throws {
        let clock = SystemClock()
        let end = clock.now() + patience
        while try !isTrue() {
            guard clock.now() < end else {
                throw Fault("wait for", what, cause: "they did not come within \(patience)", mend: "See the log above.")
            }
            kick.wait(until: clock.now() + .milliseconds(200), clock: clock)
        }
    }

    private static func freePort() throws -> Int {
        let probe = try Server(.ipv4("127.0.0.1", port: 0)) { _ in .text("") }
        defer { probe.stop() }
        guard case .ipv4(_, let port) = probe.address else { return 8080 }
        return Int(port)
    }
}
