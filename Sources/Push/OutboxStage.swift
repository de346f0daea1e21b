import Core
import Foundation
import Ledger
import Synchronization

/// Carries deliveries that are due out of the ledger, over the channels.
///
/// Comes in: deliveries of released editions. Goes out: mails and posts, and for each delivery its outcome in the ledger. Each lane
/// is a thread: it claims a batch (on the disk before the network is touched), opens its connection when it has none, delivers,
/// notes each accepted one in the journal before the next is completed, records the batch in one transaction, and sleeps until the ledger's next due time or a kick. When a lane cannot be opened or breaks, what it had claimed
/// goes back and the lane pauses, a second at first and doubling to five minutes, with an alarm from the third time on until it works
/// again; other lanes and channels go on. A stop lets each lane finish the message that it has on the wire.
package final class OutboxStage: Stage {
    private let channels: [any Channel]
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let kicks = Mutex<[Kick]>([])
    private let running = DispatchGroup()

    /// How long an idle lane keeps its connection.
    private static let idleLimit = Span.seconds(10)

    package let name = "outbox"

    package init(channels: [any Channel], ledger: Ledger, clock: any WallClock, log: Log = Log("outbox")) {
        self.channels = channels
        self.ledger = ledger
        self.clock = clock
        self.log = log
    }

    /// Takes up what a killed process left, then starts the lanes.
    package func start() throws(Fault) {
        let noted = try ledger.replayJournal()
        if noted > 0 { log.notice("\(noted) deliveries had been accepted when the service ended; they are recorded now") }
        let interrupted = try ledger.recoverInterrupted(at: clock.now())
        if interrupted > 0 { log.notice("resuming \(interrupted) deliveries that were under way when the service ended") }
        for channel in channels {
            for number in 0..<max(1, channel.lanes) {
                let kick = Kick()
                ledger.kick(kick, on: [.deliveries])
                running.enter()
                let thread = Thread { [self] in
                    run(channel, kick)
                    running.leave()
                }
                thread.name = "\(channel.outlet) \(number)"
                thread.stackSize = 1 << 20
                kicks.withLock { $0.append(kick) }
                thread.start()
            }
        }
    }

    /// Lets each lane finish the message on the wire; returns when all have ended.
    package func stop() {
        for kick in kicks.withLock({ $0 }) { kick.stop() }
        running.wait()
    }

    private func run(_ channel: any Channel, _ kick: Kick) {
        let outcomes = LaneOutcomes(channel, ledger, clock)
        var claimed: [ClaimedDelivery] = []
        var lane: (any Lane)?
        var failures = 0
        while !kick.isStopped {
            do throws(Fault) {
                if claimed.isEmpty { claimed = try outcomes.record(claiming: channel.batchSize) }
                guard !claimed.isEmpty else {
                    try rest(&lane, of: channel, kick)
                    continue
                }
                let batch = Batch(claimed, outcomes) { kick.isStopped }
                claimed = []
                claimed = try carry(batch, over: &lane, of: channel, kick)
                if failures >= Self.failuresToAlarm { try ledger.endAlarm("channel", channel.route, at: clock.now()) }
                failures = 0
            } catch {
                failures += 1
                pause(after: error, failures, channel, kick)
            }
        }
        end(outcomes, claimed)
        lane?.close()
    }

    /// Sleeps until something is due; a connection that lies idle for long is closed meanwhile.
    private func rest(_ lane: inout (any Lane)?, of channel: any Channel, _ kick: Kick) throws(Fault) {
        let due = try ledger.nextDue(channel.outlet)
        let idleUntil = lane == nil ? nil : clock.now() + Self.idleLimit
        kick.wait(until: [due, idleUntil].compactMap { $0 }.min(), clock: clock)
        if let idleUntil, idleUntil <= clock.now() {
            lane?.close()
            lane = nil
        }
    }

    /// Carries a batch, and claims the next one in the transaction that records this one's outcomes.
    private func carry(
        _ batch: Batch, over lane: inout (any Lane)?, of channel: any Channel, _ kick: Kick
    ) throws(Fault) -> [ClaimedDelivery] {
        let result = Result { () throws(Fault) in
            let open: any Lane
            if let present = lane { open = present } else { open = try channel.openLane() }
            lane = open
            try open.carry(batch)
        }
        guard case .failure(let fault) = result else {
            return try batch.close(claiming: kick.isStopped ? 0 : channel.batchSize)
        }
        lane?.close()
        lane = nil
        try batch.close()
        throw fault
    }

    /// The stop came: what was claimed meanwhile goes back, what was done is recorded.
    private func end(_ outcomes: LaneOutcomes, _ claimed: [ClaimedDelivery]) {
        outcomes.giveBack(claimed)
        do throws(Fault) {
            try outcomes.record()
        } catch {
            log.error("\(error) What was accepted stands in the journal and is taken up at the next start.")
        }
    }

    private static let failuresToAlarm = 3

    private func pause(after fault: Fault, _ failures: Int, _ channel: any Channel, _ kick: Kick) {
        let pause = Span.seconds(min(300, 1 << min(failures - 1, 9)))
        log.warning("\(fault)", ["CHANNEL": channel.route, "PAUSE": "\(pause)"])
        if failures >= Self.failuresToAlarm {
            do throws(Fault) {
                if try ledger.raiseAlarm("channel", channel.route, fault.description, at: clock.now()) {
                    log.alert("\(channel.route) does not take anything: \(fault)", ["CHANNEL": channel.route])
                }
            } catch {
                log.error("\(error)")
            }
        }
        let until = clock.now() + pause
        while clock.now() < until, kick.wait(until: until, clock: clock) {}
    }
}
