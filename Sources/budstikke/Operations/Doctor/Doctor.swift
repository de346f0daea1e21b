import Configuration
import Core
import Desk
import Foundation
import Ledger
import PushEmail
import PushIntranet

/// Looks an installation over: files and rights, the service, relays, names, endpoints, the machine, and what the ledger says.
///
/// Comes in: the settings, be they whole or not. Goes out: findings in plain words, each with its mend. Nothing is sent or posted; what
/// cannot be looked at is said, and the rest goes on.
struct Doctor {
    var settings: Settings
    /// What `check` finds.
    var problems: [SettingsProblem]
    var lookup: NameLookup
    var selector: String?

    func findings() -> [Finding] {
        configuration() + files() + service() + relays() + sender() + endpoints() + alarmWebhook() + machine()
    }

    private func configuration() -> [Finding] {
        let soon = CheckCommand.warnings(settings).map { Finding("configuration", .advice, "\($0.place): \($0.cause)", mend: $0.mend) }
        let programs = settings.programs.all.filter { !$0.isInstalled }.map {
            Finding("programs", .advice, "\($0.package) is not installed: \($0.loss)", mend: "apt install \($0.package)")
        }
        guard !problems.isEmpty else { return [.init("configuration", .good, settings.file)] + soon + programs }
        return problems.map { .init("configuration", .problem, "\($0.place): \($0.cause)", mend: $0.mend) } + soon + programs
    }

    /// The state folder and what lies in it: the service's alone, all of one owner.
    private func files() -> [Finding] {
        let folder = settings.organisation.stateFolder
        var status = stat()
        guard !folder.isEmpty else { return [] }
        guard stat(folder, &status) == 0 else {
            return [.init("state", .advice, "\(folder) is not there yet", mend: "The service makes it at its first start.")]
        }
        var findings: [Finding] = []
        if status.st_mode & 0o007 != 0 {
            findings.append(
                .init("state", .problem, "everybody may look into \(folder), where people are named", mend: "chmod o= \(folder)"))
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        for name in names {
            var own = stat()
            guard lstat(folder + "/" + name, &own) == 0 else { continue }
            if own.st_uid != status.st_uid {
                findings.append(
                    .init(
                        "state", .problem, "\(folder)/\(name) belongs to another user than its folder, as after a command run as root",
                        mend: "chown --reference=\(folder) \(folder)/\(name)"))
            }
        }
        return findings.isEmpty ? [.init("state", .good, "\(folder), the service's alone")] : findings
    }

    private func service() -> [Finding] {
        guard problems.isEmpty else { return [] }
        let session = Session(settings: settings)
        do {
            if let answer = try session.askDaemon(.checkup) { return [.init("service", .good, "it runs and answers")] + Self.read(answer) }
            let stopped = Finding(
                "service", .problem, "it does not run", mend: "systemctl start budstikke; journalctl -u budstikke says why.")
            var status = stat()
            // Opened as another user, the ledger would get files that the service cannot write.
            guard stat(settings.organisation.stateFolder, &status) != 0 || status.st_uid == geteuid() else {
                return [
                    stopped,
                    .init(
                        "ledger", .advice, "not looked at, because the state folder is another user's",
                        mend: "Run this as the service's user: sudo -u budstikke budstikke doctor"),
                ]
            }
            return [stopped] + Self.read(try House(settings: settings).perform(.checkup, by: ProcessInfo.processInfo.userName))
        } catch let fault as Fault {
            return [.init("service", .problem, "\(fault.operation) \(fault.object): \(fault.cause)", mend: fault.mend)]
        } catch {
            return [.init("service", .problem, "\(error)", mend: "See ‘budstikke check’ and the service's log.")]
        }
    }

    private static func read(_ answer: Answer) -> [Finding] {
        (try? JSONDecoder().decode([Finding].self, from: Data(answer.json.utf8)))
            ?? [.init("service", .problem, "its answer cannot be read", mend: "Restart it: it may be another version than this program.")]
    }

    private func relays() -> [Finding] {
        settings.relays.map { relay in
            let subject = "relay \(relay.name)"
            do throws(Fault) {
                return .init(subject, .good, try RelayTrial.attempt(relay, folder: settings.folder))
            } catch {
                return .init(subject, .problem, "\(error.operation) \(error.object): \(error.cause)", mend: error.mend)
            }
        }
    }

    private func sender() -> [Finding] {
        guard let from = settings.email?.from else { return [] }
        return SenderNames(domain: String(from.address.domain), selector: selector, lookup: lookup).findings()
    }

    private func alarmWebhook() -> [Finding] {
        guard let webhook = settings.alarm.webhook else { return [] }
        do throws(Fault) {
            let way = try AlarmWebhook(
                url: webhook.url, secretFile: webhook.secretFile, caFile: webhook.caFile, allowPrivate: webhook.allowPrivate,
                organisation: settings.organisation.name, relativeTo: settings.folder)
            return [.init("webhook of alarms", .good, try way.probe())]
        } catch {
            return [.init("webhook of alarms", .problem, error.cause, mend: error.mend)]
        }
    }

    private func endpoints() -> [Finding] {
        settings.endpoints.map { endpoint in
            let trial = EndpointTrial(endpoint, relativeTo: settings.folder)
            return .init(
                "endpoint \(endpoint.name)", trial.works ? .good : .problem, trial.finding,
                mend: trial.works ? nil : "Check its section and its owner; ‘budstikke check --endpoints’ tries again.")
        }
    }

    private func machine() -> [Finding] {
        var findings: [Finding] = []
        switch isClockSynchronised() {
        case true?: findings.append(.init("clock", .good, "synchronised"))
        case false?:
            findings.append(
                .init(
                    "clock", .advice, "the kernel does not know it to be synchronised, and editions go out by it",
                    mend: "timedatectl set-ntp true, or apt install chrony; a virtual machine's host may do it too."))
        case nil:
            findings.append(.init("clock", .advice, "the kernel does not tell whether it is synchronised", mend: "Look at: timedatectl"))
        }
        return findings
    }
}
