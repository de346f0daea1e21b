import Core
import Foundation
import Ledger

/// Keeps what is kept for as long as the settings say, and no longer.
///
/// Comes in: the ledger, and the trays of the drop folder, once a night at the time of `[Retention] At=`; after a start too when the last
/// night was missed. Goes out: what is older than its kind's span is gone, its bytes overwritten; how much that was stands in the ledger.
/// Every batch is a short transaction of its own, so that sending waits for one batch at most. On failure (a full disk, a share that is
/// away) an alarm stands, the other kinds are done nevertheless, and it is tried again in an hour. A killed pass goes on at the next
/// one: what was removed is removed, what is left is still too old.
package final class RetentionStage: Stage {
    package let name = "retention"

    private let rule: RetentionRule
    private let zone: Zone
    private let receipts: ReceiptSweep
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let kick = Kick()
    private let running = DispatchGroup()

    package static let alarmKind = "retention"
    /// So many rows are removed in one transaction: some 10 ms.
    private static let batch = 200
    /// So many pages of 4 KB are given back to the file system in one transaction.
    private static let pages = 256
    private static let retryPause = Span.hours(1)
    /// The drop folder may be a share that hangs.
    private static let patience = DispatchTimeInterval.seconds(3)

    package init(
        _ rule: RetentionRule, zone: Zone, receipts: ReceiptSweep, ledger: Ledger, clock: any WallClock, log: Log = Log("retention")
    ) {
        self.rule = rule
        self.zone = zone
        self.receipts = receipts
        self.ledger = ledger
        self.clock = clock
        self.log = log
    }

    package func start() throws(Fault) {
        let first = try firstDue()
        running.enter()
        let thread = Thread { [self] in
            var due = first
            while kick.wait(until: due, clock: clock) { if due <= clock.now() { due = pass() } }
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    package func stop() {
        kick.stop()
        if running.wait(timeout: .now() + Self.patience) == .timedOut { log.warning("the drop folder does not answer; it is left") }
    }

    /// A while after the start when a night was missed: what a start has to do goes first.
    private func firstDue() throws(Fault) -> Instant {
        let now = clock.now()
        let last = try ledger.retentionPasses().values.map(\.at).max()
        guard let last else { return night(after: now) }
        return max(night(after: last), now + .minutes(5))
    }

    /// The first instant after another at which the civil time is that of the settings.
    package func night(after instant: Instant) -> Instant {
        let date = zone.civil(instant).date
        for day in 0...2 {
            guard let civil = CivilDateTime(date + day, hour: rule.minute / 60, minute: rule.minute % 60) else { continue }
            let due = zone.instant(civil)
            if due > instant { return due }
        }
        return instant + .days(1)
    }

    /// One pass over every kind; returns when the next one is due.
    package func pass() -> Instant {
        let now = clock.now()
        var removed: [String] = []
        var failures: [Fault] = []
        for kind in RetentionKind.allCases {
            guard !kick.isStopped, let limit = rule.limit(kind, at: now) else { continue }
            do throws(Fault) {
                let count = try remove(kind, olderThan: limit, at: now)
                try ledger.noteRetention(kind, removed: count, at: now)
                if count > 0 { removed.append("\(count) \(kind.rawValue)") }
            } catch { failures.append(error) }
        }
        do throws(Fault) {
            while !kick.isStopped, try ledger.shrink(pages: Self.pages) {}
            // Else deleted bytes would stand in the log until it is long enough to be copied back.
            _ = try ledger.emptyLog()
        } catch { failures.append(error) }
        // The quiet hour: what the day's editions needed for a moment goes back too.
        Heap.trim()
        log.info("what is kept no longer: \(removed.isEmpty ? "nothing" : removed.joined(separator: ", "))")
        return settle(failures, now)
    }

    private func remove(_ kind: RetentionKind, olderThan limit: Instant, at now: Instant) throws(Fault) -> Int {
        if kind == .receipts { return try receipts.remove(olderThan: limit) { [kick] in kick.isStopped } }
        var count = 0
        while !kick.isStopped {
            let removed = try ledger.removeOverdue(kind, olderThan: limit, batch: Self.batch, at: now)
            count += removed
            if removed == 0 || kind == .pictures { break }
        }
        return count
    }

    private func settle(_ failures: [Fault], _ now: Instant) -> Instant {
        do throws(Fault) {
            guard let first = failures.first else {
                try ledger.endAlarm(Self.alarmKind, "retention", at: now)
                return night(after: now)
            }
            for failure in failures { log.error("\(failure)") }
            try ledger.raiseAlarm(Self.alarmKind, "retention", "Not everything that is too old is gone. \(first)", at: now)
        } catch { log.error("\(error)") }
        return now + Self.retryPause
    }
}
