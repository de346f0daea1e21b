import Core
import Crypto
import Foundation
import Ledger
import Push
import PushEmail
import TestKit

/// A released edition through the whole outbox into Postfix's `smtp-sink`.
enum OutboxRound {
    /// Sends until the ledger has every delivery of the edition as sent.
    static func run(_ ledger: Ledger, _ edition: EditionID, _ count: Int, _ connections: Int) throws -> Measure {
        let sink = try MailSink()
        defer { sink.stop() }
        let clock = SystemClock()
        let stage = OutboxStage(channels: [try channel(sink, connections, ledger, clock)], ledger: ledger, clock: clock)
        let (start, before) = (ContinuousClock.now, processorTime())
        try stage.start()
        // Counting reads every row: only when nothing is left to be claimed, lest the looking on be what is measured.
        let isDone = try eventually(within: .seconds(600), every: .milliseconds(5)) {
            try ledger.nextDue(Outlet.email) == nil && ledger.deliveryCounts(of: edition)[.sent] == count
        }
        let (seconds, spent) = ((ContinuousClock.now - start) / .seconds(1), processorTime() - before)
        stage.stop()
        guard isDone else { throw Fault("send", "the edition", cause: "not all mails were taken", mend: "Run the figure alone.") }
        return Measure(count, seconds, spent)
    }

    private static func channel(_ sink: MailSink, _ connections: Int, _ ledger: Ledger, _ clock: SystemClock) throws -> EmailChannel {
        var relay = Relay(
            name: "sink",
            destination: .smtp(url: "smtp://127.0.0.1:\(sink.port)", startTLS: .none, user: nil, passwordFile: nil, caFile: nil))
        relay.connections = connections
        guard let from = Mailbox("Nyhedsbrev <nyhedsbrev@koege.example>") else { throw CancellationError() }
        // As the service makes them: each mail has its own code in its link, and another in its return path.
        guard let key = InstallationKey((0..<32).map { UInt8($0) }), let url = LinkTarget("https://nyt.koege.example"),
            let base = EmailAddress("bounce@koege.example")
        else { throw CancellationError() }
        var settings = EmailSettings(
            from: from, returnPath: base, zone: .copenhagen, language: .da,
            publication: { Publication(name: $0, title: "Nyt", timing: .continuous) },
            preferences: { RecipientToken(recipient: $0, publication: $1, key: key).link(under: url) })
        settings.verp = { ReturnPathToken(recipient: $0, edition: $1).address(under: base, delimiter: "+", key: key) }
        return try EmailChannel(relay, settings: settings, ledger: ledger, clock: clock)
    }
}

/// A directory of people in a ledger, and editions released to all of them.
enum SampleDirectory {
    static func importPeople(_ count: Int, into ledger: Ledger) throws {
        _ = try ledger.replaceDirectory((1...count).compactMap(SampleEdition.person), at: SystemClock().now())
    }

    static func release(_ number: Int, of ledger: Ledger) throws -> EditionID {
        let now = SystemClock().now()
        let edition = try ledger.planEdition(
            EditionPlan(
                publication: "nyt", slug: "nyt-\(number)", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:\(number)",
                release: now, cutOff: now, leaderNotes: false), at: now)
        var recipients: [RecipientID] = []
        try ledger.eachRecipient { recipients.append($0.id) }
        let release = Release(
            items: [], renderings: [.da: SampleEdition.rendering], recipients: recipients, mandatory: false, web: false,
            stopBy: now + .days(1))
        try ledger.releaseEdition(edition, release, by: "benchmark", at: now)
        return edition
    }
}
