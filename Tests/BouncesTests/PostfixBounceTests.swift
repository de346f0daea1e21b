import Core
import Crypto
import Foundation
import Ledger
import Push
import PushEmail
import TestKit
import Testing

@testable import Bounces

/// Issue 4, done when 3: an edition to 5,000 over Debian's Postfix, and the reports that Postfix itself writes about it.
@Suite("Five thousand through Debian's Postfix", .enabled(if: RealPostfix.isAvailable, "needs postfix and root"))
struct PostfixBounceTests {
    /// All with four digits, of which the last two decide.
    static let numbers = 1_000..<6_000

    @Test func everybodyEndsInTheRightState() throws {
        let postfix = try RealPostfix(troubles: true)
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let key = try #require(InstallationKey([UInt8](repeating: 5, count: 32)))
        let base = try #require(EmailAddress("bounce@koege.example"))
        let edition = try Self.release(ledger, try Self.numbers.map { try #require(EmailAddress("p\($0)@koege.example")) }, "nyt-1")
        try Self.send(ledger, postfix, base, key, folder.path)

        // 2 % deferred, 1 % refused, all others taken over, 1 % of all to be bounced by Postfix afterwards.
        #expect(try ledger.deliveryCounts(of: edition) == [.sent: 4_850, .deferred: 100, .failed: 50])
        let deliveries = try ledger.deliveries(of: edition)
        func numbers(_ state: DeliveryState) -> [Int] {
            deliveries.filter { $0.state == state }.compactMap { Int($0.address?.dropFirst().prefix { $0 != "@" } ?? "") }
        }
        #expect(numbers(.deferred).allSatisfy { $0 % 50 == 0 })
        #expect(numbers(.failed).allSatisfy { $0 % 100 == 99 })

        let new = postfix.bounces + "/new"
        let names = { (try? FileManager.default.contentsOfDirectory(atPath: new)) ?? [] }
        #expect(eventually { names().count == 50 }, "\(names().count) reports; \(postfix.log.suffix(2_000))")
        let stage = BounceStage(
            sources: [BounceMaildir(path: postfix.bounces)],
            attribution: BounceAttribution(returnPath: base, delimiter: "+", key: key), ledger: ledger, clock: SystemClock(),
            log: Log("test", threshold: .alert))
        _ = stage.step()
        let expected = Self.numbers.filter { $0 % 100 == 77 }.map { "p\($0)@koege.example" }
        #expect(Set(try ledger.suppressions().map(\.address)) == Set(expected))
        #expect(try ledger.bounceCounts() == [.hard: 50])
        #expect(try ledger.suppressions().allSatisfy { $0.reason.contains("5.1.1") })
        #expect(names().isEmpty)
    }

    static func release(_ ledger: Ledger, _ addresses: [EmailAddress], _ slug: String) throws -> EditionID {
        let now = SystemClock().now()
        _ = try ledger.replaceDirectory(addresses.map { Person(address: $0) }, at: now)
        let plan = EditionPlan(
            publication: "nyt", slug: slug, title: "Nyt", audience: "alle", scheduled: slug, release: now, cutOff: now, leaderNotes: false)
        let id = try ledger.planEdition(plan, at: now)
        let text = SlottedText(marked: "<p>Nyt fra Køge</p>")
        let rendering = EditionRendering(subject: "Nyt", mailHTML: text, mailText: text, pictures: [], web: "")
        let release = Release(
            items: [], renderings: [.da: rendering], recipients: try ledger.recipients().map(\.id), mandatory: false,
            web: false, stopBy: now + .days(5))
        try ledger.releaseEdition(id, release, by: "test", at: now)
        return id
    }

    /// Runs the outbox until each delivery has been tried.
    static func send(_ ledger: Ledger, _ postfix: RealPostfix, _ base: EmailAddress, _ key: InstallationKey, _ folder: String) throws {
        var relay = Relay(
            name: "postfix", destination: .smtp(url: postfix.url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil))
        relay.connections = 4
        let link = try #require(LinkTarget("https://nyt.koege.example/"))
        var settings = EmailSettings(
            from: try #require(Mailbox("Nyhedsbrev <nyhedsbrev@koege.example>")), returnPath: base, zone: .copenhagen, language: .da,
            publication: { Publication(name: $0, title: "Nyt", timing: .continuous) }, preferences: { _, _ in link })
        settings.verp = { ReturnPathToken(recipient: $0, edition: $1).address(under: base, delimiter: "+", key: key) }
        let channel = try EmailChannel(relay, settings: settings, ledger: ledger, clock: SystemClock(), folder: folder)
        let outbox = OutboxStage(channels: [channel], ledger: ledger, clock: SystemClock(), log: Log("test", threshold: .alert))
        try outbox.start()
        defer { outbox.stop() }
        let done = try eventually(within: .seconds(300), every: .milliseconds(200)) {
            let counts = try ledger.deliveryCounts()
            return (counts[.pending] ?? 0) + (counts[.sending] ?? 0) == 0
        }
        let counts = try ledger.deliveryCounts()
        #expect(done, "\(counts) \(postfix.log.suffix(2_000))")
    }
}
