import Core
import Foundation
import TestKit

/// Mails a second into Postfix's `smtp-sink`, in turns with Postfix's own `smtp-source`: the same size, sink and number of connections.
///
/// Two ways of ours: the dialogue alone, which like smtp-source keeps no record, and the whole outbox, whose ledger has each mail's
/// outcome on the disk before the next mail of its connection is completed.
enum SendFigure {
    private static let rounds = 5
    private static let count = 10_000

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
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        try SampleDirectory.importPeople(count, into: ledger)
        let edition = try SampleDirectory.release(1, of: ledger)
        return try OutboxRound.run(ledger, edition, count, connections)
    }

    private static func source(_ connections: Int) throws -> Measure {
        let sink = try MailSink()
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
