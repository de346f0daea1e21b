import Core
import Foundation
import TestKit
import Testing

/// FAULTS 21–26 on the real daemon: what lies in a drop folder and must not be taken in, or not as it stands.
@Suite struct HostileDropTests {
    private static let secret = "rodens-hemmelighed"

    private static func reasons(_ daemon: Daemon) -> [String] {
        daemon.logText.split(separator: "\n").filter { $0.contains("refused a file") }.compactMap { $0.split(separator: "REASON=").last }
            .map(String.init).sorted()
    }

    /// FAULTS 21.
    @Test func linksPipesAndTheLikeAreRefusedAndLogged() throws {
        let house = try Installation()
        try house.drop("HR/x.tmp", "")
        let drop = house.path + "/drop/HR"
        try house.write("hemmelig.txt", "\(Self.secret)\n\nTekst.\n")
        #expect(symlink(house.path + "/hemmelig.txt", drop + "/link.md") == 0)
        #expect(symlink(house.path, drop + "/mappe") == 0)
        #expect(mkfifo(drop + "/rør.md", 0o600) == 0)
        #expect(link(house.path + "/hemmelig.txt", drop + "/hård.txt") == 0)
        try house.drop("HR/Sag/tekst.md", "Sag\n\nTekst.\n")
        #expect(symlink(house.path + "/hemmelig.txt", drop + "/Sag/foto.png") == 0)
        // A name that leads out of the folder, in a header and with Windows' separators.
        try house.drop("HR/sti.md", "Titel: Sti\nBillede: ../../hemmelig.txt\n\nTekst.\n")
        try house.drop("HR/a\\..\\..\\b.md", "Et navn med streger\n\nTekst.\n")
        var expected = ["hardLink", "notAFile", "notAFile", "notAFile", "notAFile"]
        if getuid() == 0 {
            #expect(mknod(drop + "/enhed.txt", S_IFCHR | 0o600, 0x105) == 0)
            expected.append("notAFile")
        }
        let daemon = try Daemon(house)
        #expect(eventually { Self.reasons(daemon).count == expected.count }, "\(daemon.logText)")
        try house.passes()
        #expect(Self.reasons(daemon) == expected)
        #expect(house.left().sorted() == ["sti.md", "x.tmp"], "a picture that may still come is waited for")
        #expect(try !house.items().contains { ($0["title"] as? String)?.contains(Self.secret) == true })
        #expect(try house.text("hemmelig.txt").contains(Self.secret))
        #expect(try house.names().filter { !$0.hasPrefix("prøve") } == ["a\\..\\..\\b.md"])
        #expect(try house.alarms().isEmpty)
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 21: files that have settled become links while the daemon is at work on them.
    @Test func aSwapAfterTheCheckLeadsNowhere() throws {
        let house = try Installation()
        try house.write("hemmelig.txt", "\(Self.secret)\n\nTekst.\n")
        let names = (0..<400).map { "s-\($0).md" }
        for name in names { try house.drop("HR/" + name, "Nyhed \(name)\n\nTekst.\n") }
        let daemon = try Daemon(house)
        #expect(eventually { !house.files("drop/HR/Modtaget").isEmpty }, "\(daemon.logText)")
        for name in names.reversed() {
            let path = house.path + "/drop/HR/" + name
            // The link is made aside and renamed over the file, so that there is no moment without one.
            guard access(path, F_OK) == 0, symlink(house.path + "/hemmelig.txt", path + ".tmp") == 0 else { continue }
            rename(path + ".tmp", path)
        }
        #expect(eventually { house.left().isEmpty }, "\(house.left()) \(daemon.logText.suffix(2_000))")
        #expect(Self.reasons(daemon).contains("notAFile"), "no swap came in time")
        #expect(try !house.items().contains { ($0["title"] as? String)?.contains(Self.secret) == true })
        let received = house.files("drop/HR/Modtaget").filter { $0.hasSuffix(".html") }
        for name in received { #expect(try !house.text("drop/HR/Modtaget/" + name).contains(Self.secret)) }
        #expect(try house.text("hemmelig.txt").contains(Self.secret))
    }

    /// FAULTS 22.
    @Test func whatProgramsLeaveBehindIsPassedOverWithoutAWord() throws {
        let house = try Installation()
        let names = ["~$x.docx", ".DS_Store", "Thumbs.db", "a.md.part", "desktop.ini", "b.tmp"]
        for name in names { try house.drop("HR/" + name, "x") }
        let daemon = try Daemon(house)
        try house.passes()
        #expect(house.left() == names.sorted())
        #expect(house.files("drop/HR/Afvist").isEmpty)
        #expect(try house.alarms().isEmpty)
        for name in names { #expect(!daemon.logText.contains(name), "\(name)") }
    }

    /// FAULTS 23.
    @Test func namesOfOneLookAreBothKeptAndReported() throws {
        let house = try Installation()
        try house.drop("HR/\u{C5}.md", "Sammensat\n\nTekst.\n")
        try house.drop("HR/A\u{30A}.md", "Adskilt\n\nTekst.\n")
        try house.drop("HR/A.md", "Stort\n\nTekst.\n")
        try house.drop("HR/a.md", "Lille\n\nTekst.\n")
        let daemon = try Daemon(house)
        #expect(try eventually { try house.items().count == 4 && house.left().isEmpty }, "\(daemon.logText)")
        #expect(Set(try house.items().compactMap { $0["title"] as? String }) == ["Sammensat", "Adskilt", "Stort", "Lille"])
        let receipts = house.files("drop/HR/Modtaget").filter { $0.hasSuffix(".kvittering.html") }
        #expect(receipts.count == 4)
        for receipt in receipts { #expect(try house.text("drop/HR/Modtaget/" + receipt).contains("næsten det samme"), "\(receipt)") }
        #expect(daemon.logText.contains("two files of nearly the same name"))
    }

    /// FAULTS 24.
    @Test func theSameContentTwiceIsOneItem() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        try house.drop("HR/a.md", "Samme historie\n\nTekst.\n")
        #expect(eventually { house.files("drop/HR/Modtaget").contains("a.kvittering.html") }, "\(daemon.logText)")
        try house.drop("Direktionen/b.md", "Samme historie\n\nTekst.\n")
        let receipt = "drop/Direktionen/Modtaget/b.kvittering.html"
        #expect(eventually { FileManager.default.fileExists(atPath: house.path + "/" + receipt) }, "\(daemon.logText)")
        #expect(try house.items().count == 1)
        #expect(try house.text(receipt).contains("HR/a.md"))
    }

    /// FAULTS 25, without the picture.
    @Test(.enabled(if: Oracle.hasPython("zipfile") && Oracle.hasProgram("/usr/bin/pandoc"), "needs Python and pandoc"))
    func bombsAndProgramsAreRefusedWithinBounds() throws {
        let house = try Installation()
        try house.drop("HR/x.tmp", "")
        // A gigabyte of blanks in a megabyte, under Word's names.
        let script = """
            import sys, zipfile
            with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("[Content_Types].xml", "<Types/>")
                with archive.open("word/document.xml", "w", force_zip64=True) as part:
                    for _ in range(1024): part.write(b" " * (1 << 20))
            """
        let made = try ChildProcess.run(Oracle.python, ["-c", script, house.path + "/drop/HR/bombe.docx"])
        try #require(made.status == 0, "\(made.errorText)")
        try house.folder.write("house/drop/HR/program.txt", Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true"))))
        let daemon = try Daemon(house)
        let before = try daemon.usage()
        #expect(eventually { Self.reasons(daemon).count == 2 }, "\(daemon.logText)")
        #expect(Self.reasons(daemon) == ["documentTooHeavy", "program"])
        for name in ["bombe", "program"] { #expect(try !house.text("drop/HR/Afvist/\(name).besked.txt").isEmpty) }
        let after = try daemon.usage()
        #expect(after.peakMemory - before.peakMemory < 100 << 20, "\(after.peakMemory >> 20) MB")
        #expect(after.processorTime - before.processorTime < 10, "\(after.processorTime) s")
        try house.passes()
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 26: processor time, which a loaded machine does not change; this is a debug build, some ten times slower than the real one.
    @Test func patheticTextsTakeNoTime() throws {
        let house = try Installation()
        let texts = [
            "a.md": String(repeating: "[", count: 50_000) + "x" + String(repeating: "](y)", count: 50_000),
            "b.md": String(repeating: ">", count: 50_000) + " x", "c.md": String(repeating: "*", count: 1 << 20),
            "d.md": "Titel\n\n" + String(repeating: "*a _b ", count: 30_000),
            "e.md": "Titel\n\n" + String(repeating: "`a``", count: 40_000),
            "f.md": "Titel\n\n" + String(repeating: "<a href=\"", count: 20_000),
            "g.txt": "Titel\n\n" + String(repeating: "*", count: 1 << 20),
            "h.md": "Titel\n\n" + String(repeating: "- ", count: 60_000) + "x",
            "i.md": "Titel\n\n|" + String(repeating: "a|", count: 20_000) + "\n|" + String(repeating: "-|", count: 20_000) + "\n",
        ]
        let daemon = try Daemon(house)
        try house.passes()
        let before = try daemon.usage()
        for (name, text) in texts { try house.drop("HR/" + name, text) }
        #expect(eventually { house.left().isEmpty }, "\(house.left()) \(daemon.logText.suffix(3_000))")
        let spent = try daemon.usage().processorTime - before.processorTime
        #expect(spent < 10 * Double(texts.count), "\(spent) s of processor time")
        let dealt = try house.names().filter { texts[$0] != nil }.count + Self.reasons(daemon).count
        #expect(dealt == texts.count, "\(Self.reasons(daemon))")
        #expect(try house.alarms().isEmpty)
        try house.passes()
    }
}

extension Daemon {
    /// Its processor time in seconds and the most memory that was resident, in bytes (proc(5)).
    func usage() throws -> (processorTime: Double, peakMemory: Int) {
        let statistics = try String(contentsOfFile: "/proc/\(process.identifier)/stat", encoding: .utf8)
        let fields = statistics.split(separator: ")").last?.split(separator: " ") ?? []
        // utime and stime are the fields 14 and 15; the name in parentheses is the second.
        let ticks = try [11, 12].map { try #require(Double(fields[$0])) }.reduce(0, +)
        let status = try String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
        let peak = try #require(status.firstMatch(of: /VmHWM:\s*(\d+) kB/).flatMap { Int($0.1) })
        return (ticks / Double(sysconf(Int32(_SC_CLK_TCK))), peak << 10)
    }
}
