import Configuration
import Core
import Crypto
import Curl
import Directory
import Planner
import PushIntranet
import PushStore

/// Lists every problem of an installation at once: configuration, schedules, templates, folders, secrets, addresses.
enum CheckCommand {
    static func run(_ arguments: Arguments) throws -> ExitCode {
        _ = try arguments.only()
        if arguments.has("feeds") {
            let answer = try Session(arguments).ask(.feedRemarks)
            say(arguments.has("json") ? answer.json : answer.text)
            return .done
        }
        if arguments.has("endpoints") { return try endpoints(arguments) }
        let (settings, problems) = try findings(Session.file(arguments))
        // What will not work for want of programs is no problem of the installation: one that takes texts alone is whole without them.
        let missing = settings.programs.all.filter { !$0.isInstalled }
        let warnings = warnings(settings)
        if arguments.has("json") {
            say(jsonText(Report(problems: problems, warnings: warnings, missing: missing.map(Report.Program.init))))
            return problems.isEmpty ? .done : .problem
        }
        for program in missing { say("Optional: \(program).") }
        for warning in warnings { say("Soon: \(warning)") }
        if problems.isEmpty {
            say("No problems found.")
        } else {
            for problem in problems { say("\(problem)") }
            say("\(problems.count) problem\(problems.count == 1 ? "" : "s").")
        }
        return problems.isEmpty ? .done : .problem
    }

    /// Tries each endpoint by itself, without posting: one line each.
    private static func endpoints(_ arguments: Arguments) throws -> ExitCode {
        let settings = try Session(arguments).settings
        var trials = settings.endpoints.map { EndpointTrial($0, relativeTo: settings.folder) }
        if let store = settings.store { trials.append(EndpointTrial(store, relativeTo: settings.folder)) }
        if arguments.has("json") {
            say(jsonText(trials))
        } else {
            say(trials.isEmpty ? "There are no endpoints." : trials.map(\.line).joined(separator: "\n"))
        }
        return trials.allSatisfy(\.works) ? .done : .problem
    }

    /// What `--json` prints.
    private struct Report: Encodable {
        struct Program: Encodable {
            var path: String
            var package: String
            var loss: String

            init(_ program: OptionalProgram) { (path, package, loss) = (program.path, program.package, program.loss) }
        }

        var problems: [SettingsProblem]
        var warnings: [SettingsProblem]
        var missing: [Program]
    }

    /// Everything that is wrong. A file with errors hides nothing of what the others say.
    static func findings(_ file: String) -> (Settings, [SettingsProblem]) {
        let (settings, problems) = Settings.read(file)
        let outside = settings.problemsOutside()
        let found =
            templates(settings) + recipients(settings) + channels(settings, besides: outside) + rules(settings)
            + certificate(settings, besides: outside)
        return (settings, problems + outside + found)
    }

    private static func templates(_ settings: Settings) -> [SettingsProblem] {
        Pressroom.problems(settings.templatesFolder, settings.organisation.name)
    }

    /// The rows of the employees' file; that it can be read at all is looked at elsewhere.
    private static func recipients(_ settings: Settings) -> [SettingsProblem] {
        guard let bytes = try? DirectoryFile.bytes(settings.recipientsFile),
            case .failure(let problems) = DirectoryFile.people(bytes, file: settings.recipientsFile)
        else { return [] }
        return problems.problems
    }

