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
