import Core
import Foundation
import Ledger

/// Sees to it that every edition happens at its time.
///
/// Comes in: the publications, their calendar and the ledger's items. Goes out: an open edition for the next time of each
/// publication; at its cut-off the edition closed with its items; at its release time the edition released, with a delivery for each
/// recipient and endpoint, or held for an editor, or skipped when it is empty. Each step is one transaction of the ledger, and the
/// next step follows from what the ledger says, so a restart goes on where the last one stopped. When a step fails (a broken
/// template, a full disk) it raises an alarm, leaves the edition as it is, and tries again; other publications go on.
package final class PlannerStage: Stage {
    package let name = "planner"

    private let ledger: Ledger
    private let release: ReleaseStep
    private let steps: EditionSteps
    private let alarms: EditionAlarms
    private let clock: any WallClock
    private let log: Log
    let kick = Kick()
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()

    /// How soon a step that failed is tried again.
    static let retryPause = Span.seconds(30)

    /// From the start of one pass to the next: what changes meanwhile is dealt with together.
    private static let gathering = Span.milliseconds(200)

    /// A pass comes at least every minute; one that takes longer than this has stalled.
    private static let stall = Span.minutes(5)

    package var heartbeats: [Heartbeat] { [heartbeat] }

    package init(ledger: Ledger, release: ReleaseStep, calendar: EditionCalendar, clock: any WallClock, log: Log = Log("planner")) {
        self.ledger = ledger
        self.release = release
        self.clock = clock
        self.log = log
        steps = EditionSteps(ledger: ledger, release: release, calendar: calendar, log: log)
        alarms = EditionAlarms(ledger: ledger, release: release, zone: calendar.zone)
        // Items too: a late one ends the alarm of an empty edition, a withdrawal may empty a held one. And people: an edition waits
        // for the first directory.
        ledger.kick(kick, on: [.editions, .items, .recipients])
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            var due: Instant?
            repeat {
                let start = ContinuousClock.now
                due = pass()
                heartbeat.beat(within: Self.stall)
                kick.gather(Self.gathering, since: start)
            } while kick.wait(until: due, clock: clock)
            heartbeat.rest()
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    package func stop() {
        kick.stop()
        running.wait()
    }

    /// Does everything that is due; returns when something will be due next.
    package func pass() -> Instant? {
        let now = clock.now()
        var dues: [Instant] = []
        var failures: [String: Fault] = [:]
        for publication in release.scheduled {
            do throws(Fault) {
                if let due = try steps.advance(publication, at: now) { dues.append(due) }
            } catch {
                failures[publication.name] = error
                dues.append(now + Self.retryPause)
            }
        }
        do throws(Fault) {
            // What a crash or a full disk has left.
            try ledger.continueImport()
            try ledger.continueReleases(at: now)
            try steps.settleUnscheduled(at: now)
            try alarms.review(failures: failures, at: now)
        } catch {
            log.error("\(error)")
            dues.append(now + Self.retryPause)
        }
        return dues.min()
    }
}
