import Core
import Foundation
import Ledger
import Synchronization

/// Keeps the directory as the employees' CSV has it.
///
/// Comes in: the file of `[Recipients] CSV=`, looked at every `rescan` and when kicked. Goes out: its people, in the ledger. A file
/// is read when its size and time of writing have stood still for `settle`; polling is the truth, for network shares send no
/// events. On failure (a bad row, half a file, nobody in it, too many of the people gone, no file at all) the former
/// directory stays, each bad row is in the log, and an alarm stands until a good file is there. A refused file is not read again
/// until it changes; one that could not be read is tried again at the next look.
package final class DirectoryStage: Stage {
    package let name = "directory"

    private let path: String
    private let ledger: Ledger
    private let mostRemoved: Int
    private let clock: any WallClock
    private let settle: Span
    private let rescan: Span
    private let log: Log
    private let kick = Kick()
    private let running = DispatchGroup()
    private let watch = Mutex(Watch())

    private struct Watch {
        /// What stands under the name, and since when it has stood still.
        var seen: (signature: FileSignature, since: Instant)?
        /// What was read last, taken or refused.
        var read: FileSignature?
    }

    static let alarmKind = "recipients"

    package init(
        path: String, ledger: Ledger, clock: any WallClock, mostRemoved: Int = 50, settle: Span = .seconds(5), rescan: Span = .seconds(15),
        log: Log = Log("directory")
    ) {
        self.path = path
        self.ledger = ledger
        self.mostRemoved = mostRemoved
        self.clock = clock
        self.settle = settle
        self.rescan = rescan
        self.log = log
    }

    /// How long the start waits for the first look, and the stop for the last: the file may lie on a share that hangs.
    private static let patience = DispatchTimeInterval.seconds(3)

    /// Starts to watch. At the very first start, when nobody is in the ledger yet, the file is read before this returns, if it answers.
    package func start() throws(Fault) {
        let isFirstStart = try ledger.recipientCount() == 0
        let hasLooked = DispatchSemaphore(value: 0)
        running.enter()
        let thread = Thread { [self] in
            if isFirstStart, let signature = FileSignature(path: path) { watch.withLock { $0.seen = (signature, clock.now() - settle) } }
            var due = step()
            hasLooked.signal()
            while kick.wait(until: due, clock: clock) { due = step() }
            running.leave()
        }
        thread.name = name
        thread.start()
        if isFirstStart, hasLooked.wait(timeout: .now() + Self.patience) == .timedOut {
            log.warning("\(path) does not answer; the directory is empty until it does")
        }
    }

    /// Ends the watch; an import that has begun is finished. A look that does not end is left to itself: what it reads is the file all
    /// the same.
    package func stop() {
        kick.stop()
        if running.wait(timeout: .now() + Self.patience) == .timedOut { log.warning("\(path) does not answer; it is left") }
    }

    /// Looks at the file now.
    package func look() { kick.kick() }

    /// One look at the file; returns when the next one is due.
    func step() -> Instant {
        let now = clock.now()
        guard let signature = FileSignature(path: path) else {
            watch.withLock { $0.seen = nil }
            refuse("there is no such file. Put the directory's CSV there.", now)
            return now + rescan
        }
        let readyAt = watch.withLock { watch -> Instant? in
            guard watch.read != signature else { return nil }
            if watch.seen?.signature != signature { watch.seen = (signature, now) }
            return watch.seen.map { $0.since + settle }
        }
        guard let readyAt else { return now + rescan }
        guard readyAt <= now else { return readyAt }
        take(signature, now)
        return now + rescan
    }

    private func take(_ signature: FileSignature, _ now: Instant) {
        do throws(DirectoryImport.Refusal) {
            let change = try DirectoryImport(ledger: ledger, clock: clock, mostRemoved: mostRemoved).importFile(path)
            watch.withLock { $0.read = signature }
            log.info(
                "the directory has \(change.total) people",
                ["ADDED": "\(change.added)", "CHANGED": "\(change.changed)", "REMOVED": "\(change.removed)"])
            do throws(Fault) {
                try ledger.endAlarm(Self.alarmKind, path, at: now)
            } catch {
                log.error("\(error)")
            }
        } catch {
            switch error {
            case .problems(let list):
                watch.withLock { $0.read = signature }
                for problem in list.problems { log.warning("\(problem)") }
                let first = list.problems.first.map { "\($0)" } ?? "it could not be read."
                refuse(list.problems.count > 1 ? "\(list.problems.count) problems, the first: \(first)" : first, now)
            case .removesTooMany:
                watch.withLock { $0.read = signature }
                refuse("\(error.fault.cause). \(error.fault.mend)", now)
            case .fault(let fault):
                refuse("\(fault)", now)
            }
        }
    }

    private func refuse(_ reason: String, _ now: Instant) {
        let text = "The former directory stays. \(path): \(reason)"
        do throws(Fault) {
            try ledger.raiseAlarm(Self.alarmKind, path, text, at: now)
        } catch {
            log.error("\(error)")
        }
    }
}
