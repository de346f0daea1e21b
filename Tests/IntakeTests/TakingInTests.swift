import Core
import Foundation
import Ledger
import Testing

@testable import Intake

@Suite struct TakingInTests {
    @Test func aTextWithItsPictureBecomesAnItemWithAReceipt() throws {
        let house = try DropHouse()
        try house.drop("Ny cykelsti.md", "Titel: Ny cykelsti\n\nPå mandag åbner stien.")
        try house.drop("Ny cykelsti.png", Samples.png())
        house.settleAndTake()
        #expect(house.names().isEmpty)
        #expect(house.names("Modtaget") == ["Ny cykelsti.kvittering.html", "Ny cykelsti.md", "Ny cykelsti.png"])
        let item = try #require(try house.items().first)
        #expect(item.name == "Ny cykelsti.md" && item.source == "HR" && item.content.title == "Ny cykelsti")
        let picture = try #require(item.content.picture)
        #expect(try house.ledger.picture(picture.digest)?.width == 2)
        let receipt = try house.text("Modtaget/Ny cykelsti.kvittering.html")
        #expect(receipt.contains("pictures: 1") && receipt.contains("HR-nyt") && receipt.contains("Billedet mangler en beskrivelse"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.file("state/spool")).isEmpty)
        #expect(try house.alarms().isEmpty)
    }

    /// Thousands of files in one folder keep nobody waiting in another.
    @Test func aSourceTakesItsTurn() throws {
        let house = try DropHouse(sources: ["HR", "Teknik"]) { $0.turn = .milliseconds(0) }
        for number in 1...3 { try house.drop("nyt-\(number).md", "Nyt \(number)\n\nTekst.") }
        try house.drop("sti.md", "Ny sti\n\nTekst.", source: "Teknik")
        try house.drop("tal.xlsx", "PK")
        _ = house.stage.step()
        house.clock.advance(by: DropHouse.settle)
        #expect(house.stage.step() == house.clock.now(), "the next pass comes at once")
        #expect(house.names() == ["nyt-2.md", "nyt-3.md", "tal.xlsx"] && house.names(source: "Teknik").isEmpty)
        #expect(try house.ledger.waitingFiles(of: "HR").count == 3)
        while house.stage.step() == house.clock.now() {}
        #expect(try house.names().isEmpty && house.items().map(\.name) == ["nyt-1.md", "sti.md", "nyt-2.md", "nyt-3.md"])
        #expect(try house.refusals().count == 1 && house.ledger.waitingFiles().isEmpty)
    }

    @Test func aSubfolderIsOneItem() throws {
        let house = try DropHouse()
        try house.drop("Møde/tekst.md", "Billede: b.png\n\nMøde i udvalget\n\nVi ses ![stole](a.png)")
        try house.drop("Møde/a.png", Samples.png(grey: 40))
        try house.drop("Møde/b.png", Samples.png(grey: 120))
        try house.drop("Møde/c.png", Samples.png(grey: 220))
        try house.drop("Møde/Thumbs.db", "x")
        try FileManager.default.createDirectory(atPath: house.folder.file("drop/HR/Ny mappe"), withIntermediateDirectories: true)
        house.settleAndTake()
        let item = try #require(try house.items().first)
        #expect(item.name == "Møde" && item.content.pictures.count == 2)
        #expect(house.names() == ["Ny mappe"])
        #expect(house.names("Modtaget/Møde") == ["Thumbs.db", "a.png", "b.png", "c.png", "tekst.md"])
        let receipt = try house.text("Modtaget/Møde.kvittering.html")
        #expect(receipt.contains("pictures: 2") && receipt.contains("‘c.png’ bliver ikke vist"))
    }

    @Test func aPictureThatTheHeaderNamesIsFetchedAndWaitedFor() throws {
        let house = try DropHouse()
        try house.drop("a.txt", "Billede: foto.png\n\nTitlen\n\nTekst.")
        house.settleAndTake()
        #expect(try house.items().isEmpty && house.names() == ["a.txt"])
        try house.drop("Foto.png", Samples.png())
        house.settleAndTake()
        #expect(try house.items().first?.content.picture != nil)
        #expect(house.names("Modtaget") == ["Foto.png", "a.kvittering.html", "a.txt"])
    }

