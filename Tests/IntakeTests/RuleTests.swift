import Core
import Testing

@testable import Intake

@Suite struct PersonalNumberTests {
    @Test(arguments: [
        "010170-1234", "0101701234", "010170 1234", "010170 - 1234", "010170\u{2011}1234", "010170–1234", "010170\u{A0}1234",
        "x010170-1234y",
        "290200-4321", "290204-9999", "(010170-1234).", "1: 311299-0001",
    ])
    func found(_ text: String) {
        #expect(PersonalNumber.isIn(text))
        #expect(!PersonalNumber.isIn(PersonalNumber.masked(text)))
    }

    @Test(arguments: [
        "12345678", "+4501017012", "5798001234567", "320170-1234", "011370-1234", "290201-1234",
        "290200-1234x".replacing("290200-1", with: "290200-11"),
        "010170-12345", "1010170-1234", "010170", "010170/1234", "2026-12-24 1234", "10. december 2026", "290201 4000",
    ])
    func notFound(_ text: String) { #expect(!PersonalNumber.isIn(text)) }

    /// 1900 was no leap year, 2000 was: the seventh digit decides.
    @Test func theCenturyIsTheSeventhDigits() {
        #expect(!PersonalNumber.isIn("290200-1234"))
        #expect(PersonalNumber.isIn("290200-5234"))
    }

    @Test(arguments: [
        "Titel: Om 010170-1234\n\nX", "Titel: T\n\nHan er 010170 1234.", "Titel: T\nKontakt: 0101701234\n\nX", "T\n\n010170\\-1234",
    ])
    func stopsTheItemWithoutRepeatingIt(_ text: String) throws {
        let refusal = try #require(Samples.refusal(text))
        #expect(refusal.reason == .personalNumber)
        let note = Note(try Samples.catalogue(), .da).text(refusal, file: "010170-1234.md", source: "HR")
        #expect(!note.contains("1234") && note.contains("CPR"))
    }

    @Test func partedByMarkupItIsStillSeen() {
        #expect(Samples.refusal("T\n\n0101**70**&#45;1234")?.reason == .personalNumber)
        #expect(Samples.refusal("T\n\nX", name: "Sag 010170-1234.md")?.reason == .personalNumberInName)
    }
}

@Suite struct LIXTests {
    /// Counted by hand.
    @Test(arguments: [
        ("Vi cykler. Det er sjovt.", 5, 2, 3), ("Kommunalbestyrelsen vedtager budgettet.", 3, 1, 103),
        ("Mødet er kl. 12 den 24. december. Kom!", 8, 2, 17), ("Ser du det? Ja! \"Nej.\" Bl.a. os", 7, 4, 2),
    ])
    func counts(_ text: String, _ words: Int, _ sentences: Int, _ lix: Int) throws {
        let measured = try #require(LIX(Document([.paragraph([.text(text)])])))
        #expect(measured.words == words)
        #expect(measured.sentences == sentences)
        #expect(measured.value == lix)
    }

    @Test func aHeadingAndAListEntryEndASentence() throws {
        let document = Document([
            .heading(level: 2, [.text("En to")]), .list(List(entries: [[.paragraph([.text("tre")])], [.paragraph([.text("fire")])]])),
        ])
        #expect(LIX(document)?.sentences == 3)
        #expect(LIX(Document([.rule])) == nil)
    }
}

@Suite struct CatalogueTests {
    @Test func everyReasonAndLintHasItsTextInEveryLanguage() throws {
        let catalogue = try Samples.catalogue()
        let kinds = Refusal.Reason.allCases.map(\.rawValue) + Lint.Kind.allCases.map(\.rawValue)
        let others = ["refusedOpening", "refusedClosing", "withdrawClosing", "withdrawn", "line", "nearest", "mailSubject", "mailBeside"]
        for language in Language.allCases {
            let present = Set(catalogue.keys(language).filter { $0.hasPrefix("note.") })
            #expect(present == Set((kinds + others).map { "note." + $0 }), "\(language)")
            for place in BlockedWords.Place.allCases {
                #expect(catalogue.text("place.\(place.rawValue)", language) != "place.\(place.rawValue)")
            }
            for level in LIX.Level.allCases {
                #expect(catalogue.text("receipt.\(level.rawValue)", language) != "receipt.\(level.rawValue)")
            }
        }
    }

    @Test func aNoteSaysWhereWhatAndWhatToDo() throws {
        let note = Note(try Samples.catalogue(), .da)
        let text = note.text(Refusal(.unknownHeader, line: 2, key: "Vises tli", nearest: "Vises til"), file: "Nyt.md", source: "HR")
        #expect(
            text.contains("Nyt.md") && text.contains("Linje 2: Vi kender ikke linjen ‘Vises tli’") && text.contains("Mente du ‘Vises til’?")
        )
        #expect(!text.contains("{"))
        let bytes = Note.notepadBytes("a\nb\n")
        #expect(bytes == [0xEF, 0xBB, 0xBF] + Array("a\r\nb\r\n".utf8))
    }
}
