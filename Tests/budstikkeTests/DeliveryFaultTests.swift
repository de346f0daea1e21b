import Core
import Database
import Foundation
import Ledger
import Synchronization
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
        #expect(try eventually(within: .seconds(120)) { try house.hasPeople() })
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
        // Half of them may still wait: as long as mails come, we wait. Who is missing is asked once, at the end: it is dear.
        for depth in stride(from: relay.record.mails.count, through: count, by: 500) {
            guard relay.wait(atMost: .seconds(120), until: { $0.mails.count >= depth }) else { break }
        }
        let isDone = try eventually(within: .seconds(600), every: .seconds(1)) { try Self.states(house) == ["sent": count] }
        #expect(isDone, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        let record = relay.record
        #expect(Set(record.mails.map(\.recipient)).count == count, "somebody is lost")
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

    private static func states(_ house: Installation) throws -> [String: Int] {
        let status = try #require(try house.json("status") as? [String: Any])
        return try #require(status["deliveries"] as? [String: Int])
    }

    /// FAULTS 10 and 11: who is refused for now waits and is tried again as the same message, who is refused for good has failed, all
    /// others have it.
    @Test func refusalsConcernThoseAloneWhoAreRefused() throws {
        let isTaken = Mutex(false)
        let relay = try ScriptedSMTPServer { moment in
            guard moment.step == .recipient else { return .proceed }
            if moment.line.contains("<p17@") { return .reply("550 5.1.1 unknown") }
            if moment.line.contains(/<p\d*5@/), !isTaken.withLock({ $0 }) { return .reply("450 4.2.0 greylisted") }
            return moment.line.contains("<p40@") && !isTaken.withLock({ $0 }) ? .farewell("421 4.3.2 closing") : .proceed
        }
        defer { relay.stop() }
        let house = try Self.house(relay, recipients: 200)
        var daemon = try Daemon(house)
        try Self.release(house)
        #expect(try eventually { try Self.states(house) == ["sent": 178, "deferred": 21, "failed": 1] }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        // The five minutes of the first pause are over.
        isTaken.withLock { $0 = true }
        let ledger = try Connection(path: house.path + "/state/ledger.sqlite", access: .readWrite)
        let soonest = try ledger.first("SELECT min(due - since) FROM delivery WHERE state = 'deferred'") { $0.int(0) }
        #expect(soonest == 300_000)
        try ledger.run("UPDATE delivery SET due = since WHERE state = 'deferred'")
        daemon = try Daemon(house)
        #expect(try eventually { try Self.states(house) == ["sent": 199, "failed": 1] }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        #expect(relay.record.mails.count == 199 && Self.messageIDs(relay.record).count == 199)
    }

    /// FAULTS 13: a relay whose STARTTLS has been taken out of its words gets neither a mail nor the password.
    @Test func withoutTLSNothingIsSaid() throws {
        let relay = try ScriptedSMTPServer(capabilities: ScriptedSMTPServer.usual + ["AUTH PLAIN LOGIN"])
        defer { relay.stop() }
        let house = try Installation {
            $0.replacing("Directory=outbox", with: "URL=\(relay.url)\nUser=budstikke\nPasswordFile=relay.password")
        }
        try house.write("relay.password", "hemmelig\n")
        chmod(house.path + "/relay.password", 0o600)
        try house.writeRecipients(3)
        try house.write("drop/HR/Nyt.md", "En nyhed til alle\n\nMed en tekst.\n")
        try expectNothingIsSent(house)
        let lines = relay.record.lines
        #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("EHLO") || $0.hasPrefix("QUIT") }, "\(lines)")
    }

    /// FAULTS 13: a relay whose certificate nobody vouches for.
    @Test(.enabled(if: Oracle.hasProgram("/usr/bin/openssl"), "needs openssl")) func aBadCertificateIsRefused() throws {
        let folder = try TemporaryFolder()
        let (key, certificate, said) = (folder.file("key.pem"), folder.file("cert.pem"), folder.file("said"))
        let made = try ChildProcess.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ])
        try #require(made.status == 0, "\(made.errorText)")
        let output = open(said, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer {
            close(output)
            close(null)
        }
        let server = try ChildProcess(
            "/usr/bin/openssl", ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-naccept", "1000"],
            environment: [:], input: null, output: output, errors: output)
        defer {
            server.signal(SIGKILL)
            _ = server.wait()
        }
        func text() -> String { (try? String(contentsOfFile: said, encoding: .utf8)) ?? "" }
        #expect(eventually { text().contains(/ACCEPT 127\.0\.0\.1:\d+/) })
        let port = try #require(text().firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)/)).1
        let house = try Installation { $0.replacing("Directory=outbox", with: "URL=smtps://localhost:\(port)") }
        try house.writeRecipients(3)
        try house.write("drop/HR/Nyt.md", "En nyhed til alle\n\nMed en tekst.\n")
        try expectNothingIsSent(house)
        #expect(!text().contains("EHLO"), "\(text())")
    }

    /// An alarm stands, and each delivery waits unattempted.
    private func expectNothingIsSent(_ house: Installation) throws {
        let daemon = try Daemon(house)
        try Self.release(house)
        #expect(try eventually { try house.alarms().contains("channel") }, "\(daemon.logText)")
        #expect(try Self.states(house) == ["pending": 3])
        #expect(!daemon.logText.contains("hemmelig"))
        #expect(daemon.terminate() == 0)
    }
}
