import Core
import Testing

@testable import Intake

@Suite struct HeaderTests {
    @Test(arguments: [
        "Titel: T\nResumé: R\nKategori: K\nMålgruppe: ledere\nVises til: 24.12.2026\nPrioritet: høj\nKontakt: Mette\n\nTekst.",
        "TITEL: T\nRESUME: R\nkategori : K\nmålgruppe: Ledere\nVISES  TIL: 24/12-2026\nprioritet: Høj\nkontakt: Mette\n\nTekst.",
        "Tittel: T\nSammendrag: R\nKategori: K\nMålgruppe: ledere\nVises til: 24. desember 2026\nPrioritet: høy\nKontakt: Mette\n\nTekst.",
        "Title: T\nSummary: R\nCategory: K\nAudience: ledere\nShow until: 24 December 2026\nPriority: high\nContact: Mette\n\nTekst.",
        "Titel: T\nResume\u{301}: R\nKategori: K\nMa\u{30A}lgruppe: ledere\nVises til: 2026-12-24\nPrioritet: ho\u{338}j\nKontakt: Mette\n\nTekst."
            .replacing("ho\u{338}j", with: "høj"),
    ])
    func everyDialectSaysTheSame(_ text: String) throws {
        let content = try Samples.read(text).content
        #expect(content.title == "T")
        #expect(content.summary == "R")
        #expect(content.category == "K")
        #expect(content.audience == "ledere")
        #expect(content.priority == .high)
        #expect(content.contact == "Mette")
        // Until the end of Christmas Eve in Copenhagen.
        #expect(content.visibleUntil?.description == "2026-12-24T23:00:00Z")
        #expect(content.body.blocks == [.paragraph([.text("Tekst.")])])
    }

    @Test func allOtherKeysAreRead() throws {
        let text = """
            Titel: T
            Kanaler: mail, Skærm og intranettet
            Vises fra: mandag den 1. december 2026 kl. 8.30
            Link: www.koege.example/x
            Alt: En sti
            Lederinfo: Sig det
              på *tirsdag*.
            """
        let content = try Samples.read(text).content
        #expect(content.channels == [.email, .screens, .intranet])
        #expect(content.visibleFrom?.description == "2026-12-01T07:30:00Z")
        #expect(content.link?.address == "https://www.koege.example/x")
        #expect(content.leaderNotes?.blocks == [.paragraph([.text("Sig det på "), .emphasis([.text("tirsdag")]), .text(".")])])
    }

    @Test(arguments: ["Husk: kantinen er lukket\n\nMere.", "Kære alle: nu sker det\n\nMere.", "https://x.example/a\n\nMere."])
    func aFirstLineWithAColonIsText(_ text: String) throws {
        let content = try Samples.read(text).content
        #expect(content.title == String(text.prefix { $0 != "\n" }))
        #expect(content.body.plainText == "Mere.")
    }

    @Test func aMisspeltKeyIsNamedWithItsLineAndTheNearest() {
        #expect(
            Samples.refusal("Titel: T\nVises tli: 24.12.2026\n\nX")
                == Refusal(.unknownHeader, line: 2, key: "Vises tli", nearest: "Vises til"))
        #expect(Samples.refusal("Titl: T\nKategori: K\n\nX")?.nearest == "Titel")
        #expect(Samples.refusal("Titel: T\nFotograf: Per\n\nX") == Refusal(.unknownHeader, line: 2, key: "Fotograf"))
        #expect(Samples.refusal("Titel: T\nTitel: U\n\nX")?.reason == .repeatedHeader)
    }

    @Test func textRightAfterTheHeadersNeedsNoEmptyLine() throws {
        let content = try Samples.read("Titel: T\nVi har åbnet stien.\nDen er ny.").content
        #expect(content.body.plainText == "Vi har åbnet stien. Den er ny.")
    }

    @Test(arguments: [
        ("Vises til: på tirsdag", Refusal.Reason.badDate), ("Vises til: 31.4.2027", .badDate), ("Vises til: 24. december", .badDate),
        ("Vises til: 1.11.2026", .expired), ("Vises til: 18.11.2026 kl. 12", .expired), ("Kanaler: fax", .badChannel),
        ("Prioritet: meget", .badPriority), ("Link: javascript:alert(1)", .badLink), ("Målgruppe: leder", .unknownAudience),
        ("Billede: findes-ikke.jpg", .pictureMissing), ("Vises fra: 2.1.2027\nVises til: 1.1.2027", .badValidity),
    ])
    func aBadValueIsRefusedWithItsKey(_ header: String, _ reason: Refusal.Reason) {
        let refusal = Samples.refusal("Titel: T\n\(header)\n\nTekst")
        #expect(refusal?.reason == reason)
        #expect(reason == .pictureMissing || refusal?.line != nil)
    }

    @Test func theDayItselfIsStillValid() throws {
        #expect(try Samples.read("Titel: T\nVises til: 18.11.2026\n\nX").content.visibleUntil?.description == "2026-11-18T23:00:00Z")
    }

    @Test func theNearestAudienceIsOffered() {
        #expect(Samples.refusal("Titel: T\nMålgruppe: Ældreplejn\n\nX")?.nearest == "Ældreplejen")
    }
}

@Suite struct DateTests {
    @Test(arguments: [
        "24.12.2026", "24/12-2026", "24/12/2026", "24-12-2026", "24. december 2026", "24. dec. 2026", "24 December 2026", "2026-12-24",
        "torsdag den 24. december 2026", "24.12.26", "24. desember 2026",
    ])
    func readsTheDate(_ text: String) {
        #expect(DateReader.read(text) == .init(date: CivilDate(dayNumber: 20_811), time: nil))
    }

    @Test(arguments: ["24.12.2026 kl. 8.30", "24. december 2026, 08:30", "2026-12-24T08:30:00", "24/12-2026 klokken 8:30"])
    func readsTheTime(_ text: String) { #expect(DateReader.read(text)?.time?.description == "2026-12-24T08:30:00") }

    @Test func aFullHour() { #expect(DateReader.read("24.12.2026 kl. 8")?.time?.hour == 8) }

    @Test(arguments: [
        "", "i morgen", "24.12", "32.1.2027", "29.2.2027", "24.12.2026 kl. 25", "2026", "1.2.3.4.5.6.7", "24.12.2026 foo",
        "99999999999999999999",
    ])
    func refuses(_ text: String) { #expect(DateReader.read(text) == nil) }
}
