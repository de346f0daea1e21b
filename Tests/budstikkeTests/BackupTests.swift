import Core
import Foundation
import Ledger
import TestKit
import Testing

/// `backup`, `restore`, and FAULTS 7: what an old ledger believes to be undone is not done again.
@Suite struct BackupTests {
    static let publication = DiskFaultTests.publication

    static func deliveries(_ house: Installation) throws -> [String: Int] {
        let status = try #require(try house.json("status") as? [String: Any])
        return try #require(status["deliveries"] as? [String: Int])
    }

    @Test func aBackupTakenWhileTheServiceSendsIsWhole() throws {
        let relay = try ScriptedSMTPServer()
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: 1_000)
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        var files: [String] = []
        for depth in [1, 300, 600] {
            #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= depth }, "\(daemon.logText)")
            let file = house.folder.file("backup-\(depth)")
            let made = try house.command("backup", file)
            #expect(made.status == 0, "\(made.errorText)")
            files.append(file)
        }
        let again = try house.command("backup", files[0])
        #expect(again.status == 1 && again.errorText.contains("--force"), "\(again.errorText)")
        #expect(try house.command("backup", files[0], "--force").status == 0)
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count == 1_000 }, "\(daemon.logText)")
        let refused = try house.command("restore", files[1])
        #expect(refused.status == 1 && refused.errorText.contains("Stop that one first"), "\(refused.errorText)")
        #expect(daemon.terminate() == 0)
        for file in files {
            var status = stat()
            #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
            let folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: folder.file("state"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: file, toPath: folder.file("state/ledger.sqlite"))
            let ledger = try folder.ledger()
            try ledger.examine()
            #expect(try ledger.deliveryCounts().values.reduce(0, +) == 1_000)
        }
        #expect(house.files("..").allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test func whatIsNotALedgerIsNotRestored() throws {
        let house = try DiskFaultTests.house()
        let before = try house.command("items").outputText
        for bytes in [Array("not a ledger".utf8), [], [UInt8](repeating: 7, count: 20_000)] {
            let file = try house.folder.write("wrong", bytes)
            let outcome = try house.command("restore", file)
            #expect(outcome.status == 1 && outcome.errorText.contains("Nothing was changed"), "\(outcome.errorText)")
        }
        #expect(try house.command("items").outputText == before)
    }

    /// Both ways to bring an old ledger back: the command, and a copy by hand, of which the service is told nothing.
    @Test(arguments: [true, false]) func whatMayHaveHappenedSinceTheBackupIsHeld(_ byCommand: Bool) throws {
        let house = try DiskFaultTests.house()
        let backup = house.folder.file("backup.sqlite")
        // Both editions are open in the backup, and are released ahead of their time after it.
        #expect(try house.command("backup", backup).status == 0)
        var daemon = try Daemon(house)
        #expect(try house.command("run", Self.publication, "--yes").status == 0)
        #expect(eventually { DiskFaultTests.mails(house).count == DiskFaultTests.recipients }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        try bringBack(backup, house, byCommand)
        daemon = try Daemon(house)
        let status = try #require(try house.json("status") as? [String: Any])
        let coming = try #require(status["coming"] as? [[String: Any]])
        let held = coming.filter { $0["state"] as? String == "held" }.compactMap { $0["slug"] as? String }
        #expect(held.count == 1 && held[0].hasPrefix(Self.publication), "\(status)")
        #expect(try Self.deliveries(house).values.reduce(0, +) == 0)
        #expect(daemon.terminate() == 0)
        #expect(DiskFaultTests.mails(house).count == DiskFaultTests.recipients, "nobody got it again")
    }

    @Test(arguments: [true, false]) func deliveriesUnderWayAreHeldUntilAnEditorSendsThem(_ byCommand: Bool) throws {
        let house = try DiskFaultTests.house()
        #expect(try house.command("run", Self.publication, "--yes").status == 0)
        let backup = house.folder.file("backup.sqlite")
        #expect(try house.command("backup", backup).status == 0)
        var daemon = try Daemon(house)
        #expect(eventually { DiskFaultTests.mails(house).count == DiskFaultTests.recipients }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        try bringBack(backup, house, byCommand)
        daemon = try Daemon(house)
        #expect(try Self.deliveries(house) == ["failed": DiskFaultTests.recipients])
        let slug = try #require(house.files("outbox").first)
        let told = try house.command("status").outputText
        #expect(told.contains("budstikke retry \(slug)"), "\(told)")
        #expect(DiskFaultTests.mails(house).count == DiskFaultTests.recipients)
        // A restart does not hold again what an editor has let go.
        #expect(try house.command("retry", slug).status == 0)
        #expect(try eventually { try Self.deliveries(house)["sent"] == DiskFaultTests.recipients })
        #expect(!(try house.command("status").outputText.contains("budstikke retry")))
        #expect(daemon.terminate() == 0)
        daemon = try Daemon(house)
        #expect(try Self.deliveries(house)["sent"] == DiskFaultTests.recipients)
    }

    /// Operations' stand-by, to the letter: a backup of the first machine in the middle of an edition is shipped, the first machine is
    /// killed, the second takes over months later. Who the backup knows to have it gets it no second time, what was due in between
    /// waits for an operator, and the rest of the edition goes out when one says so.
    @Test(.enabled(if: FailingDisk.isAvailable, "needs cc")) func aStandByTakesOver() throws {
        let recipients = 1_000
        let relay = try ScriptedSMTPServer()
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: recipients)
        let second = try Installation(copyOf: house)
        // The share is the first one's; here its files are received already.
        unlink(second.path + "/drop/HR/Nyt.md")
        let first = try Daemon(house)
        try DeliveryFaultTests.release(house)
        try house.drop("HR/Naeste.md", "En nyhed til næste gang\n\nMed en tekst.\n")
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= recipients / 4 }, "\(first.logText)")
        #expect(try eventually { try ServiceTests.items(house).count == 2 })
        #expect(
            try eventually {
                let status = try house.json("status") as? [String: Any]
                return (status?["coming"] as? [[String: Any]])?.contains { ($0["slug"] as? String)?.hasPrefix(Self.publication) == true }
                    == true
            })
        #expect(try house.command("backup", house.folder.file("ledger.sqlite")).status == 0)
        let shipped = second.folder.file("ledger.sqlite")
        try FileManager.default.copyItem(atPath: house.folder.file("ledger.sqlite"), toPath: shipped)
        let then = relay.record.mails.count
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= min(recipients, then + 200) }, "\(first.logText)")
        first.kill()

        // token.key and the ledger, as Operations says.
        try FileManager.default.createDirectory(atPath: second.path + "/state", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: house.path + "/state/token.key", toPath: second.path + "/state/token.key")
        let later = try ShiftedClock(by: .days(80))
        let restored = try Installation.run(["restore", shipped, "--config", second.configuration], environment: later.environment)
        #expect(restored.status == 0, "\(restored.errorText)")
        let arrived = relay.record.mails
        let known = try states(second)
        let had = Set(known.lines.filter { $0.value == "sent" }.keys)
        #expect(had.count >= recipients / 8 && had.count < recipients, "\(had.count)")
        #expect(had.isSubset(of: Set(arrived.map(Self.address))))
        #expect(known.lines.values.filter { $0 == "failed" }.count == recipients - had.count)
        #expect(restored.outputText.contains("\(recipients - had.count) deliveries are held"), "\(restored.outputText)")

        let daemon = try Daemon(second)
        let status = try #require(try second.json("status") as? [String: Any])
        let held = try #require(status["coming"] as? [[String: Any]]).filter { $0["state"] as? String == "held" }
        #expect(held.contains { ($0["slug"] as? String)?.hasPrefix(Self.publication) == true }, "\(status)")
        // It has looked around, and has sent nothing by itself.
        try second.passes()
        #expect(relay.record.mails.count == arrived.count, "\(daemon.logText)")

        #expect(try second.command("retry", known.slug).status == 0)
        #expect(try eventually { try states(second, known.slug).lines.values.allSatisfy { $0 == "sent" } }, "\(daemon.logText)")
        let edition = relay.record
        #expect(Set(edition.mails.map(Self.address)).count == recipients)
        let copies = Dictionary(grouping: edition.mails, by: Self.address).mapValues(\.count)
        #expect(had.allSatisfy { copies[$0] == 1 }, "who the backup knew to have it got it again")
        #expect(copies.values.allSatisfy { $0 <= 2 })
        #expect(DeliveryFaultTests.messageIDs(edition).values.allSatisfy { $0.count == 1 })
        print("stand-by: \(had.count) known to have it, \(edition.mails.count - recipients) copies")

        // What was due in between goes out when an operator releases it.
        let run = try second.command("run", Self.publication, "--yes")
        #expect(run.status == 0, "\(run.errorText)")
        let next = relay.wait(atMost: .seconds(180)) { Set($0.mails.dropFirst(edition.mails.count).map(Self.address)).count == recipients }
        #expect(next, "\(relay.record.mails.count - edition.mails.count) mails: \(run.outputText)\(daemon.logText.suffix(2_000))")
        #expect(DeliveryFaultTests.messageIDs(relay.record).values.allSatisfy { $0.count == 2 })
        #expect(daemon.terminate() == 0)
    }

    /// Of the command `RCPT TO:<…>` and its parameters.
    private static func address(_ mail: ScriptedSMTPServer.Mail) -> String {
        mail.recipient.firstMatch(of: /<([^>]*)>/).map { String($0.1) } ?? mail.recipient
    }

    /// The states of the deliveries of an edition, the latest released one if none is named, by address.
    private func states(_ house: Installation, _ slug: String? = nil) throws -> (slug: String, lines: [String: String]) {
        let status = try #require(try house.json("status") as? [String: Any])
        let slug = try slug ?? #require((status["released"] as? [[String: Any]])?.first?["slug"] as? String)
        let table = try house.command("deliveries", slug, "--csv").outputText.split(whereSeparator: \.isNewline).dropFirst()
        let fields = table.map { $0.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: ["\""]) } }
        return (slug, Dictionary(fields.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first }))
    }

    private func bringBack(_ backup: String, _ house: Installation, _ byCommand: Bool) throws {
        let place = house.path + "/state/ledger.sqlite"
        if byCommand {
            let outcome = try house.command("restore", backup)
            #expect(outcome.status == 0 && outcome.outputText.contains("held"), "\(outcome.outputText)\(outcome.errorText)")
            #expect(house.files("state").contains { $0.hasPrefix("ledger.sqlite.before-restore-") })
        } else {
            for end in ["", "-wal", "-shm"] { unlink(place + end) }
            try FileManager.default.copyItem(atPath: backup, toPath: place)
        }
    }
}
