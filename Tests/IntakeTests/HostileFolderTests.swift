import Core
import Foundation
import Ledger
import Testing

@testable import Intake

@Suite struct HostileFolderTests {
    /// FAULTS 21.
    @Test func linksPipesAndTheLikeAreRefusedWithoutBlocking() throws {
        let house = try DropHouse()
        let drop = house.folder.file("drop/HR")
        try house.drop("god.md", "God")
        #expect(symlink("/etc/passwd", drop + "/link.md") == 0)
        #expect(symlink("/etc", drop + "/mappe") == 0)
        #expect(mkfifo(drop + "/pipe.md", 0o600) == 0)
        try house.folder.write("udenfor.txt", "hemmelig")
        #expect(link(house.folder.file("udenfor.txt"), drop + "/hard.txt") == 0)
        try house.drop("Sag/tekst.md", "Sag")
        #expect(symlink("/etc/passwd", drop + "/Sag/foto.png") == 0)
        house.settleAndTake()
        #expect(try house.items().map(\.name) == ["god.md"])
        #expect(try house.refusals().sorted() == ["hardLink", "notAFile", "notAFile", "notAFile", "notAFile"])
        #expect(house.names().isEmpty)
        #expect(try house.text("Afvist/link.besked.txt").contains("genvej"))
        #expect(try String(contentsOfFile: house.folder.file("udenfor.txt"), encoding: .utf8) == "hemmelig")
    }

    @Test(.enabled(if: getuid() == 0, "needs root to make a device")) func aDeviceIsRefused() throws {
        let house = try DropHouse()
        try house.drop("x.tmp", "")
        // 1:5 is /dev/zero.
        try #require(mknod(house.folder.file("drop/HR/nul.txt"), S_IFCHR | 0o600, 0x105) == 0)
        house.settleAndTake()
        #expect(try house.refusals() == ["notAFile"])
    }

    @Test func aSwapAfterTheListingIsNotFollowed() throws {
        let house = try DropHouse()
        let path = try house.drop("a.md", "Ægte")
        let folder = try OpenFolder(root: house.folder.file("drop/HR"))
        let entry = try #require(FolderEntry(folder.descriptor, EntryName("a.md")))
        try FileManager.default.removeItem(atPath: path)
        #expect(symlink("/etc/passwd", path) == 0)
        let part = Candidate.Part(path: [EntryName("a.md")], entry: entry)
        guard case .refused(let refusal) = Claim.take(part, in: folder) else {
            Issue.record("the link was followed")
            return
        }
        #expect(refusal.reason == .notAFile)
        let outside = Candidate.Part(path: [EntryName(".."), EntryName("..")], entry: entry)
        if case .claimed = Claim.take(outside, in: folder) { Issue.record("left the folder") }
    }

    @Test func aTrayThatIsALinkIsNotWrittenThrough() throws {
        let house = try DropHouse()
        try house.drop("a.md", "A")
        try house.folder.write("andetsteds/x", "")
        #expect(symlink(house.folder.file("andetsteds"), house.folder.file("drop/HR/Modtaget")) == 0)
        house.settleAndTake()
        #expect(house.names() == ["a.md"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.file("andetsteds")) == ["x"])
        #expect(try house.alarms() == ["intake HR"])
        unlink(house.folder.file("drop/HR/Modtaget"))
        house.settleAndTake()
        #expect(try house.items().count == 1 && house.alarms().isEmpty)
    }

    /// FAULTS 22.
    @Test func namesThatProgramsLeaveAreIgnoredWithoutAWord() throws {
        let house = try DropHouse()
        let names = [
            "~$x.docx", ".DS_Store", "Thumbs.db", "desktop.ini", "a.md.part", "b.tmp", "c.crdownload", ".skjult.md", "d.besked.txt",
            "e.kvittering.html",
        ]
        for name in names { try house.drop(name, "x") }
        house.settleAndTake()
        house.pass(after: .minutes(20))
        #expect(house.names() == names.sorted())
        #expect(try house.items().isEmpty && house.refusals().isEmpty && house.alarms().isEmpty)
        #expect(house.names("Afvist").isEmpty)
    }

    /// FAULTS 23.
    @Test func namesThatOnlyDifferInFormOrCaseAreBothKeptAndReported() throws {
        let house = try DropHouse()
        try house.drop("\u{C5}.md", "Sammensat")
        try house.drop("A\u{30A}.md", "Adskilt")
        try house.drop("A.md", "Stort")
        try house.drop("a.md", "Lille")
        house.settleAndTake()
        let items = try house.items()
        #expect(items.map(\.name).sorted() == ["A.md", "a.md", "\u{C5} (2).md", "\u{C5}.md"].sorted())
        #expect(Set(items.map(\.content.title)) == ["Sammensat", "Adskilt", "Stort", "Lille"])
        let receipts = house.names("Modtaget").filter { $0.hasSuffix(".html") }
        #expect(receipts.count == 4)
        for receipt in receipts { #expect(try house.text("Modtaget/" + receipt).contains("næsten det samme")) }
        #expect(house.names().isEmpty)
    }

    @Test func programsUnderATextsNameAndIntricateTextsAreRefused() throws {
        let house = try DropHouse()
        try house.drop("a.txt", [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        try house.drop("b.md", String(repeating: ">", count: 50_000))
        try house.drop("c.md", String(repeating: "*", count: 1 << 20))
        try house.drop("d.md", "T")
        try house.drop("d.png", Samples.png(width: 30_000, height: 30_000))
        house.settleAndTake()
        #expect(Set(try house.refusals()) == ["program", "tooIntricate", "tooLarge", "pictureTooLarge"])
        #expect(house.names().isEmpty)
    }

    @Test func namesThatAreNotUTF8AreTakenIn() throws {
        let house = try DropHouse()
        try house.drop("x.tmp", "")
        let path = Array(house.folder.file("drop/HR/").utf8) + [0x42, 0xE6, 0x72] + Array(".md".utf8) + [0]
        let descriptor = open(path.map { CChar(bitPattern: $0) }, O_WRONLY | O_CREAT, 0o644)
        try #require(descriptor >= 0)
        #expect(writeAll(descriptor, Array("Bær".utf8)))
        close(descriptor)
        house.settleAndTake()
        #expect(try house.items().first?.content.title == "Bær")
        #expect(house.names() == ["x.tmp"])
    }
}
