import Core
import Crypto
import Foundation
import Ledger

/// Reads what comes to the return path, and keeps the directory free of addresses that are dead.
///
/// Comes in: reports, from a maildir, a mailbox or both, looked at every `rescan`. Goes out: each recorded once in the ledger, by its
/// Message-ID or its digest; a hard one suppresses the recipient's address at once, the fifth soft one in 30 days does too. On failure
/// (the place cannot be read, the ledger not written) an alarm stands until it works again, and nothing is lost: a report
/// is marked as done only when it is recorded.
package final class BounceStage: Stage {
    package let name = "bounces"

    private let sources: [any BounceSource]
    private let attribution: BounceAttribution
    private let ledger: Ledger
    private let clock: any WallClock
    private let rescan: Span
    private let log: Log
    private let kick = Kick()
    private let running = DispatchGroup()

    static let alarmKind = "bounces"

    package init(
        sources: [any BounceSource], attribution: BounceAttribution, ledger: Ledger, clock: any WallClock, rescan: Span = .minutes(1),
        log: Log = Log("bounces")
    ) {
        self.sources = sources
        self.attribution = attribution
        self.ledger = ledger
        self.clock = clock
        self.rescan = rescan
        self.log = log
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            while kick.wait(until: step(), clock: clock) {}
            running.leave()
        }
        thread.name = name
        // The MIME reader goes as deep as its bound.
        thread.stackSize = 2 << 20
        thread.start()
    }

    /// Ends after the report at hand.
    package func stop() {
        kick.stop()
        running.wait()
    }

    /// One look at each source; returns when the next one is due.
    package func step() -> Instant {
        var hasMore = false
        for source in sources where !kick.isStopped {
            do throws(Fault) {
                let isStopped = { [kick] in kick.isStopped }
                hasMore = try source.look(isStopped: isStopped) { bytes throws(Fault) in try record(bytes) } || hasMore
                try ledger.endAlarm(Self.alarmKind, source.name, at: clock.now())
            } catch {
                complain(source, error)
            }
        }
        return hasMore ? clock.now() : clock.now() + rescan
    }

    private func record(_ bytes: [UInt8]) throws(Fault) {
        let report = ReportReader.read(bytes)
        let entry = try attribution.entry(
            report,
            digest: { token in
                let own = report.messageIdentifier
                return SHA256.hexadecimalDigest(own.isEmpty ? bytes : Array("\(own)\n\(token)".utf8))
            }, in: ledger)
        let outcome = try ledger.recordBounce(entry, at: clock.now())
        let about = entry.recipient.map { "recipient \($0)" } ?? "nobody it proves"
        switch outcome {
        case .known: log.debug("a report on \(about) was recorded before")
        case .recorded: log.info("a report (\(entry.verdict.rawValue)) on \(about)", ["STATUS": entry.status])
        case .suppressed:
            log.notice(
                "\(about) is sent nothing any more", ["VERDICT": entry.verdict.rawValue, "STATUS": entry.status], event: .addressSuppressed)
        }
    }

    private func complain(_ source: any BounceSource, _ fault: Fault) {
        log.warning("\(fault)")
        do throws(Fault) {
            try ledger.raiseAlarm(Self.alarmKind, source.name, fault.description, at: clock.now())
        } catch {
            log.error("\(error)")
        }
    }
}
