import Core
import Foundation
import Ledger
import PushEmail
import Synchronization
import TestKit
import Testing

@testable import Push

/// Every way out of the house. A new channel is added here, and has to pass the whole suite.
enum Way: String, CaseIterable, Sendable {
    case relay, directory

    /// What the other side can be made to do to one attempt. A folder has nobody who could refuse.
    var refuses: Bool { self != .directory }
}

/// What the other side does to an attempt.
enum Behaviour: Sendable {
    case accepts, refusesForNow, refusesForGood
    /// Takes the whole message and breaks off before it says so.
    case losesTheAnswer
    /// Takes no connection.
    case isAway
}

/// A channel with a real other side that follows a script, and a ledger with one edition for it.
final class ChannelUnderTest {
    let folder: TemporaryFolder
    let ledger: Ledger
    let clock = ManualClock()
    let channel: any Channel
    /// The identity (Message-ID) of each message that the other side has taken whole, in order.
    let received: () -> [String]
    private let close: () -> Void

    static let count = 3

    /// The script's n-th behaviour is for the n-th complete attempt on the wire; afterwards the other side accepts.
    init(_ way: Way, _ script: [Behaviour] = []) throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        try Self.release(ledger, clock.now())
        switch way {
        case .relay:
            let server = try ScriptedSMTPServer(script: Self.script(script))
            received = { server.record.mails.map { Self.messageID($0.content) } }
            close = { server.stop() }
            let url = script.first == .isAway ? "smtp://127.0.0.1:\(try Self.closedPort())" : server.url
            let relay = Relay(name: "relay", destination: .smtp(url: url, startTLS: .none, user: nil, passwordFile: nil, caFile: nil))
            channel = try EmailChannel(relay, settings: Self.settings(), ledger: ledger, clock: clock, folder: folder.path)
        case .directory:
            let outbox = folder.file("outbox")
            try FileManager.default.createDirectory(atPath: outbox, withIntermediateDirectories: true)
            received = {
                let names = (FileManager.default.subpaths(atPath: outbox) ?? []).filter { $0.hasSuffix(".eml") }.sorted()
                return names.compactMap { FileManager.default.contents(atPath: outbox + "/" + $0).map { Self.messageID(Array($0)) } }
            }
            close = {}
            channel = try EmailChannel(
                Relay(name: "outbox", destination: .directory(outbox)), settings: Self.settings(), ledger: ledger, clock: clock,
                folder: folder.path)
        }
    }

    deinit { close() }

    /// Carries everything that is due, as the outbox does once.
    func carry(isStopping: @escaping () -> Bool = { false }) throws {
        while case let claimed = try ledger.claim(channel.outlet, limit: channel.batchSize, at: clock.now()), !claimed.isEmpty {
            let batch = Batch(claimed, channel, ledger, clock, isStopping: isStopping)
            let result = Result {
                let lane = try channel.openLane()
                defer { lane.close() }
                try lane.carry(batch)
            }
            try batch.close()
            try result.get()
            if isStopping() { return }
        }
    }

    func advanceToNextAttempt() throws { clock.set(try #require(try ledger.nextDue(channel.outlet))) }

    func deliveries() throws -> [DeliveryRecord] {
        try ledger.editions([.released]).reversed().flatMap { try ledger.deliveries(of: $0.id) }.filter { $0.outlet == channel.outlet }
    }

    private static func release(_ ledger: Ledger, _ now: Instant) throws {
        let people = try (0..<count).map { Person(address: try #require(EmailAddress("p\($0)@koege.example")), name: "P \($0)") }
        _ = try ledger.replaceDirectory(people, at: now)
        let plan = EditionPlan(
            publication: "nyt", slug: "nyt-0", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: now, cutOff: now,
            leaderNotes: false)
        let text = SlottedText(marked: "<p>Nyt til \(SlottedText.marker(.name))</p>")
        let rendering = EditionRendering(subject: "Nyt", mailHTML: text, mailText: text, pictures: [], web: "<p>Nyt</p>")
        let release = Release(
            items: [], renderings: [.da: rendering], recipients: try ledger.recipients().map(\.id), mandatory: false, web: true,
            stopBy: now + .days(5))
        try ledger.releaseEdition(try ledger.planEdition(plan, at: now), release, by: "test", at: now)
    }

    private static func settings() throws -> EmailSettings {
        let link = try #require(LinkTarget("https://nyt.koege.example/u/x"))
        return EmailSettings(
            from: try #require(Mailbox("Nyt <nyt@koege.example>")), zone: .copenhagen, language: .da, publication: { _ in nil },
            preferences: { _, _ in link })
    }

    private static func script(_ behaviours: [Behaviour]) -> ScriptedSMTPServer.Script {
        let attempts = Mutex(0)
        return { moment in
            guard moment.step == .content else { return .proceed }
            let number = attempts.withLock {
                $0 += 1
                return $0 - 1
            }
            switch number < behaviours.count ? behaviours[number] : .accepts {
            case .accepts, .isAway: return .proceed
            case .refusesForNow: return .reply("451 4.3.0 try again")
            case .refusesForGood: return .reply("554 5.6.0 no")
            case .losesTheAnswer: return .close
            }
        }
    }

    private static func messageID(_ mail: [UInt8]) -> String {
        String(decoding: mail, as: UTF8.self).firstMatch(of: /(?im)^message-id:\s*(\S+)/).map { String($0.1) } ?? ""
    }

    /// A port on which nobody listens.
    private static func closedPort() throws -> Int {
        let (descriptor, port) = try LoopbackSocket.anyPort()
        Foundation.close(descriptor)
        return port
    }
}
