import Core
import Foundation
import Ledger
import TestKit
import Testing

/// FAULTS 6: a ledger that is not what SQLite wrote is not sent from, and whoever reads the log is told how to restore.
@Suite struct LedgerDamageTests {
    /// Ways to spoil a file, each from its bytes.
    enum Spoiling: String, CaseIterable, Sendable { case header, rootPage, lateTable, truncated, emptied }

    private func spoil(_ file: String, _ how: Spoiling) throws {
        let url = URL(fileURLWithPath: file)
        var bytes = try Data(contentsOf: url)
        switch how {
        case .header: bytes.replaceSubrange(0..<64, with: Data(repeating: 0xA5, count: 64))
        case .rootPage: bytes.replaceSubrange(4096..<8192, with: Data(repeating: 0x5A, count: 4096))
        case .lateTable: bytes.replaceSubrange((bytes.count - 8192)..<(bytes.count - 100), with: Data(repeating: 0xFF, count: 8092))
        case .truncated: bytes.removeLast(3 * 4096)
        case .emptied: bytes.replaceSubrange(100..<bytes.count, with: Data(repeating: 0, count: bytes.count - 100))
        }
        try bytes.write(to: url)
    }

    /// A house with a released edition of which nothing has been sent, its ledger in one file.
    private func house() throws -> (Installation, backup: String) {
        let house = try DiskFaultTests.house()
        #expect(try house.command("run", DiskFaultTests.publication, "--yes").status == 0)
        let backup = house.folder.file("backup.sqlite")
        #expect(try house.command("backup", backup).status == 0)
        // What a backup is: whole, without a log.
        for name in ["ledger.sqlite-wal", "ledger.sqlite-shm"] { unlink(house.path + "/state/" + name) }
        let place = house.path + "/state/ledger.sqlite"
        unlink(place)
        try FileManager.default.copyItem(atPath: backup, toPath: place)
        return (house, backup)
    }

    @Test func aDamagedLedgerIsNotSentFromAndARestoreMendsIt() throws {
        let (house, backup) = try house()
        for how in Spoiling.allCases {
            let broken = try Installation(copyOf: house)
            try spoil(broken.path + "/state/ledger.sqlite", how)
            let outcome = try broken.command("serve")
            #expect(outcome.status == 1, "\(how): \(outcome.errorText)")
            #expect(outcome.errorText.contains("budstikke restore FILE"), "\(how): \(outcome.errorText)")
            #expect(DiskFaultTests.mails(broken).isEmpty, "\(how)")
            let restore = try broken.command("restore", backup)
            #expect(restore.status == 0 && restore.outputText.contains("The former one is kept"), "\(how): \(restore.errorText)")
            #expect(try broken.command("status").status == 0)
        }
    }

    /// Damage that comes while the service runs: it ends, and no later start goes past it.
    @Test func damageThatIsMetWhileRunningEndsTheService() throws {
        let (house, backup) = try house()
        let daemon = try Daemon(house)
        #expect(eventually { DiskFaultTests.mails(house).count == DiskFaultTests.recipients }, "\(daemon.logText)")
        // The log first, so that what is overwritten below is read again and not found in the log.
        #expect(daemon.terminate() == 0)
        let again = try Daemon(house)
        let place = house.path + "/state/ledger.sqlite"
        let size = try #require((try FileManager.default.attributesOfItem(atPath: place))[.size] as? Int)
        let handle = try #require(FileHandle(forWritingAtPath: place))
        for page in 1..<(size / 4096) {
            try handle.seek(toOffset: UInt64(page * 4096))
            try handle.write(contentsOf: Data(repeating: 0x5A, count: 4096))
        }
        // A change makes each connection forget what it has read before.
        for number in 0..<20 where !again.process.hasEnded {
            try house.drop("HR/nyt-\(number).txt", "Nyt \(number)\n\nTekst.\n")
            _ = try house.command("status")
        }
        let code = try #require(again.end(), "\(again.logText)")
        #expect(code == 1 && again.logText.contains("budstikke restore FILE"), "\(again.logText)")
        let start = try house.command("serve")
        #expect(start.status == 1 && start.errorText.contains("budstikke restore FILE"), "\(start.errorText)")
        #expect(try house.command("restore", backup).status == 0)
    }
}
