import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Push
@testable import PushEmail

/// A ledger with one released edition, and a channel that carries it to a relay: everything real but the relay.
final class Outbound {
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock()
    let edition: EditionID
    let channel: EmailChannel

    static let slug = "nyt-2026-12-01"

    init(
        to destination: Relay.Destination, recipients: [String], name: String = "Åse Sørensen",
        rendering: EditionRendering = Samples.rendering(), pictures: [Picture] = [], perMinute: Int? = nil, limits: SMTPLimits = .quick,
        urgency: Urgency = .routine, folder given: TemporaryFolder? = nil, _ change: (inout Relay) -> Void = { _ in }
    ) throws {
        let folder = try given ?? TemporaryFolder()
        let ledger = try folder.ledger()
        let now = clock.now()
        let people = try recipients.map { Person(address: try Samples.address($0), name: name) }
        _ = try ledger.replaceDirectory(people, at: now)
        if !pictures.isEmpty {
            let content = ItemContent(title: "t", summary: "s", body: Document([.paragraph([.text("b")])]))
            _ = try ledger.accept(
                Submission(
                    source: "s", name: "n", digest: String(repeating: "0", count: 64), content: content,
                    pictures: pictures.map(PictureRenditions.init(one:))), at: now
            )
        }
        let plan = EditionPlan(
            publication: "nyt", slug: Self.slug, title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: now,
            cutOff: now, leaderNotes: false)
        edition = try ledger.planEdition(plan, at: now)
        let order = try ledger.recipients().sorted { $0.id < $1.id }.map(\.id)
        var release = Release(
            items: [], renderings: [.da: rendering], recipients: order, mandatory: false, web: false,
            stopBy: now + .days(5))
        release.urgency = urgency
        try ledger.releaseEdition(edition, release, by: "test", at: now)
        var relay = Relay(name: "relay", destination: destination)
        relay.perMinute = perMinute
        change(&relay)
        let settings = try Self.settings()
        channel = try EmailChannel(relay, settings: settings, ledger: ledger, clock: clock, folder: folder.path, limits: limits)
        self.folder = folder
        self.ledger = ledger
    }

    convenience init(
        _ server: ScriptedSMTPServer, recipients: Int = 4, perMinute: Int? = nil, limits: SMTPLimits = .quick,
        _ change: (inout Relay) -> Void = { _ in }
    ) throws {
        try self.init(
            to: .smtp(url: server.url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil),
            recipients: (1...recipients).map { "p\($0)@koege.example" }, perMinute: perMinute, limits: limits, change)
    }

    static func settings() throws -> EmailSettings {
        EmailSettings(
            from: try #require(Mailbox("Nyhedsbrev <nyhedsbrev@koege.example>")), zone: .copenhagen, language: .da,
            publication: { Publication(name: $0, title: "Nyt fra Køge", timing: .continuous) },
            preferences: { recipient, _ in LinkTarget("https://nyt.koege.example/u/\(recipient)") ?? Samples.anywhere })
    }

    /// Another relay for the same ledger, or the same one after a restart; on the system's clock if wished.
    func anotherChannel(
        _ server: ScriptedSMTPServer, name: String = "relay", limits: SMTPLimits = .quick, clock: (any WallClock)? = nil,
        _ change: (inout Relay) -> Void = { _ in }
    ) throws -> EmailChannel {
        var relay = Relay(
            name: name, destination: .smtp(url: server.url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil))
        change(&relay)
        return try EmailChannel(
            relay, settings: try Self.settings(), ledger: ledger, clock: clock ?? self.clock, folder: folder.path, limits: limits)
    }

    /// Claims everything that is due and carries it over one lane, as the outbox would do once. Throws what the lane throws.
    func carryOnce(isStopping: @escaping () -> Bool = { false }) throws {
        let lane = try channel.openLane()
        defer { lane.close() }
        try carry(over: lane, isStopping: isStopping)
    }

    func carry(over lane: any Lane, limit: Int = 100, isStopping: @escaping () -> Bool = { false }) throws {
        let claimed = try ledger.claim(Outlet.email, limit: limit, at: clock.now())
        let batch = Batch(claimed, channel, ledger, clock, isStopping: isStopping)
        let result = Result { try lane.carry(batch) }
        try batch.close()
        try result.get()
    }

    /// The states by recipient, in the order of their numbers.
    func states() throws -> [DeliveryState] { try ledger.deliveries(of: edition).map(\.state) }
    func replies() throws -> [String] { try ledger.deliveries(of: edition).map { $0.reply ?? "" } }
}

extension SMTPLimits {
    /// For tests in which the relay answers: long enough for a machine that runs everything at once.
    static var quick: SMTPLimits {
        var limits = SMTPLimits()
        limits.command = .seconds(120)
        limits.data = .seconds(120)
        limits.content = .seconds(120)
        limits.acceptance = .seconds(120)
        return limits
    }

    static var impatient: SMTPLimits {
        var limits = SMTPLimits()
        limits.command = .milliseconds(300)
        limits.data = .milliseconds(300)
        limits.content = .milliseconds(300)
        limits.acceptance = .milliseconds(300)
        limits.quit = .milliseconds(50)
        return limits
    }
}
