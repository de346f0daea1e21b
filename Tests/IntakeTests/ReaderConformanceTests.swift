import Core
import Foundation
import TestKit
import Testing

@testable import Intake

/// One story, written by different programs in every format, gives the same tree: what an item looks like does not hang on the program
/// its writer happens to have. Where a format or pandoc's reader of it cannot carry something, the test says what.
@Suite struct ReaderConformanceTests {
    static let office = "/usr/bin/soffice"
    static let pandoc = PandocProgram()

    /// The story as `try item` shows it; `‹picture›` stands for the picture's digest.
    static let expected = """
        title: Ny cykelsti
        heading 2: Hvad sker der?
        paragraph: Vi <emphasis>åbner</emphasis> den <strong>røde</strong> sti \
        <link https://www.eksempel.example/sti>på mandag</link>. Ægte gøgl på 2 km.
        list
          entry
            paragraph: Lys hele vejen
            list
              entry
                paragraph: også i Søndergade
          entry
            paragraph: Bænke
        numbered list from 1
          entry
            paragraph: Gravning
          entry
            paragraph: Asfalt
        quotation
          paragraph: Endelig, siger Åse.
        table of 2 columns
          header: Dag | Sted
          row: Mandag | Ved åen
          row: Tirsdag | Ved skolen
        picture: ‹picture› alt=‘En rød cykelsti’
        paragraph: Vel mødt.
        """

    private static let quotationIsParagraph = ("quotation\n  paragraph: Endelig", "paragraph: Endelig")
    private static let quotationIsItalic = (
        "quotation\n  paragraph: Endelig, siger Åse.", "paragraph: <emphasis>Endelig, siger Åse.</emphasis>"
    )
    private static let headerIsRow = ("header: Dag", "row: Dag")
    private static let noAlternative = ("alt=‘En rød cykelsti’", "alt=‘’")
    private static let noPicture = ("picture: ‹picture› alt=‘En rød cykelsti’\n", "")

    /// A document, and what its format loses.
    struct Document: CustomTestStringConvertible {
        let name: String
        let losses: [(String, String)]
        var testDescription: String { name }
    }

    static let documents = [
        Document(name: "story.md", losses: []),
        Document(name: "pandoc.docx", losses: []),
        Document(name: "python-docx.docx", losses: []),
        Document(name: "pandoc.html", losses: []),
        // pandoc's OpenDocument reader knows neither quotations nor heading rows nor descriptions of pictures.
        Document(name: "pandoc.odt", losses: [quotationIsParagraph, headerIsRow, noAlternative]),
        // Its RTF writer writes bullets and numbers as text.
        Document(
            name: "pandoc.rtf",
            losses: [
                quotationIsParagraph, headerIsRow, noAlternative,
                (
                    """
                    list
                      entry
                        paragraph: Lys hele vejen
                        list
                          entry
                            paragraph: også i Søndergade
                      entry
                        paragraph: Bænke
                    numbered list from 1
                      entry
                        paragraph: Gravning
                      entry
                        paragraph: Asfalt

                    """,
                    """
                    paragraph: • Lys hele vejen
                    paragraph: – også i Søndergade
                    paragraph: • Bænke
                    paragraph: 1. Gravning
                    paragraph: 2. Asfalt

                    """
                ),
            ]),
    ]

    static let officeDocuments = [
        Document(name: "libreoffice.docx", losses: []),
        Document(name: "libreoffice.odt", losses: [quotationIsParagraph, headerIsRow, noAlternative]),
        // The picture is a file beside the page, the quotation a style.
        Document(name: "libreoffice.html", losses: [quotationIsItalic, noPicture]),
        // Headings are styles alone, and pandoc finds no picture.
        Document(
            name: "libreoffice.rtf",
            losses: [
                quotationIsItalic, headerIsRow, noPicture,
                ("heading 2: Hvad sker der?", "paragraph: <strong>Hvad sker der?</strong>"),
            ]),
    ]

    /// Made once for all tests.
    static let folder: TemporaryFolder? = {
        let words = Oracle.hasProgram(office) ? [office] : []
        guard let folder = try? TemporaryFolder(),
            (try? Oracle.run(Oracle.root + "/Tests/IntakeTests/Oracles/story.py", [folder.path] + words)) != nil
        else { return nil }
        return folder
    }()

    static func read(_ name: String) throws -> ItemReader.Reading {
        let folder = try #require(Self.folder, "the documents could not be made")
        func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))) }
        let pictures = name.hasSuffix(".md") ? [NamedBytes(name: "sti.png", bytes: try bytes("sti.png"))] : []
        return try ItemReader(Samples.rules).read(NamedBytes(name: name, bytes: try bytes(name)), item: name, pictures: pictures)
    }

    private static func tree(_ reading: ItemReader.Reading) -> String {
        let lines = TreeText.lines(reading.content, .copenhagen)
        let body = lines.drop { $0 != "body:" }.dropFirst().map { String($0.dropFirst(2)) }
        return (lines.filter { $0.hasPrefix("title:") } + body).joined(separator: "\n")
            .replacing(/picture: [0-9a-f]{12}/, with: "picture: ‹picture›")
    }

    private func conforms(_ document: Document) throws {
        var expected = Self.expected
        for (whole, less) in document.losses {
            #expect(expected.contains(whole), "\(document.name) cannot lose ‘\(whole)’")
            expected = expected.replacing(whole, with: less)
        }
        let reading = try Self.read(document.name)
        #expect(Self.tree(reading) == expected)
        // What is left out is told.
        let told = reading.lints.contains { $0.kind == .embeddedPictureLeftOut }
        #expect(told == document.losses.contains { $0 == Self.noPicture })
    }

    @Test(
        .enabled(if: pandoc.isInstalled && Oracle.hasPython("docx"), "needs pandoc and python-docx"), arguments: documents)
    func everyFormatGivesTheSameTree(_ document: Document) throws { try conforms(document) }

    @Test(
        .enabled(
            if: pandoc.isInstalled && Oracle.hasPython("docx") && Oracle.hasProgram(office),
            "needs pandoc, python-docx and libreoffice-writer-nogui"), arguments: officeDocuments)
    func everyFormatOfLibreOfficeGivesTheSameTree(_ document: Document) throws { try conforms(document) }

    /// A plain text has no marks for these, but the same title, words and lists.
    @Test func plainTextCarriesTheWords() throws {
        let text = """
            Ny cykelsti

            Vi åbner den røde sti på mandag.

            - Lys hele vejen
            - Bænke

            1. Gravning
            2. Asfalt

            Vel mødt.
            """
        let plain = try Samples.read(text, name: "a.txt").content
        let marked = try Samples.read("# " + text, name: "a.md").content
        #expect(plain.title == marked.title && plain.body == marked.body)
    }
}
