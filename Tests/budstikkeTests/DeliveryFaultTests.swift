import Core
import Foundation
import Ledger
import TestKit
import Testing

/// FAULTS 1 and 9 on the real daemon, with a real relay on a socket: killed or stopped in the middle of an edition.
@Suite struct DeliveryFaultTests {
    static let recipients = 2_000
    static let connections = 4

    /// A set-up whose relay is the scripted server, one item dropped and taken in.
    static func house(_ relay: ScriptedSMTPServer, recipients: Int) throws -> Installation {
        let house = try Installation {
            $0.replacing("Directory=outbox", with: "URL=\(relay.url)\nStartTLS=none\nConnections=\(connections)")
        }
        try house.writeRecipients(recipients)
        try house.write("drop/HR/Nyt.md", "En nyhed til alle\n\nMed en tekst.\n")
        return house
    }

    static func release(_ house: Installation) throws {
        #expect(try eventually { try ServiceTests.items(house).count == 1 })
        let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
        try #require(run.status == 0, "\(run.errorText)")
    }

    static func messageIDs(_ record: ScriptedSMTPServer.Record) -> [String: Set<String>] {
        Dictionary(grouping: record.mails, by: \.recipient).mapValues { mails in
            Set(
                mails.map { mail in
                    String(decoding: mail.content, as: UTF8.self).firstMatch(of: /(?im)^message-id:\s*(\S+)/).map { String($0.1) } ?? ""
                })
        }
    }

    @Test func killedInTheMiddleEverybodyHasItAndFewTwice() throws {
        let relay = try ScriptedSMTPServer()
        defer { relay.stop() }
        let house = try Self.house(relay, recipients: Self.recipients)
        var daemon = try Daemon(house)
        try Self.release(house)
        // Three kills at different depths; each time the daemon is started again on what is left.
        for depth in [150, 700, 1_400] {
            #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= depth }, "\(daemon.logText)")
            daemon.kill()
            daemon = try Daemon(house)
        }
        #expect(relay.wait(atMost: .seconds(120)) { Set($0.mails.map(\.recipient)).count == Self.recipients }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        let record = relay.record
        let copies = record.mails.count - Self.recipients
        #expect(copies <= 3 * Self.connections, "\(copies) copies")
        #expect(Self.messageIDs(record).values.allSatisfy { $0.count == 1 })
    }

    /// Random kills; a lane has noted acceptances in its journal then that no transaction has. `BUDSTIKKE_KILLS` sets how many.
    @Test func killedAtRandomNobodyIsLostAndFewGetTwo() throws {
        let kills = ProcessInfo.processInfo.environment["BUDSTIKKE_KILLS"].flatMap { Int($0) } ?? 50
        let count = 100 * kills
        var random = SeededRandom(printedFor: "killedAtRandomNobodyIsLostAndFewGetTwo")
        let relay = try ScriptedSMTPServer()
        defer { relay.stop() }
        let house = try Self.house(relay, recipients: count)
        var daemon = try Daemon(house)
        try Self.release(house)
        var journalled = 0
        for _ in 0..<kills {
            // Half of what each start may send on average, so that the last kill still finds something to do.
            let depth = relay.record.mails.count + Int.random(in: 1...100, using: &random)
            #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= depth }, "\(daemon.logText)")
            daemon.kill()
            daemon = try Daemon(house)
            if daemon.logText.contains("had been accepted when the service ended") { journalled += 1 }
        }
        #expect(relay.wait(atMost: .seconds(120)) { Set($0.mails.map(\.recipient)).count == count }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        let record = relay.record
        let copies = record.mails.count - count
        print("\(kills) kills, \(copies) copies, the journal was needed \(journalled) times")
        #expect(copies <= kills * Self.connections)
        #expect(journalled > 0)
        #expect(Self.messageIDs(record).values.allSatisfy { $0.count == 1 })
    }

    @Test func stoppedInTheMiddleItResumesExactlyThere() throws {
        let relay = try ScriptedSMTPServer()
        defer { relay.stop() }
        let house = try Self.house(relay, recipients: Self.recipients)
        var daemon = try Daemon(house)
        try Self.release(house)
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= 300 }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        #expect(relay.record.mails.count < Self.recipients)
        daemon = try Daemon(house)
        #expect(relay.wait(atMost: .seconds(120)) { $0.mails.count >= Self.recipients }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        #expect(relay.record.mails.count == Self.recipients && Set(relay.record.mails.map(\.recipient)).count == Self.recipients)
    }
}
