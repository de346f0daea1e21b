import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Intake

/// How a picture comes to its text: beside a web page, after its text, with or without a description.
@Suite struct PictureFindsTextTests {
    @Test(.enabled(if: PandocProgram().isInstalled, "needs pandoc")) func aWebPageShowsThePictureBesideIt() throws {
        let house = try DropHouse()
        try house.drop("side.html", "<h1>Ny sti</h1><p>Tekst.</p><img src=\"Min%20sti.png\" alt=\"En sti\"><p>Mere.</p>")
        try house.drop("Min sti.png", Samples.png())
        house.settleAndTake()
        let body = try #require(try house.items().first).content.body
        guard case .picture(let picture)? = body.blocks.dropFirst().first else { return #expect(Bool(false), "\(body)") }
        #expect(picture.alternativeText == "En sti")
        #expect(try house.ledger.picture(picture.digest) != nil)
        #expect(house.names().isEmpty && house.names("Modtaget").contains("Min sti.png"))
    }

    @Test(.enabled(if: PandocProgram().isInstalled, "needs pandoc")) func aWebPageDoesWithoutAPictureThatIsNotThere() throws {
        let house = try DropHouse()
        try house.drop("side.html", "<h1>Ny sti</h1><p>Tekst.</p><img src=\"sti.png\"><img src=\"side-filer/image001.png\">")
        house.settleAndTake()
        #expect(try house.names().isEmpty && house.refusals().isEmpty)
        #expect(try house.text("Modtaget/side.kvittering.html").contains("‘sti.png’ inde i dokumentet er udeladt"))
    }

    @Test(.enabled(if: WildDocumentTests.isPossible, "needs pandoc")) func aPictureWithinAWordFileIsOnTheReceipt() throws {
        let house = try DropHouse()
        try house.drop("billede.docx", try WildDocumentTests.bytes("billede.docx"))
        try house.drop("emf.docx", try WildDocumentTests.bytes("emf.docx"))
        house.settleAndTake()
        #expect(try house.text("Modtaget/billede.kvittering.html").contains("pictures: 1"))
        // What no browser shows is told of, and stops nothing.
        let receipt = try house.text("Modtaget/emf.kvittering.html")
        #expect(receipt.contains("pictures: 0") && receipt.contains("er udeladt"))
    }

    @Test func aLatePictureIsAddedToItsItem() throws {
        let house = try DropHouse()
        try house.drop("Ny sti.md", "Titel: Ny sti\nAlt: En sti\n\nTekst.")
        house.settleAndTake()
        let item = try #require(try house.items().first)
        #expect(item.content.picture == nil)
        house.pass(after: .hours(5))
        try house.drop("ny sti.png", Samples.png())
        house.settleAndTake()
        let later = try #require(try house.ledger.item(item.id))
        #expect(later.version == 2 && later.content.picture?.alternativeText == "En sti" && later.content.title == "Ny sti")
        #expect(try house.items().count == 1 && house.names().isEmpty && house.refusals().isEmpty)
        #expect(house.names("Modtaget").contains("ny sti (2).png") || house.names("Modtaget").contains("ny sti.png"))
        let receipts = try house.names("Modtaget").filter { $0.hasSuffix(".kvittering.html") }.map { try house.text("Modtaget/" + $0) }
        #expect(receipts.count == 2 && receipts.contains { $0.contains("er føjet til nyheden") })
        // A better picture under the same name takes its place.
        try house.drop("ny sti.png", Samples.png(grey: 3))
        house.settleAndTake()
        #expect(try house.ledger.item(item.id)?.version == 3)
    }

    @Test func aPictureAfterTheCutOffIsToldSo() throws {
        let house = try DropHouse()
        try house.drop("Ny sti.md", "Titel: Ny sti\n\nTekst.")
        house.settleAndTake()
        let item = try #require(try house.items().first)
        let plan = EditionPlan(
            publication: "nyt", slug: "nyt-1", title: "Nyt", audience: "alle", scheduled: "2026-12-01T08:00:00", release: Samples.now,
            cutOff: Samples.now, leaderNotes: false)
        let edition = try house.ledger.planEdition(plan, at: Samples.now)
        try house.ledger.closeEdition(edition, items: [FrozenItem(item: item.id, version: 1)], at: Samples.now)
        try house.drop("Ny sti.png", Samples.png())
        house.settleAndTake()
        #expect(try house.refusals() == ["pictureTooLate"])
        #expect(try house.text("Afvist/Ny sti.besked.txt").contains("er lukket"))
        #expect(try house.ledger.item(item.id)?.version == 1)
    }

    /// What somebody changed in `Modtaget/` afterwards is not taken in behind their back.
    @Test func aLatePictureDoesNotTakeAnEditedTextAlong() throws {
        let house = try DropHouse()
        try house.drop("Ny sti.md", "Titel: Ny sti\n\nTekst.")
        house.settleAndTake()
        try house.drop("Modtaget/Ny sti.md", "Titel: Noget andet\n\nTekst.")
        try house.drop("Ny sti.png", Samples.png())
        house.settleAndTake()
        #expect(try house.items().first?.version == 1 && house.names() == ["Ny sti.png"])
        house.pass(after: .minutes(10))
        #expect(try house.refusals() == ["pictureWithoutText"])
    }

    @Test func aPublicationMayDemandDescribedPictures() throws {
        var publication = Publication(name: "nyt", title: "Nyt", timing: .continuous)
        publication.channels.web = true
        let reference = PictureReference(digest: try #require(PictureDigest(String(repeating: "a", count: 64))), alternativeText: " ")
        let bare = Prospect(content: ItemContent(title: "t", summary: "s", picture: reference, body: Document()))
        var described = bare
        described.content.picture?.alternativeText = "En sti"
        #expect(publication.select(from: [bare, described], at: Samples.now).count == 2)
        publication.selection.requiresAlternativeText = true
        #expect(publication.select(from: [bare, described], at: Samples.now).map(\.content.picture?.alternativeText) == ["En sti"])
    }

    private struct Prospect: Selectable {
        var id = ItemID(1)
        var source = "HR"
        var received = Samples.now
        var content: ItemContent

        var facts: SelectionFacts { SelectionFacts(content) }
    }
}
