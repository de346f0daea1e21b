import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Intake

/// Words that must not come out, and from which side a committee's item is.
@Suite struct RulesOfTheHouseTests {
    static func refusal(_ text: String, _ words: String..., name: String = "Nyt.md", pictures: [NamedBytes] = []) -> Refusal? {
        var rules = Samples.rules
        rules.blocked = BlockedWords(words)
        do throws(Refusal) {
            _ = try ItemReader(rules).read(NamedBytes(name: name, bytes: Array(text.utf8)), item: name, pictures: pictures)
            return nil
        } catch { return error }
    }

    @Test(arguments: [
        ("Om Projekt-Fønix\n\nX", BlockedWords.Place.title), ("Resumé: PROJEKT  FØNIX'\n\nT\n\nX", .summary),
        ("T\n\nVi kalder det *projekt* **fønix**.", .body), ("T\n\n## Projekt Fønix\n\nX", .heading),
        ("T\n\n|a|b|\n|-|-|\n|1|projekt fønix|", .table), ("T\n\n[her](https://x.example/projekt-fønix)", .link),
        ("Kontakt: Projekt Fønix\n\nT\n\nX", .contact), ("Lederinfo: Sig intet om projekt Fønix\n\nT\n\nX", .leaderNotes),
        ("Kategori: Projekt Fønix\n\nT\n\nX", .category), ("T\n\nDet er proj\u{AD}ekt fø\u{200B}nix", .body),
    ])
    func aBlockedWordIsFoundWhereverItStands(_ text: String, _ place: BlockedWords.Place) throws {
        let refusal = try #require(Self.refusal(text, "udbud", "Projekt Fønix"))
        #expect(refusal.reason == .blockedWord && refusal.value == "Projekt Fønix" && refusal.place == place)
        let note = Note(try Samples.catalogue(), .da).text(refusal, file: "Nyt.md", source: "HR")
        #expect(note.contains("‘Projekt Fønix’") && !note.contains("{"))
    }

    @Test func alsoInNamesDescriptionsAndCaptions() {
        #expect(Self.refusal("T\n\nX", "fønix", name: "Fønix.md")?.place == .fileName)
        let picture = NamedBytes(name: "b.png", bytes: Samples.png())
        #expect(Self.refusal("Billede: b.png\nAlt: En fønix\n\nT\n\nX", "fønix", pictures: [picture])?.place == .alternativeText)
        #expect(Self.refusal("Billede: b.png\nBilledtekst: En fønix\n\nT\n\nX", "fønix", pictures: [picture])?.place == .caption)
    }

    /// Whole words; å is a letter of its own, and aa is å.
    @Test(arguments: [("En gedde i Aaen", "ged"), ("Vi går", "gar"), ("Projekt om fønix", "projekt fønix"), ("Fønixen", "fønix")])
    func otherWordsAreLeftAlone(_ text: String, _ word: String) { #expect(Self.refusal("T\n\n\(text)", word) == nil) }

    @Test func aaIsÅ() { #expect(Self.refusal("T\n\nI Aabenraa by", "Åbenrå")?.reason == .blockedWord) }

    static func side(_ text: String, _ kind: Source.Kind?) throws(Refusal) -> ItemReader.Reading {
        var rules = Samples.rules
        rules.kind = kind
        return try ItemReader(rules).read(NamedBytes(name: "a.md", bytes: Array(text.utf8)), item: "a.md", pictures: [])
    }

    @Test(arguments: [
        ("A", CommitteeSide.a), ("a-siden", .a), ("Ledelsessiden", .a), ("B", .b), ("B-siden", .b), ("medarbejdersiden", .b),
        ("fælles", .joint), ("Felles", .joint), ("joint", .joint), ("A+B", .joint), ("A-siden og B-siden", .joint),
        ("A- og B-siden", .joint), ("begge sider", .joint),
    ])
    func aCommitteesSideIsRead(_ written: String, _ side: CommitteeSide) throws {
        let reading = try Self.side("Side: \(written)\n\nT\n\nX", .committee)
        #expect(reading.content.side == side && !reading.lints.contains { $0.kind == .missingSide })
        #expect(try Self.side("SIDE: \(written)\n\nT\n\nX", nil).content.side == side)
    }

    @Test func aSideThatCannotBeReadStopsACommitteesItem() throws {
        #expect {
            try Self.side("Side: C-siden\n\nT\n\nX", .committee)
        } throws: { error in
            guard let refusal = error as? Refusal else { return false }
            return refusal.reason == .badSide && refusal.line == 1 && refusal.nearest != nil
        }
        #expect(try Self.side("T\n\nX", .committee).lints.contains(Lint(.missingSide)))
        let department = try Self.side("Side: 3\n\nT\n\nX", .department)
        #expect(department.content.side == nil && department.lints.contains(Lint(.sideUnused, "3")))
    }
}

/// The way of each file, as operators see it; receipts and notes by mail.
@Suite struct WatchingTests {
    static let story = (0..<40).map { "ord\($0)" }.joined(separator: " ")