    @Test func whatNeverCompletesIsRefusedWhenPatienceEnds() throws {
        let house = try DropHouse()
        try house.drop("alene.png", Samples.png())
        try house.drop("tom.txt", "")
        try house.drop("uden.md", "T\n\n![x](mangler.png)")
        try house.drop("halv.txt", Array("Halv".utf8) + [0, 0])
        house.settleAndTake()
        #expect(house.names().count == 4)
        house.pass(after: .minutes(10))
        #expect(house.names().isEmpty)
        #expect(Set(try house.refusals()) == ["pictureWithoutText", "emptyFile", "pictureMissing", "unfinished"])
        #expect(try house.text("Afvist/alene.besked.txt").contains("uden en tekst"))
    }

    @Test func theSameNameReplacesAndTilbagetrækWithdraws() throws {
        let house = try DropHouse()
        try house.drop("Nyt.md", "Første")
        house.settleAndTake()
        try house.drop("Nyt.md", "Anden")
        house.settleAndTake()
        let item = try #require(try house.items().last)
        #expect(item.version == 2 && item.content.title == "Anden")
        #expect(house.names("Modtaget") == ["Nyt (2).kvittering.html", "Nyt (2).md", "Nyt.kvittering.html", "Nyt.md"])
        // A manager takes the file that lies in Modtaget, whatever number it got.
        try FileManager.default.moveItem(
            atPath: house.folder.file("drop/HR/Modtaget/Nyt (2).md"), toPath: house.folder.file("drop/HR/Tilbagetræk/Nyt (2).md"))
        house.settleAndTake()
        #expect(try house.ledger.item(item.id)?.state == .withdrawn)
        #expect(house.names("Tilbagetræk").isEmpty)
        #expect(try house.text("Modtaget/Nyt (2) (2).besked.txt").contains("trukket tilbage"))
        try house.drop("Tilbagetræk/Ukendt.md", "x")
        house.settleAndTake()
        #expect(try house.text("Afvist/Ukendt.besked.txt").contains("Vi fandt ingen nyhed"))
    }

    /// FAULTS 24.
    @Test func theSameContentTwiceIsOneItem() throws {
        let house = try DropHouse(sources: ["HR", "Teknik"])
        try house.drop("a.md", "Samme historie")
        house.settleAndTake()
        try house.drop("b.md", "Samme historie", source: "Teknik")
        house.settleAndTake()
        #expect(try house.items().count == 1)
        #expect(try house.text("Modtaget/b.kvittering.html", source: "Teknik").contains("allerede taget ind som ‘HR/a.md’"))
    }

    @Test func notesOpenWellInNotepad() throws {
        let house = try DropHouse()
        try house.drop("a.xlsx", "PK")
        house.settleAndTake()
        let bytes = try #require(FileManager.default.contents(atPath: house.folder.file("drop/HR/Afvist/a.besked.txt")))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("‘xlsx’") && text.contains("mappen HR") && !text.replacing("\r\n", with: "").contains("\n"))
        #expect(house.names("Afvist") == ["a.besked.txt", "a.xlsx"])
    }

    /// FAULTS 29, in the name; the note, the moved file, the audit trail and the alarms do not repeat it.
    @Test func aPersonalNumberInANameIsMaskedEverywhere() throws {
        let house = try DropHouse()
        try house.drop("Sag 010170-1234.md", "Tekst")
        try house.drop("b.md", "T\n\nHan hedder 010170-1234.")
        house.settleAndTake()
        #expect(house.names("Afvist") == ["Sag xxxxxx-xxxx.besked.txt", "Sag xxxxxx-xxxx.md", "b.besked.txt", "b.md"])
        for note in ["Sag xxxxxx-xxxx", "b"] { #expect(!(try house.text("Afvist/\(note).besked.txt").contains("1234"))) }
        #expect(try house.ledger.auditTrail().allSatisfy { !"\($0)".contains("1234") })
    }

    /// The counterpart of FAULTS 19 at a size for every day.
    @Test func twoThousandFilesAreTakenInOnceEach() throws {
        let house = try DropHouse()
        for number in 0..<2_000 { try house.drop("nyt-\(number).txt", "Nyhed nummer \(number)\n\nTekst \(number).") }
        house.settleAndTake()
        let items = try house.items()
        #expect(items.count == 2_000 && Set(items.map(\.name)).count == 2_000)
        #expect(house.names().isEmpty)
        #expect(house.names("Modtaget").count == 4_000)
    }
}