    /// What the channels themselves refuse: an address that is not one, a secret of the wrong form. A secret that is missing or open
    /// to others is told already.
    private static func channels(_ settings: Settings, besides told: [SettingsProblem]) -> [SettingsProblem] {
        var found: [SettingsProblem] = []
        func look(_ heading: String, _ key: String, _ read: () throws(Fault) -> Void) {
            let place = (settings.places[heading] ?? Place(file: settings.file)).with(key: key)
            guard !told.contains(where: { $0.place == place }) else { return }
            do throws(Fault) { try read() } catch { found.append(.init(place, cause: error.cause, mend: error.mend)) }
        }
        for endpoint in settings.endpoints {
            look("Endpoint \(endpoint.name)", endpoint.url == nil ? "SecretFile" : "URL") { () throws(Fault) in
                do throws(Fault) { _ = try endpoint.connector(relativeTo: settings.folder) } catch {
                    // What is wrong with the secret stands at its own key, and is told once.
                    guard let file = endpoint.secretFile, error.object == file else { throw error }
                    look("Endpoint \(endpoint.name)", "SecretFile") { () throws(Fault) in throw error }
                }
            }
        }
        if let file = settings.phones?.keyFile {
            look("Phones", "KeyFile") { () throws(Fault) in _ = try VAPIDKey(file: file, relativeTo: settings.folder) }
        }
        if let webhook = settings.alarm.webhook {
            look("Alarm", "SecretFile") { () throws(Fault) in
                _ = try AlarmWebhook(
                    url: webhook.url, secretFile: webhook.secretFile, caFile: webhook.caFile, allowPrivate: webhook.allowPrivate,
                    organisation: settings.organisation.name, relativeTo: settings.folder)
            }
        }
        if let store = settings.store {
            look("Store", "SecretFile") { () throws(Fault) in _ = try StoreAccess(store, relativeTo: settings.folder) }
        }
        for relay in settings.relays {
            guard case .smtp(let url, let startTLS, let user, _, _) = relay.destination else { continue }
            look("Relay \(relay.name)", "URL") { () throws(Fault) in _ = try SMTPEndpoint(url: url, startTLS: startTLS) }
            look("Relay \(relay.name)", "StartTLS") { () throws(Fault) in
                guard user != nil, startTLS == .none, url.hasPrefix("smtp://") else { return }
                throw Fault(
                    "log in at", relay.name, cause: "the password would be sent in clear text",
                    mend: "Write StartTLS=required, or take User= out.")
            }
        }
        return found
    }

    /// How long before its end a certificate is told: automatic renewal, at a third of 90 days, has then failed for two weeks.
    private static let certificateNotice = Span.days(14)

    /// A certificate that could be opened but cannot be served.
    private static func certificate(_ settings: Settings, besides told: [SettingsProblem]) -> [SettingsProblem] {
        guard let certificate = settings.web.certificate else { return [] }
        let place = settings.places["Web"] ?? Place(file: settings.file)
        guard !told.contains(where: { $0.place == place.with(key: "Certificate") || $0.place == place.with(key: "Key") }) else { return [] }
        do throws(Fault) {
            let facts = try CertificateFacts(certificateFile: certificate.file, keyFile: certificate.keyFile)
            var found: [SettingsProblem] = []
            if !facts.isKeyOurs {
                found.append(
                    .init(
                        place.with(key: "Key"), cause: "\(certificate.keyFile) is not the key of \(certificate.file)",
                        mend: "Name the two files that were made together."))
            }
            if facts.end <= SystemClock().now() {
                found.append(
                    .init(
                        place.with(key: "Certificate"),
                        cause: "the certificate ended on \(settings.organisation.zone.civil(facts.end).date)",
                        mend: "Renew it, then reload the service."))
            }
            return found
        } catch {
            return [
                .init(place.with(key: error.object == certificate.keyFile ? "Key" : "Certificate"), cause: error.cause, mend: error.mend)
            ]
        }
    }

    /// What will be a problem before long.
    static func warnings(_ settings: Settings) -> [SettingsProblem] {
        guard let certificate = settings.web.certificate,
            let facts = try? CertificateFacts(certificateFile: certificate.file, keyFile: certificate.keyFile)
        else { return [] }
        let now = SystemClock().now()
        guard now < facts.end, facts.end - now < certificateNotice else { return [] }
        let place = settings.places["Web"] ?? Place(file: settings.file)
        return [
            .init(
                place.with(key: "Certificate"), cause: "the certificate ends on \(settings.organisation.zone.civil(facts.end).date)",
                mend: "Renew it, then reload the service.")
        ]
    }

    /// A rule that never has a date.
    private static func rules(_ settings: Settings) -> [SettingsProblem] {
        let zone = settings.organisation.zone
        let calendar = EditionCalendar(zone: zone, closingDays: settings.closingDays, publications: settings.publications)
        let now = zone.civil(SystemClock().now())
        return settings.publications.compactMap { publication in
            guard case .recurring = publication.timing, let coming = try? calendar.editions(of: publication, after: now),
                !coming.contains(where: { _ in true })
            else { return nil }
            return SettingsProblem(
                Place(file: "\(settings.schedulesFolder)/\(publication.name).schedule", key: "When"),
                cause: "the rule has no date left", mend: "Change the rule, or remove the file.")
        }
    }
}