    @Test func theSecondSourceIsToldWhoToldItFirst() throws {
        let house = try DropHouse(sources: ["HR", "Teknik"])
        try house.drop("a.md", "Den første titel\n\n\(Self.story)")
        house.settleAndTake()
        try house.drop("b.md", "Vores titel\n\n\(Self.story) og lidt til", source: "Teknik")
        house.settleAndTake()
        let receipt = try house.text("Modtaget/b.kvittering.html", source: "Teknik")
        #expect(receipt.contains("HR fortalte næsten det samme den 18. november 2026: ‘Den første titel’"))
        #expect(try house.items().map(\.resembles) == [nil, ItemID(1)])
        #expect(!(try house.text("Modtaget/a.kvittering.html").contains("næsten")))
    }

    @Test func foldersOfSourcesAreMadeWhenMissing() throws {
        let house = try DropHouse(sources: ["HR", "Hovedudvalget"])
        _ = house.stage.step()
        for source in ["HR", "Hovedudvalget"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: house.folder.file("drop/\(source)")).sorted()
            #expect(names == ["Afvist", "Modtaget", "Tilbagetræk"])
        }
        #expect(try house.alarms().isEmpty)
    }

    /// A file in the place of a source's folder cannot be opened as one, whoever the tests run as.
    @Test func aSourceThatCannotBeUsedStopsNoOther() throws {
        let house = try DropHouse(sources: ["HR", "Teknik"])
        try house.folder.write("drop/HR", "ikke en mappe")
        try house.drop("a.md", "Nyt", source: "Teknik")
        house.settleAndTake()
        #expect(try house.items().map(\.source) == ["Teknik"])
        #expect(try house.alarms().contains("intake HR"))
        try FileManager.default.removeItem(atPath: house.folder.file("drop/HR"))
        try house.drop("b.md", "Nyt fra HR")
        house.settleAndTake()
        #expect(try house.items().count == 2 && house.alarms().isEmpty)
    }

