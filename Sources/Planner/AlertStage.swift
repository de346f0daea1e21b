import Core
import Foundation
import Ledger

/// Sees a crisis message through: its mails and posts, its end, its all-clear.
///
/// Comes in: messages that stand in the ledger, however they came there. Goes out: the edition of each, released at once; one whose time
/// is over, or whose item was taken back, ended; the all-clear of each that is over. The screens do not wait for this: they follow
/// the ledger by themselves. Every step follows from the ledger alone, so a killed service goes on where it stopped. On failure (a broken
/// template, a full disk) an alarm stands and it is tried again every second; other messages go on.
package final class AlertStage: Stage {
    package let name = "alerts"

    private let ledger: Ledger
    private let release: AlertRelease
    private let clock: any WallClock
    private let log: Log
    private let kick = Kick()
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()

    package var heartbeats: [Heartbeat] { [heartbeat] }

    private static let retryPause = Span.seconds(1)
    /// A proposal that nobody has confirmed for so long is no crisis any more.
    static let patience = Span.hours(24)
    static let alarm = "alert"
    static let proposalAlarm = "alert-proposed"

    package init(ledger: Ledger, release: AlertRelease, clock: any WallClock, log: Log = Log("alerts")) {
        self.ledger = ledger
        self.release = release
        self.clock = clock
        self.log = log
        ledger.kick(kick, on: [.alerts, .items])
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            var due: Instant?
            repeat {
                due = pass()
                heartbeat.beat(within: .minutes(5))
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
        do throws(Fault) {
            let alerts = try ledger.unsettledAlerts()
            var dues: [Instant] = []
            for alert in alerts {
                do throws(Fault) {
                    if let due = try settle(alert, at: now) { dues.append(due) }
                    try ledger.endAlarm(Self.alarm, "\(alert.id)", at: now)
                } catch {
                    dues.append(now + Self.retryPause)
                    try ledger.raiseAlarm(Self.alarm, "\(alert.id)", error.description, at: now)
                }
            }
            try endProposalAlarms(besides: alerts.filter { $0.state == .proposed }, at: now)
            return dues.min()
        } catch {
            log.error("\(error)")
            return now + Self.retryPause
        }
    }

    /// The next step of one message; returns when the one after that is due.
    private func settle(_ alert: AlertRecord, at now: Instant) throws(Fault) -> Instant? {
        switch alert.state {
        case .proposed:
            let latest = alert.proposed + Self.patience
            let due = min(alert.until ?? latest, latest)
            guard alert.isShown, now < due else {
                try ledger.endAlert(alert.id, alert.isShown ? .expired : .withdrawn, by: "service", at: now)
                log.notice("the proposed crisis message \(alert.id) is dropped")
                return nil
            }
            let text =
                "The crisis message \(alert.id) ‘\(alert.content.title)’ waits for a second person: ‘budstikke alert --confirm \(alert.id)’, "
                + "or ‘budstikke alert --end --id \(alert.id)’."
            try ledger.raiseAlarm(Self.proposalAlarm, "\(alert.id)", text, at: now)
            return due
        case .standing:
            if !alert.isShown { return try end(alert, .withdrawn, at: now) }
            if let until = alert.until, until <= now { return try end(alert, .expired, at: now) }
            if try release.release(alert, .raised, at: now) {
                log.notice("the crisis message \(alert.id) is released", ["DRILL": "\(alert.isDrill)"])
            }
            return alert.until
        case .ended:
            if try release.release(alert, .ended, at: now) { log.notice("the all-clear of crisis message \(alert.id) is released") }
            return nil
        case .rejected: return nil
        }
    }

    private func end(_ alert: AlertRecord, _ ending: AlertEnding, at now: Instant) throws(Fault) -> Instant? {
        try ledger.endAlert(alert.id, ending, by: "service", at: now)
        log.notice("the crisis message \(alert.id) has ended: \(ending.rawValue)")
        // Its all-clear, in the next pass.
        return now
    }

    private func endProposalAlarms(besides proposed: [AlertRecord], at now: Instant) throws(Fault) {
        for alarm in try ledger.standingAlarms() where alarm.kind == Self.proposalAlarm {
            guard !proposed.contains(where: { "\($0.id)" == alarm.object }) else { continue }
            try ledger.endAlarm(alarm.kind, alarm.object, at: now)
        }
    }
}
