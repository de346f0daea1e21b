import Core
import Foundation
import Ledger
import Push
import PushEmail
import TestKit

/// Mails a second into Postfix's `smtp-sink`, in turns with Postfix's own `smtp-source`: the same size, sink and number of connections.
///
/// Two ways of ours: the dialogue alone, which like smtp-source keeps no record, and the whole outbox, whose ledger has each mail's
/// outcome on the disk before the next mail of its connection is completed.
enum SendFigure {
    private static let rounds = 5
    private static let count = 3_000

    static func run() throws {
        guard Oracle.hasProgram("/usr/sbin/smtp-sink", "/usr/sbin/smtp-source") else {
            return print("send: left out, needs Debian's package postfix")
        }
        for connections in [1, 8] {
            var (alone, whole, theirs) = ([Measure](), [Measure](), [Measure]())
            for _ in 0..<rounds {
                alone.append(try DialogueRound.run(count, connections))
                theirs.append(try source(connections))
                whole.append(try outbox(connections))
            }
            report("dialogue alone", connections, alone, theirs)
            report("outbox with its ledger", connections, whole, theirs)
        }
    }

    private static func report(_ what: String, _ connections: Int, _ ours: [Measure], _ theirs: [Measure]) {
        let ratio = median(zip(ours, theirs).map { $0.perSecond / $1.perSecond })
        print(
            """
            send, \(what), \(connections) connection\(connections == 1 ? "" : "s"): \(rounded(median(ours.map(\.perSecond)), 0)) mails a second, \
            smtp-source \(rounded(median(theirs.map(\.perSecond)), 0)), ratio \(rounded(ratio)); processor time a mail \
            \(rounded(median(ours.map(\.processor)), 0)) µs, smtp-source \(rounded(median(theirs.map(\.processor)), 0)) µs
            """)
    }

    /// One edition through the outbox, from its release in the ledger to the last acknowledgement.
    private static func outbox(_ connections: Int) throws -> Measure {
        let sink = try Sink()
        defer { sink.stop() }
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let clock = SystemClock()
        let now = clock.now()
        _ = try ledger.replaceDirectory((1...count).compactMap(SampleEdition.person), at: now)
        let edition = try ledger.planEdition(
            EditionPlan(
                publication: "nyt", slug: "nyt-2026-12-01", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: now,
                cutOff: now, leaderNotes: false), at: now)
        let release = Release(
            items: [], renderings: [.da: SampleEdition.rendering], recipients: try ledger.recipients().map(\.id), mandatory: false,
            outlets: [], web: false, stopBy: now + .days(1))
        try ledger.releaseEdition(edition, release, by: "benchmark", at: now)
        let stage = OutboxStage(channels: [try channel(sink, connections, ledger, clock)], ledger: ledger, clock: clock)
        let (start, before) = (ContinuousClock.now, processorTime())
        try stage.start()
        let isDone = try eventually(every: .milliseconds(50)) { try ledger.deliveryCounts(of: edition)[.sent] == count }
        let (seconds, spent) = ((ContinuousClock.now - start) / .seconds(1), processorTime() - before)
        stage.stop()
        guard isDone else { throw Fault("send", "the edition", cause: "not all mails were taken", mend: "Run the figure alone.") }
        return Measure(count, seconds, spent)
    }

    private static func channel(_ sink: Sink, _ connections: Int, _ ledger: Ledger, _ clock: SystemClock) throws -> EmailChannel {
        var relay = Relay(
            name: "sink",
            destination: .smtp(url: "smtp://127.0.0.1:\(sink.port)", startTLS: .none, user: nil, passwordFile: nil, caFile: nil))
        relay.connections = connections
        guard let from = Mailbox("Nyhedsbrev <nyhedsbrev@koege.example>") else { throw CancellationError() }
        let settings = EmailSettings(
            from: from, zone: .copenhagen, language: .da, publication: { Publication(name: $0, title: "Nyt", timing: .continuous) },
            preferences: SampleEdition.preferences)
        return try EmailChannel(relay, settings: settings, ledger: ledger, clock: clock)
    }

    private static func source(_ connections: Int) throws -> Measure {
        let sink = try Sink()
        defer { sink.stop() }
        let (start, before) = (ContinuousClock.now, processorTime(ofChildren: true))
        // -d: all mails of a session over one connection, as ours.
        let outcome = try ChildProcess.run(
            "/usr/sbin/smtp-source",
            [
                "-d", "-s", "\(connections)", "-m", "\(count)", "-l", "\(SampleEdition.size)", "-f", "nyhedsbrev@koege.example", "-t",
                "person@koege.example", "127.0.0.1:\(sink.port)",
            ])
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        guard outcome.status == 0 else {
            throw Fault("run", "smtp-source", cause: outcome.errorText, mend: "See its manual page.")
        }
        return Measure(count, seconds, processorTime(ofChildren: true) - before)
    }
}
