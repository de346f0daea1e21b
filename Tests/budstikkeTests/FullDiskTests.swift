import Core
import Foundation
import TestKit
import Testing

/// FAULTS 5 on the real daemon, with its state on a small disk of its own; the drop folder's is in ShareFaultTests.
@Suite(
    .enabled(
        if: getuid() == 0 && Oracle.hasProgram("/usr/bin/unshare", "/usr/bin/nsenter", "/bin/mount")
            && (try? ChildProcess.run("/usr/bin/unshare", ["-m", "/bin/true"]))?.status == 0, "needs root and mount namespaces")
)
struct FullDiskTests {
    @Test func intakePausesAndEverythingElseGoesOn() throws {
        let house = try Installation()
        try FileManager.default.createDirectory(atPath: house.path + "/state", withIntermediateDirectories: true)
        let script = #"mount --make-rprivate / && mount -t tmpfs -o size=16m,mode=700 state "$0" && exec "$@""#
        let daemon = try Daemon(house, behind: ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, house.path + "/state"])
        let inside = "/proc/\(daemon.process.identifier)/root" + house.path
        func command(_ words: String...) throws -> ChildProcess.Outcome {
            try ChildProcess.run(
                "/usr/bin/nsenter",
                ["-m", "-t", "\(daemon.process.identifier)", Installation.program] + words + ["--config", house.configuration],
                limit: .minutes(2))
        }
        func alarms() throws -> String { try command("status").outputText.split(separator: "\n").filter { $0.hasPrefix("ALARM") }.joined() }

        try house.drop("HR/A.md", "Før\n\nTekst.\n")
        #expect(eventually { house.files("drop/HR/Modtaget").contains("A.kvittering.html") }, "\(daemon.logText)")
        try Self.fill(inside + "/state/fyld")
        let titles = (0..<40).map { "Mens disken er fuld \($0)" }
        for (number, title) in titles.enumerated() {
            try house.drop("HR/B\(number).md", "\(title)\n\n\(String(repeating: "Ord. ", count: 2_000))\n")
        }
        #expect(try eventually { try alarms().contains("room on the disk") }, "\(daemon.logText)")
        #expect(house.left().count == titles.count, "the originals stay")
        #expect(String(decoding: try ServiceTests.get(daemon, "/feeds/infoskaerm.json").body, as: UTF8.self).contains("Før"))
        #expect(try command("items").outputText.contains("Før"))

        unlink(inside + "/state/fyld")
        #expect(eventually { house.left().isEmpty }, "\(daemon.logText)")
        #expect(try eventually { try alarms().isEmpty }, "\(daemon.logText)")
        let items = try command("items", "--limit", "100").outputText
        for title in titles { #expect(items.contains(title)) }
        #expect(try command("run", "direktionens-nyhedsbrev", "--yes").status == 0)
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 28 }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
    }

    /// Writes until there is no more room.
    private static func fill(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0, "\(errnoText())")
        defer { close(descriptor) }
        for size in [1 << 20, 4_096, 1] {
            let bytes = [UInt8](repeating: 0x78, count: size)
            while write(descriptor, bytes, bytes.count) > 0 {}
        }
        try #require(errno == ENOSPC, "\(errnoText())")
    }
}
