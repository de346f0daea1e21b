import Core
import Foundation
import TestKit
import Testing

/// The units, the nightly backup and what else lies in `systemd/`, by the tools of those who will read them. The package itself is
/// tried by `.ci/package-test`.
@Suite struct PackagingTests {
    private static let folder = Oracle.root + "/systemd"
    private static let analyze = "/usr/bin/systemd-analyze"
    private static let units = ["budstikke.service", "budstikke.socket", "budstikke-backup.service", "budstikke-backup.timer"]

    /// The units in a folder, with the built program in place of the installed one.
    private func copies() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in Self.units {
            let text = try String(contentsOfFile: Self.folder + "/" + name, encoding: .utf8)
            try folder.write(
                name,
                text.replacing("/usr/bin/budstikke", with: Installation.program).replacing(
                    "/usr/libexec/budstikke", with: Self.folder))
        }
        return folder
    }

    @Test(.enabled(if: Oracle.hasProgram(analyze), "needs systemd-analyze"))
    func systemdTakesTheUnits() throws {
        let folder = try copies()
        let verified = try ChildProcess.run(Self.analyze, ["verify", "--man=no"] + Self.units.map(folder.file))
        // Of its own units it may complain; of ours it must not.
        let complaints = verified.errorText.split(separator: "\n").filter { $0.contains("budstikke") }
        #expect(complaints.isEmpty, "\(verified.errorText)")
    }

    @Test(.enabled(if: Oracle.hasProgram(analyze), "needs systemd-analyze"), arguments: ["budstikke.service", "budstikke-backup.service"])
    func theUnitIsShutIn(name: String) throws {
        // The service has to be online; the backup has no business there.
        let limit = name == "budstikke.service" ? 1.5 : 1.0
        let outcome = try ChildProcess.run(Self.analyze, ["security", "--offline=true", "--no-pager", "\(Self.folder)/\(name)"])
        let exposure = try #require(outcome.outputText.firstMatch(of: /exposure level for .*: ([0-9.]+)/), "\(outcome.errorText)")
        #expect(try #require(Double(exposure.1)) <= limit, "\(outcome.outputText)")
    }

    /// What the service may reach besides: nothing that is not its own.
    @Test func nothingElseMayBeWritten() throws {
        let unit = try String(contentsOfFile: Self.folder + "/budstikke.service", encoding: .utf8)
        #expect(!unit.split(separator: "\n").contains { $0.hasPrefix("ReadWritePaths=") })
        for line in ["Type=notify", "WatchdogSec=60", "RestartPreventExitStatus=2 78", "ProtectSystem=strict", "StateDirectory=budstikke"] {
            #expect(unit.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func theNightlyBackupIsWholeAndOldOnesGo() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        for old in ["2020-01-01", "2020-01-02"] { try house.write("state/backup/\(old)/ledger.sqlite", "old") }
        try house.write("state/backup/kept by hand/ledger.sqlite", "kept")
        var times = [timeval(tv_sec: 1_600_000_000, tv_usec: 0), timeval(tv_sec: 1_600_000_000, tv_usec: 0)]
        for name in ["2020-01-01", "2020-01-02", "kept by hand"] { #expect(utimes(house.path + "/state/backup/" + name, &times) == 0) }
        func backUp() throws -> ChildProcess.Outcome {
            try ChildProcess.run(
                Self.folder + "/nightly-backup", [house.configuration, house.path + "/state/backup"],
                environment: ["PATH": "/usr/bin:/bin", "BUDSTIKKE": Installation.program])
        }
        for _ in 0..<2 {
            let made = try backUp()
            #expect(made.status == 0, "\(made.errorText)")
        }
        let nights = try FileManager.default.contentsOfDirectory(atPath: house.path + "/state/backup").sorted()
        #expect(nights.count == 2 && nights.contains("kept by hand"), "\(nights)")
        let night = house.path + "/state/backup/" + (try #require(nights.first))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: night).sorted() == ["configuration.tar.gz", "ledger.sqlite", "token.key"])
        #expect(
            FileManager.default.contents(atPath: night + "/token.key")
                == FileManager.default.contents(atPath: house.path + "/state/token.key"))
        #expect(daemon.terminate() == 0)
        let back = try house.command("restore", night + "/ledger.sqlite")
        #expect(back.status == 0, "\(back.errorText)")
        // Without a ledger to copy the former nights stay.
        try FileManager.default.removeItem(atPath: house.configuration)
        #expect(try backUp().status != 0)
        #expect(FileManager.default.fileExists(atPath: night + "/ledger.sqlite"))
    }

    /// Every script of the packaging is one for its shell.
    @Test func theScriptsAreScripts() throws {
        for (shell, name) in [
            ("/bin/sh", "systemd/nightly-backup"), ("/bin/sh", "systemd/debian/budstikke.postrm"),
            ("/bin/sh", "systemd/debian/budstikke.prerm"), ("/bin/bash", "systemd/package"),
            ("/bin/bash", ".ci/package-test"),
        ] {
            let outcome = try ChildProcess.run(shell, ["-n", Oracle.root + "/" + name])
            #expect(outcome.status == 0, "\(outcome.errorText)")
        }
    }
}
