import Core
import Foundation
import TestKit
import Testing

@testable import Intake

@Suite struct TryItemTests {
    private func tried(_ path: String) throws -> TryItem.Report {
        try TryItem(zone: .copenhagen, audiences: ["alle"], now: Samples.now, catalogue: Samples.catalogue(), language: .da).report(path)
    }

    @Test func showsTheTreeWithoutTouchingTheFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("Ny.md", "Titel: Ny sti\nVises til: 24.12.2026\n\nVi *åbner* den.\n\n- en\n- to")
        try folder.write("Ny.png", Samples.png())
        let report = try tried(path)
        #expect(!report.isRefused)
        #expect(report.text.contains("title: Ny sti\n") && report.text.contains("visible until: 2026-12-25T00:00:00"))
        #expect(report.text.contains("  paragraph: Vi <emphasis>åbner</emphasis> den.\n  list\n    entry\n      paragraph: en\n"))
        #expect(report.text.contains("lix: ") && report.text.contains("advice: Billedet mangler"))
        struct Shape: Decodable {
            var content: ItemContent
            var lix: LIX
            var lints: [Lint]
        }
        let decoded = try JSONDecoder().decode(Shape.self, from: Data(report.json.utf8))
        #expect(decoded.content.picture != nil && decoded.lints.contains(Lint(.missingContact)))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["Ny.md", "Ny.png"])
    }

    @Test func showsTheNoteOfAFileThatWouldBeRefused() throws {
        let folder = try TemporaryFolder()
        let report = try tried(try folder.write("x.md", "Titel: T\nVises til: i morgen\n\nX"))
        #expect(report.isRefused && report.text.contains("Linje 2") && report.json.contains("\"refusal\":\"badDate\""))
        #expect(try tried(try folder.write("x.xlsx", "PK")).json.contains("unsupportedFormat"))
        #expect(throws: Fault.self) { try tried(folder.file("findes-ikke.md")) }
    }

    @Test func readsASubfolder() throws {
        let folder = try TemporaryFolder()
        try folder.write("Sag/tekst.txt", "En sag\n\nMed tekst.")
        #expect(try tried(folder.file("Sag")).text.hasPrefix("title: En sag\n"))
    }
}
