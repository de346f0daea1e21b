import Core
import Foundation
import TestKit
import Testing

/// FAULTS 20 and the manners of NFS and SMB on the real daemon, over a FUSE file system that stands in for them: see `Oracles/share.py`
/// for what it cannot do. It sends no inotify events.
@Suite(.enabled(if: Share.isPossible, "needs fuse: /dev/fuse, fuse3, libfuse2 and fusepy")) struct ShareFaultTests {
    private static func edition(_ house: Installation, _ title: String) throws {
        let before = house.files("outbox").filter { $0.hasSuffix(".eml") }.count
        let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
        try #require(run.status == 0, "\(run.errorText)")
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == before + 28 })
    }

    @Test func aShareThatHangsHoldsUpNothingElse() throws {
        let house = try Share.house()
        let share = try Share(house)
        let daemon = try Daemon(house)
        try share.put("HR/A.md", "Før\n\nDelen svarer.\n")
        #expect(try eventually { try house.names() == ["A.md"] }, "\(daemon.logText)")

        try share.behave("hang")
        #expect(try eventually { try house.alarms().contains("drop-unresponsive") }, "\(daemon.logText)")
        try share.put("HR/B.md", "Efter\n\nDelen svarer igen.\n")
        try Self.edition(house, "Før")
        #expect(String(decoding: try ServiceTests.get(daemon, "/feeds/infoskaerm.json").body, as: UTF8.self).contains("Før"))
        #expect(String(decoding: try ServiceTests.get(daemon, "/healthz").body, as: UTF8.self).isEmpty == false)
        // A reload leaves the thread that hangs to itself, and its successor keeps away from the folder.
        daemon.process.signal(SIGHUP)
        #expect(try eventually { try house.alarms().contains("drop-folder") }, "\(daemon.logText)")
        #expect(daemon.logText.contains("a pass does not end") && !daemon.logText.contains("the former settings stay"))

        try share.behave("")
        #expect(try eventually { try house.names() == ["A.md", "B.md"] }, "\(daemon.logText)")
        #expect(try eventually { try house.alarms().isEmpty }, "\(daemon.logText)")
        #expect(share.lies("HR/Modtaget/A.md") && eventually { share.lies("HR/Modtaget/B.kvittering.html") })

        try share.behave("hang")
        #expect(try eventually { try house.alarms().contains("drop-unresponsive") })
        // All stages end in time. The kernel ends no process that waits for a FUSE server's answer (for NFS and SMB it does): so much
        // can be seen here, and the process's own end when the server answers.
        daemon.process.signal(SIGTERM)
        #expect(eventually(within: .seconds(50)) { daemon.logText.contains("supervisor: stopped") }, "\(daemon.logText)")
        try share.behave("")
        #expect(daemon.terminate() == 0, "\(daemon.logText)")
        try share.behave("hang")
        // Nor does it keep the daemon from its start.
        let second = try Daemon(house)
        #expect(try eventually { try house.alarms().contains("drop-unresponsive") }, "\(second.logText)")
        try share.behave("")
        #expect(try eventually { try house.alarms().isEmpty }, "\(second.logText)")
        #expect(second.terminate() == 0)
    }

    /// The server gives errors, is gone, and is mounted again.
    @Test func aShareThatGoesAwayLosesNothing() throws {
        let house = try Share.house()
        let share = try Share(house)
        let daemon = try Daemon(house)
        try share.put("HR/A.md", "Først\n\nTekst.\n")
        #expect(try eventually { try house.names() == ["A.md"] }, "\(daemon.logText)")
        for word in ["eio", "estale", "enotconn"] {
            try share.behave(word)
            #expect(try eventually { try house.alarms().contains("drop-folder") }, "\(word): \(daemon.logText)")
            try share.behave("")
            #expect(try eventually { try house.alarms().isEmpty }, "\(word): \(daemon.logText)")
        }
        share.unmount()
        #expect(try eventually { try house.alarms().contains("drop-folder") }, "\(daemon.logText)")
        try Self.edition(house, "Først")
        #expect(house.files("share").isEmpty, "nothing is made in the mount point")
        try share.put("HR/B.md", "Siden\n\nTekst.\n")
        try share.mount()
        #expect(try eventually { try house.names() == ["A.md", "B.md"] }, "\(daemon.logText)")
        #expect(try eventually { try house.alarms().isEmpty }, "\(daemon.logText)")
        #expect(try house.items().allSatisfy { $0["state"] as? String == "accepted" })
        #expect(daemon.terminate() == 0)
    }

    /// FIELD 5: each file once, whatever the share says of it.
    @Test(arguments: ["", "stale=1", "renamefails", "nfd", "folds", "nfd folds stale=1 renamefails"])
    func theMannersOfSharesAreBorne(_ manners: String) throws {
        let house = try Share.house()
        let share = try Share(house)
        try share.behave(manners)
        let daemon = try Daemon(house)
        let names = ["Ærø og Åbenrå.md", "nyt.txt", "Ny cykelsti.md", "b.md", "c.md"]
        for (number, name) in names.enumerated() { try share.put("HR/" + name, "Nyhed \(number) på øen\n\nTekst \(number).\n") }
        #expect(try eventually { try house.names().count == names.count }, "\(daemon.logText)")
        #expect(try Set(house.names()) == Set(names))
        for name in names {
            let stem = String(name.prefix { $0 != "." })
            #expect(eventually { share.lies("HR/Modtaget/" + name) && share.lies("HR/Modtaget/\(stem).kvittering.html") }, "\(name)")
            #expect(!share.lies("HR/" + name))
        }
        // Replaced, and taken back through its tray.
        try share.put("HR/nyt.txt", "Nyhed 1 på ny\n\nTekst.\n")
        #expect(try eventually { try house.items().contains { $0["title"] as? String == "Nyhed 1 på ny" } }, "\(daemon.logText)")
        try share.put("HR/Tilbagetræk/nyt.txt", "x")
        #expect(
            try eventually { try house.items().contains { $0["name"] as? String == "nyt.txt" && $0["state"] as? String == "withdrawn" } },
            "\(daemon.logText)")
        #expect(try house.names().count == names.count)
        #expect(try eventually { try house.alarms().isEmpty }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
    }

    /// SMB may show the whole size before the bytes are there; NFS the size of some seconds ago.
    @Test func aFileThatIsNotAllThereYetWaits() throws {
        let house = try Share.house()
        let share = try Share(house)
        try share.behave("early=tidlig stale=1")
        var daemon = try Daemon(house)
        try share.put("HR/tidlig.txt", "Kun halvdelen er kommet\n\nHer er")
        try house.passes("HR", in: "server")
        #expect(try !house.names().contains("tidlig.txt"))
        daemon.kill()
        daemon = try Daemon(house)
        try house.passes("HR", in: "server")
        #expect(try !house.names().contains("tidlig.txt") && share.lies("HR/tidlig.txt"))
        try share.put("HR/tidlig.txt", "Hele filen er kommet\n\nHer er resten.\n")
        try share.behave("stale=1")
        #expect(try eventually { try house.items().contains { $0["title"] as? String == "Hele filen er kommet" } }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
    }

    /// One source's folder without rights does not stop the others (as another user than root sees it: a file stands in its place).
    @Test func oneSourceThatCannotBeUsedLeavesTheOthersAlone() throws {
        let house = try Share.house()
        let share = try Share(house)
        try share.put("Direktionen", "en fil, hvor der skulle være en mappe")
        let daemon = try Daemon(house)
        try share.put("HR/A.md", "Nyt\n\nTekst.\n")
        #expect(try eventually { try house.names() == ["A.md"] }, "\(daemon.logText)")
        #expect(try house.alarms() == ["intake"])
        try FileManager.default.removeItem(atPath: house.path + "/server/Direktionen")
        #expect(try eventually { try house.alarms().isEmpty })
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 5, the drop folder's disk: the original stays until its writer can be told, and all goes on when there is room.
    @Test func aFullDropFolderKeepsTheOriginals() throws {
        let house = try Share.house()
        let share = try Share(house)
        let daemon = try Daemon(house)
        try house.passes("HR", in: "server")
        try share.behave("enospc")
        let before = try house.names().count
        try share.put("HR/A.md", "Nyt\n\nTekst.\n")
        try share.put("HR/B.md", "CPR 010170-1234\n\nTekst.\n")
        #expect(try eventually { try house.alarms().contains("intake") }, "\(daemon.logText)")
        #expect(share.lies("HR/A.md") && share.lies("HR/B.md"))
        #expect(String(decoding: try ServiceTests.get(daemon, "/feeds/infoskaerm.json").body, as: UTF8.self).contains("Prøve"))
        try share.behave("")
        #expect(eventually { share.lies("HR/Modtaget/A.kvittering.html") && share.lies("HR/Afvist/B.besked.txt") }, "\(daemon.logText)")
        #expect(try eventually { try house.alarms().isEmpty })
        #expect(try house.names().count == before + 1)
        #expect(daemon.terminate() == 0)
    }
}
