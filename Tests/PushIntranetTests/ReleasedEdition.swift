import Core
import Crypto
import Foundation
import TestKit
import Testing

@testable import Ledger
@testable import Push
@testable import PushIntranet

/// A ledger with one released edition for one endpoint, and a receiver that does what its script says.
struct ReleasedEdition {
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock()
    let server: ScriptedHTTPServer
    let edition: EditionID
    var endpoint: Endpoint

    static let secret = "whsec_" + base64(Array(1...32))

    init(_ script: [ScriptedHTTPServer.Answer], items: [ItemContent] = [ReleasedEdition.item("Ny børnehave")]) throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        server = try ScriptedHTTPServer(script)
        #expect(chmod(try folder.write("kjukken.secret", Self.secret + "\n"), 0o600) == 0)
        endpoint = Endpoint(name: "kjukken", kind: .webhook, url: server.url + "/krog", secretFile: "kjukken.secret")
        endpoint.allowPrivate = true
        edition = try Self.release(ledger, items, slug: "nyt-2026-12-01", at: clock.now())
    }

    static func item(_ title: String, summary: String = "Den åbner på mandag.", channels: Set<ChannelKind> = [.intranet]) -> ItemContent {
        ItemContent(
            title: title, summary: summary, category: "Børn", channels: channels, body: Document([.paragraph([.text(title + summary)])]))
    }

    @discardableResult
    static func release(_ ledger: Ledger, _ items: [ItemContent], slug: String, at now: Instant) throws -> EditionID {
        let frozen = try items.enumerated().map { index, content in
            let submission = Submission(
                source: "Børn og Unge", name: "\(slug)-\(index).md", digest: "\(slug)-\(index)", content: content, pictures: [])
            return FrozenItem(item: try ledger.accept(submission, at: now).item, version: 1)
        }
        let plan = EditionPlan(
            publication: "nyt", slug: slug, title: "Nyt fra Direktionen", audience: "alle", scheduled: slug, release: now,
            cutOff: now, leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: now)
        let release = Release(
            items: frozen, renderings: [:], recipients: [], mandatory: false, outlets: [Outlet.endpoint("kjukken")], web: true,
            stopBy: now + .days(5))
        try ledger.releaseEdition(edition, release, by: "test", at: now)
        return edition
    }

    func channel(timeLimit: Span = .seconds(20)) throws -> WebhookChannel {
        try WebhookChannel(
            endpoint, relativeTo: folder.path, publicURL: "https://nyt.koege.example/", ledger: ledger, clock: clock,
            retry: WebhookRetry(random: { 0.5 }), timeLimit: timeLimit)
    }

    /// Claims and carries what is due now, as a lane of the outbox does; the edition's delivery afterwards.
    @discardableResult
    func carry(_ channel: WebhookChannel, _ edition: EditionID? = nil) throws -> DeliveryRecord {
        let batch = Batch(try ledger.claim(channel.outlet, limit: 10, at: clock.now()), channel, ledger, clock) { false }
        try channel.openLane().carry(batch)
        try batch.close()
        return try #require(try ledger.deliveries(of: edition ?? self.edition).first)
    }

    /// Moves the clock to the delivery's next attempt.
    func advanceToNextAttempt() throws { clock.set(try #require(try ledger.nextDue(Outlet.endpoint("kjukken")))) }
}
