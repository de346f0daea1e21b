import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Intake

/// Documents as they really come, through the stage itself: each becomes an item or gets a kind note, and none stops the others.
@Suite struct WildDocumentTests {
    static let folder: TemporaryFolder? = {
        guard let folder = try? TemporaryFolder(),
            (try? Oracle.run(Oracle.root + "/Tests/IntakeTests/Oracles/wild.py", [folder.path])) != nil
        else { return nil }
        return folder
    }()
    static let isPossible = PandocProgram().isInstalled && Oracle.hasPython("zipfile")

    /// The reasons of those that are refused; all others become items.
    static let refused: [String: Refusal.Reason] = [
        "ukendt-felt.docx": .unknownHeader, "cpr-fodnote.docx": .personalNumber, "cpr-tabel.docx": .personalNumber,
        "cpr-delt.docx": .personalNumber, "cpr-celler.docx": .personalNumber, "cpr-side.html": .personalNumber, "kun-tomme.docx": .noText,
        "beskyttet.docx": .passwordProtected, "gammel.doc": .oldWord, "omdøbt.docx": .oldWord, "ikke-word.docx": .documentDamaged,
        "regneark.docx": .documentDamaged, "skadet.docx": .documentDamaged, "laast.odt": .documentDamaged,
        "uden-gitter.docx": .documentDamaged, "bombe.docx": .documentTooHeavy, "mange.docx": .documentTooHeavy,
        "løgn.docx": .documentTooHeavy, "dyb-side.html": .documentTooHeavy, "dyb.docx": .documentTooHeavy, "mail.eml": .mailFile,
        "mail.msg": .mailFile, "halv.docx": .unfinished,
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = try #require(Self.folder, "the documents could not be made")
        return Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    static func read(_ name: String) throws -> ItemReader.Reading {
        try ItemReader(Samples.rules).read(NamedBytes(name: name, bytes: try bytes(name)), item: name, pictures: [])
    }

    @Test(.enabled(if: isPossible, "needs pandoc"))
    func eachBecomesAnItemOrGetsANote() throws {
        let folder = try #require(Self.folder, "the documents could not be made")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names.count >= 40)
        let house = try DropHouse()
        for name in names { try house.drop(name, try Self.bytes(name)) }
        house.settleAndTake()
        #expect(house.names() == ["halv.docx"], "only what is cut short waits")
        house.pass(after: .minutes(10))
        #expect(house.names().isEmpty)
        #expect(try house.items().map(\.name).sorted() == Set(names).subtracting(Self.refused.keys).sorted())
        let refusals = try house.ledger.auditTrail(limit: 1_000).filter { $0.act == "reject" }
        #expect(refusals.count == Self.refused.count)
        #expect(try house.refusals().sorted() == Self.refused.values.map(\.rawValue).sorted())
        for (name, reason) in Self.refused {
            let note = try house.text("Afvist/\(FileFormat.stem(name)).besked.txt")
            let text = Note(try Samples.catalogue(), .da).reason(Refusal(reason)).prefix(20)
            #expect(note.contains(text), "\(name)")
            // FAULTS 29: no note repeats a personal number.
            #expect(!note.contains("1234"), "\(name)")
        }
        #expect(try house.alarms().isEmpty)
    }

    /// What of each document must be in its item, and what must not.
    static let words: [(name: String, has: [String], hasNot: [String])] = [
        ("dansk.docx", ["title: Ny sti", "paragraph: Fra mandag", "heading 1: Hvad sker der?", "heading 1: Egen stil", "quotation"], []),
        ("sporet.docx", ["paragraph: Indsat tekst."], ["Slettet"]),
        ("kommentar.docx", ["paragraph: Teksten."], ["Hemmelig"]),
        ("tekstboks.docx", ["paragraph: Foran boksen.\n  paragraph: Ordene i boksen.\n  paragraph: Stien"], []),
        (
            "hovedtabel.docx", ["title: Ny sti", "contact: Mette Jensen", "visible until: 2026-12-19", "priority: high"],
            ["table", "Titel"]
        ),
        ("linjer.docx", ["title: Ny sti", "contact: Mette Jensen", "paragraph: Husk: det er på mandag."], ["Titel:"]),
        ("datatabel.docx", ["Dag | Sted", "row: Mandag | Her"], []),
        ("flettet.docx", ["table of 2 columns", "Bred | ", "Høj | b", "row:  | c"], []),
        ("billede.docx", ["picture: ", "alt=‘En sti’", "Stien i sol"], ["paragraph: Stien i sol"]),
        ("farligt-link.docx", ["paragraph: Klik her."], ["javascript", "<link"]),
        ("makro.docm", ["title: Ny sti"], []), ("word.doc", ["heading 1: Nyt i gammel ham"], []),
        ("gennemstreget.docx", ["paragraph: Gratis kaffe til 10 m²"], []),
        (
            "wordpad.rtf",
            ["title: Ny sti", "Stien åbner <strong>på</strong> mandag, se <link https://x.example/>her</link> fra 18. maj."], []
        ),
        ("wordpad-utf16.rtf", ["title: Ny sti", "paragraph: Vi åbner på Øen"], []),
        ("word.html", ["title: Ny sti", "paragraph: Stien åbner."], ["alert", "Dokument1", "color"]),
        ("uden-overskrift.htm", ["title: Sidens titel", "paragraph: Tekst a"], ["javascript", "onclick"]),
    ]

    @Test(.enabled(if: isPossible, "needs pandoc"), arguments: words)
    func theWordsAreThere(_ document: (name: String, has: [String], hasNot: [String])) throws {
        let text = TreeText.lines(try Self.read(document.name).content, .copenhagen).joined(separator: "\n")
        for words in document.has { #expect(text.contains(words), "\(document.name) lacks ‘\(words)’ in:\n\(text)") }
        for words in document.hasNot { #expect(!text.contains(words), "\(document.name) has ‘\(words)’ in:\n\(text)") }
    }

    @Test(.enabled(if: isPossible, "needs pandoc"))
    func notesPicturesAndWhatIsLeftOut() throws {
        let noted = try Self.read("fodnote.docx").content.body
        #expect(noted.blocks == [.paragraph([.text("Teksten"), .note([.paragraph([.text("Det står der i noten.")])])])])
        #expect(try Self.read("emf.docx").lints.contains { $0.kind == .embeddedPictureLeftOut })
        let pictured = try Self.read("billede.docx")
        #expect(pictured.pictures.count == 1 && pictured.content.picture?.alternativeText == "En sti")
        #expect(pictured.content.picture?.caption == "Stien i sol")
        #expect(try Self.read("gennemstreget.docx").lints.contains(Lint(.strikeoutShown)))
        #expect(try Self.read("200-sider.docx").content.body.blocks.count == 900)
    }

    /// Without pandoc a Word file is nobody's fault: it waits, the operator is told, texts go on; with pandoc it is taken in and the alarm ends.
    @Test(.enabled(if: isPossible, "needs pandoc"))
    func withoutPandocDocumentsWaitAndTextsGoOn() throws {
        let house = try DropHouse { $0.pandoc = PandocProgram(path: "/nonexistent/pandoc") }
        try house.drop("ord.docx", try Self.bytes("dansk.docx"))
        try house.drop("tekst.md", "# En tekst\n\nSom før.")
        house.settleAndTake()
        house.pass(after: .hours(1))
        #expect(house.names() == ["ord.docx"])
        #expect(try house.items().map(\.name) == ["tekst.md"])
        #expect(try house.alarms() == ["intake HR", "intake-file HR/ord.docx"] && house.refusals().isEmpty)
        #expect(try house.ledger.standingAlarms().contains { "\($0)".contains("apt install pandoc") })
        try house.restart { $0.pandoc = PandocProgram() }
        house.settleAndTake()
        #expect(try house.items().map(\.content.title) == ["En tekst", "Ny sti"])
        #expect(try house.alarms().isEmpty)
    }
}

@Suite struct ContainerTests {
    @Test func theDirectoryOfAnArchiveIsReadWithinItsBounds() {
        #expect(ZipDirectory([]) == nil)
        #expect(ZipDirectory(Array("PK".utf8) + [UInt8](repeating: 0, count: 100)) == nil)
        // An end record alone is an empty archive; one that points past the end is none.
        let end: [UInt8] = [0x50, 0x4B, 5, 6] + [UInt8](repeating: 0, count: 18)
        #expect(ZipDirectory(end)?.entries.isEmpty == true)
        var wrong = end
        (wrong[10], wrong[16]) = (1, 200)
        #expect(ZipDirectory(wrong) == nil)
    }

    /// Against zlib: every kind of block, and the bound.
    @Test(.enabled(if: Oracle.hasPython("zlib"), "needs Python"), arguments: [0, 1, 6, 9])
    func inflatesWhatZlibDeflates(_ level: Int) throws {
        let text = Array((0..<3_000).map { "Linje \($0 * $0 % 977) på vejen til Køge. " }.joined().utf8)
        let script =
            "import sys,zlib; c=zlib.compressobj(\(level),zlib.DEFLATED,-15); "
            + "sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read())+c.flush())"
        for input in [text, [], Array("abc".utf8)] {
            let packed = try ChildProcess.run(Oracle.python, ["-c", script], input: input).output
            #expect(Inflate.inflated(packed[...], limit: input.count) == input)
            if !input.isEmpty {
                #expect(Inflate.inflated(packed[...], limit: input.count - 1) == nil)
                #expect(Inflate.inflated(packed.dropLast(2), limit: input.count) == nil)
            }
        }
    }

    @Test func aDamagedDeflateEndsWithoutHarm() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bytes = (0..<60).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = Inflate.inflated(bytes[...], limit: 10_000)
        }
    }

    @Test func rtfFieldsKeepTheirText() {
        func mended(_ text: String) -> String { String(decoding: RTFFields.mended(Array(text.utf8)), as: UTF8.self) }
        #expect(
            mended(#"a{\field{\*\fldinst HYPERLINK "https://x.example/" }{\fldrslt {b}}}c"#)
                == #"a{\field{\*\fldinst{HYPERLINK "https://x.example/"}}{\fldrslt {b}}}c"#)
        #expect(mended(#"{\field\flddirty{\*\fldinst{ DATE }}{\fldrslt{18. maj}}}"#) == "{{18. maj}}")
        #expect(mended(#"{\fieldx y} \{\field{"#) == #"{\fieldx y} \{\field{"#)
        #expect(mended(#"{\field{\*\fldinst"#) == #"{\field{\*\fldinst"#)
        #expect(RTFRepair.repaired(Array(#"\u229?b \u229 ?b \u229\'e5 \uc1"#.utf8)) == Array(#"\u229 ?b \u229 ?b \u229\'e5 \uc1"#.utf8))
    }
}
