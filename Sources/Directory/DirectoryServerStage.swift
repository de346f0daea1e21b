import Core
import Foundation
import Ledger

/// Keeps the directory as a server has it.
///
/// Comes in: the whole answer of an LDAP or SCIM server, at the start, every `rescan`, and when an operator asks (`recipients sync`).
/// Goes out: its people, in the ledger, all or none. On failure (no answer, half an answer, an entry that is not right, too many of the
/// people gone) the former directory stays and an alarm stands; it is tried again after a minute, then after twice as long each time,
/// and no later than `rescan`.
package final class DirectoryServerStage: Stage {
    package let name = "directory"

    private let source: any DirectorySource
    private let directory: DirectoryImport
    private let ledger: Ledger
    private let clock: any WallClock
    private let rescan: Span
    private let log: Log
    private let kick = Kick()
    private let running = DispatchGroup()

    private static let firstPause = Span.minutes(1)
    private static let patience = DispatchTimeInterval.seconds(3)

    package init(
        source: any DirectorySource, directory: DirectoryImport, ledger: Ledger, clock: any WallClock, rescan: Span,
        log: Log = Log("directory")
    ) {
        self.source = source
        self.directory = directory
        self.ledger = ledger
        self.clock = clock
        self.rescan = rescan
        self.log = log
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            var failures = 0
            var due: Instant
            repeat { due = step(&failures) } while kick.wait(until: due, clock: clock)
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    /// A server that does not answer is left to itself.
    package func stop() {
        kick.stop()
        if running.wait(timeout: .now() + Self.patience) == .timedOut { log.warning("\(source.name) does not answer; it is left") }
    }

    /// One look; returns when the next one is due.
    func step(_ failures: inout Int) -> Instant {
        let isGood = look()
        let now = clock.now()
        failures = isGood ? 0 : min(failures + 1, 20)
        return now + (isGood ? rescan : min(rescan, Self.firstPause * (Int64(1) << Int64(failures - 1))))
    }

    private func look() -> Bool {
        do throws(DirectoryImport.Refusal) {
            let change = try directory.importPeople(source)
            log.info(
                "the directory has \(change.total) people",
                ["ADDED": "\(change.added)", "CHANGED": "\(change.changed)", "REMOVED": "\(change.removed)"])
            do throws(Fault) { try ledger.endAlarm(DirectoryStage.alarmKind, source.name, at: clock.now()) } catch { log.error("\(error)") }
            return true
        } catch {
            switch error {
            case .problems(let list):
                for problem in list.problems { log.warning("\(problem)") }
                let first = list.problems.first.map { "\($0)" } ?? "it could not be read."
                refuse(list.problems.count > 1 ? "\(list.problems.count) problems, the first: \(first)" : first)
            case .removesTooMany: refuse("\(error.fault.cause). \(error.fault.mend)")
            case .fault(let fault): refuse("\(fault)")
            }
            return false
        }
    }

    private func refuse(_ reason: String) {
        let text = "The former directory stays. \(source.name): \(reason)"
        do throws(Fault) {
            try ledger.raiseAlarm(DirectoryStage.alarmKind, source.name, text, at: clock.now())
        } catch {
            log.error("\(error)")
        }
    }
}