    @Test func eachFilesWayIsSeen() throws {
        let house = try DropHouse()
        try house.drop("a.md", "T\n\nX")
        try house.drop("b.png", Samples.png())
        _ = house.stage.step()
        #expect(
            try house.ledger.waitingFiles().map { "\($0.name) \($0.words)" } == ["a.md settling", "b.png incomplete (pictureWithoutText)"])
        house.pass(after: DropHouse.settle)
        #expect(try house.ledger.waitingFiles().map(\.name) == ["b.png"])
        try house.drop("c.xlsx", "PK")
        house.settleAndTake()
        #expect(try house.ledger.refusedFiles(since: Samples.now).map(\.file) == ["HR/c.xlsx"])
        house.pass(after: .minutes(10))
        #expect(try house.ledger.waitingFiles().isEmpty)
    }

    @Test func aFileThatIsNotTakenInForFiveMinutesRaisesAnAlarmUntilItIs() throws {
        let house = try DropHouse { $0.pandoc = PandocProgram(path: "/nonexistent/pandoc") }
        try house.drop("Brev.rtf", "{\\rtf1 Hej}")
        try house.drop("Sag 010170-1234.png", Samples.png())
        try house.drop("skrives.md", "En")
        house.settleAndTake()
        #expect(try house.items().count == 1)
        for number in 0..<12 {
            try house.drop("vokser.md", String(repeating: "x", count: number + 1))
            house.pass(after: .seconds(20))
        }
        #expect(try !house.alarms().contains { $0.hasPrefix("intake-file") })
        for number in 0..<6 {
            try house.drop("vokser.md", String(repeating: "y", count: number + 20))
            house.pass(after: .seconds(20))
        }
        let alarms = try house.ledger.standingAlarms().filter { $0.kind == "intake-file" }
        #expect(Set(alarms.map(\.object)) == ["HR/vokser.md", "HR/Brev.rtf", "HR/Sag xxxxxx-xxxx.png"])
        #expect(alarms.allSatisfy { !$0.object.contains("1234") && !$0.text.contains("1234") })
        #expect(alarms.first { $0.object == "HR/vokser.md" }?.text.contains("changes again and again") == true)
        // As long after a restart, the time goes on counting.
        try house.restart()
        house.settleAndTake()
        #expect(try !house.alarms().contains("intake-file HR/vokser.md"))
        #expect(try house.items().count == 2)
    }

    @Test func anAlarmEndsWhenTheFileIsGone() throws {
        let house = try DropHouse()
        let path = try house.drop("b.png", Samples.png())
        _ = house.stage.step()
        house.pass(after: .minutes(6))
        #expect(try house.alarms() == ["intake-file HR/b.png"])
        try FileManager.default.removeItem(atPath: path)
        house.pass(after: .seconds(15))
        #expect(try house.alarms().isEmpty)
    }

    static func house(_ rule: NotifyRule, contact: String? = nil) throws -> DropHouse {
        let house = try DropHouse { settings in
            settings.notify = rule
            settings.sources = [Source(name: "HR", contact: contact.flatMap { EmailAddress($0) })]
        }
        let person = Person(address: try #require(EmailAddress("mette@koege.example")), name: "Mette")
        _ = try house.ledger.replaceDirectory([person], at: Samples.now)
        return house
    }

    static func told(_ house: DropHouse) throws -> [String] { try house.ledger.notices().reversed().map { "\($0.kind) \($0.address)" } }

    @Test func theReceiptAndTheNoteAreMailedToWhoMayHaveThem() throws {
        let house = try Self.house(.all, contact: "hr@koege.example")
        try house.drop("a.md", "Kontakt: Mette, Mette@koege.example\n\nEn\n\nX")
        house.settleAndTake()
        try house.drop("b.md", "Kontakt: offer@andetsteds.example\n\nTo\n\nX")
        house.settleAndTake()
        try house.drop("c.md", "Kontakt: mette@koege.example\nVises til: 1.1.2020\n\nTre\n\nX")
        house.settleAndTake()
        try house.drop("d.md", "Om 010170-1234\n\nX")
        house.settleAndTake()
        #expect(
            try Self.told(house) == [
                "receipt Mette@koege.example", "receipt hr@koege.example", "refusal mette@koege.example", "refusal hr@koege.example",
            ])
        let note = try #require(try house.ledger.notices().first)
        #expect(note.subject == "Ikke taget ind endnu: d.md" && note.text.contains("CPR") && !note.text.contains("1234"))
        #expect(note.text.contains("mappen Afvist i HR"))
    }

    @Test func nobodyIsToldWhenNobodyIsToBe() throws {
        for (rule, expected) in [(NotifyRule.none, [String]()), (.refused, ["refusal mette@koege.example"])] {
            let house = try Self.house(rule)
            try house.drop("a.md", "Kontakt: mette@koege.example\n\nEn\n\nX")
            try house.drop("b.md", "Kontakt: mette@koege.example\nVises til: 1.1.2020\n\nTo\n\nX")
            try house.drop("c.md", "Kontakt: fremmed@andetsteds.example\n\nTre\n\nX")
            house.settleAndTake()
            #expect(try Self.told(house) == expected)
        }
    }

    /// As after a kill between the commit and the move: the receipt was posted, and is not posted again.
    @Test func aReceiptIsPostedOnce() throws {
        let house = try Self.house(.all, contact: "hr@koege.example")
        try house.drop("a.md", "En\n\nX")
        house.settleAndTake()
        try FileManager.default.moveItem(atPath: house.folder.file("drop/HR/Modtaget/a.md"), toPath: house.folder.file("drop/HR/a.md"))
        try house.restart()
        house.settleAndTake()
        #expect(try Self.told(house).count == 1)
        try house.drop("a.md", "En rettet\n\nX")
        house.settleAndTake()
        #expect(try Self.told(house).count == 2)
    }
}
