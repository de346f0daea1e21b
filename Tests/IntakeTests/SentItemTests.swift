import Core
import TestKit
import Testing

@testable import Intake

/// An item that was written in a browser, as the files that the intake reads.
@Suite struct SentItemTests {
    private func reading(_ fields: SentItem.Fields, picture: NamedBytes? = nil) throws -> ItemReader.Reading {
        let item = SentItem(fields, picture: picture, by: "hans", mark: "bcdfgh", blocked: BlockedWords())
        return try ItemReader(Samples.rules).read(item.files[0], item: item.name, pictures: Array(item.files.dropFirst()))
    }

    @Test func everyFieldArrives() throws {
        var fields = SentItem.Fields(title: "Ny  kantine:\nåben", text: "Titel: er ingen overskrift her\n\n24. december er der lukket.")
        fields.summary = "Kort\nsagt."
        fields.category = "Drift"
        fields.audience = "ledere"
        fields.visibleFrom = "2026-12-01T08:30"
        fields.visibleUntil = "2026-12-24T12:00"
        fields.contact = "Mette, 12 34 56 78"
        fields.leaderNotes = "Sig det.\n\n- Først\n- Så\n\nFarvel: til sidst"
        let content = try reading(fields).content
        #expect(content.title == "Ny kantine: åben")
        #expect(content.summary == "Kort sagt.")
        #expect(content.category == "Drift" && content.audience == "ledere" && content.contact == "Mette, 12 34 56 78")
        #expect(content.visibleFrom?.description == "2026-12-01T07:30:00Z")
        #expect(content.visibleUntil?.description == "2026-12-24T11:00:00Z")
        #expect(content.body.plainText == "Titel: er ingen overskrift her\n24. december er der lukket.")
        #expect(content.leaderNotes?.plainText == "Sig det.\nFørst\nSå\nFarvel: til sidst")
        #expect(content.leaderNotes?.blocks.count == 3)
    }

    @Test func whatLooksLikeMarkdownIsReadAsIt() throws {
        let text =
            "## Åbent\n\nKom **alle**, [her](https://koege.example).\n\n- a\n    - b\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\n24. december er alt lukket."
        let blocks = try reading(SentItem.Fields(title: "T", text: text)).content.body.blocks
        #expect(blocks.count == 5)
        #expect(blocks.first == .heading(level: 2, [.text("Åbent")]))
        #expect(blocks.last == .paragraph([.text("24. december er alt lukket.")]))
    }

    @Test(arguments: [
        "Kom kl. 8*9 eller 9*10.", "# 1 i rækken", "- a\n- b", "Fil_navn_her og <b>", "1. januar begynder det.", "Vi ses\n***\nigen",
    ])
    func plainTextStaysPlain(_ text: String) {
        let isMarkdown = MarkupHints.isMarkdown(text)
        #expect(isMarkdown == text.hasPrefix("# 1"))
    }

    @Test func namesAreSafeAndTellNothing() {
        func name(_ title: String, _ blocked: [String] = []) -> String {
            SentItem(.init(title: title, text: "x"), picture: nil, by: "per@koege.example", mark: "bcdfgh", blocked: BlockedWords(blocked))
                .name
        }
        #expect(name("Ny kantine") == "Ny kantine (per koege example bcdfgh)")
        #expect(name("../../etc/passwd\0.tmp") == "etc passwd tmp (per koege example bcdfgh)")
        #expect(name("~$ .part") == "part (per koege example bcdfgh)")
        #expect(name("Til 070761-4285") == "Nyhed (per koege example bcdfgh)")
        #expect(name("Om projekt fønix", ["Projekt-Fønix"]) == "Nyhed (per koege example bcdfgh)")
        #expect(name("!!!") == "Nyhed (per koege example bcdfgh)")
        #expect(name(String(repeating: "ø", count: 500)).utf8.count < 200)
    }

    @Test(arguments: [
        ("Referat.DOCX", "tekst.docx"), ("x.tmp", "tekst"), ("x.part", "tekst"), ("uden", "tekst"), ("x.pdf", "tekst.pdf"),
        ("x.a/b", "tekst"),
        ("x.æøå", "tekst"), (".docx", "tekst"),
    ])
    func aFileKeepsItsEndingAlone(_ given: String, _ expected: String) {
        let item = SentItem(
            document: NamedBytes(name: given, bytes: [1]), picture: NamedBytes(name: "../B.PNG", bytes: [2]), by: "hans", mark: "bcdfgh",
            blocked: BlockedWords())
        #expect(item.files.map(\.name) == [expected, "billede.png"])
    }

    @Test func itIsPutWholeAndItsOutcomeIsFound() throws {
        let folder = try TemporaryFolder()
        for name in ["HR/.desk-rest.tmp/tekst.md", "HR/Modtaget/x", "HR/Afvist/x"] { try folder.write("drop/" + name, "x") }
        let tray = BrowserTray(dropFolder: folder.file("drop")) { _ in
            [WaitingFile(source: "HR", name: "T (hans bcdfgh)", reason: .needsProgram, detail: "pandoc", since: Instant(seconds: 0))]
        }
        let source = Source(name: "HR")
        let item = SentItem(.init(title: "T", text: "x"), picture: nil, by: "hans", mark: "bcdfgh", blocked: BlockedWords())
        #expect(try tray.outcome(of: item.name, for: source) == .unknown)
        try tray.put(item, for: source)
        let entries = try OpenFolder(root: folder.file("drop/HR")).names().map(\.text).sorted()
        #expect(entries == ["Afvist", "Modtaget", "T (hans bcdfgh)"])
        #expect(try tray.outcome(of: item.name, for: source) == .waiting(needs: "pandoc"))
        #expect(throws: Fault.self) { try tray.put(item, for: source) }
        try folder.write("drop/HR/Modtaget/Andet (hans bcdfgh).kvittering.html", "<p>Tak")
        #expect(try tray.outcome(of: "Andet (hans bcdfgh)", for: source) == .received("<p>Tak"))
        try folder.write(
            "drop/HR/Afvist/Nej (hans bcdfgh).besked.txt", "\u{FEFF}Filen er ikke taget ind.\r\n\r\nDer står A.\r\n\r\nRet filen.\r\n")
        #expect(try tray.outcome(of: "Nej (hans bcdfgh)", for: source) == .refused("Der står A.", text: nil))
        try folder.write("drop/HR/Afvist/Nej (hans bcdfgh)/tekst.txt", "Titel: Nej\nKontakt: M\n\nHan er 070761-4285.\n\nSlut.\n")
        #expect(
            try tray.outcome(of: "Nej (hans bcdfgh)", for: source)
                == .refused("Der står A.", text: "Han er xxxxxx-xxxx.\n\nSlut.\n"))
        // A share that is away.
        #expect(throws: Fault.self) { try tray.put(item, for: Source(name: "Findes ikke")) }
    }
}
