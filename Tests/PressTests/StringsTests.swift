import Core
import Foundation
import Testing

@testable import Press

@Suite struct StringsTests {
    @Test func allThreeLanguagesHaveTheSameKeys() throws {
        let catalogue = try Workshop.catalogue()
        #expect(catalogue.keys(.da) == catalogue.keys(.nb) && catalogue.keys(.da) == catalogue.keys(.en))
        #expect(catalogue.keys(.da).allSatisfy { key in Language.allCases.allSatisfy { !catalogue.text(key, $0).isBlank } })
    }

    /// One of the two would be shown in the other's place.
    @Test(arguments: Language.allCases)
    func noKeyStandsTwice(_ language: Language) throws {
        let path = Workshop.root.appendingPathComponent("Templates/Strings/\(language).strings").path
        let file = SectionFile(text: try String(contentsOfFile: path, encoding: .utf8), file: path)
        var known: Set<String> = []
        let keys = file.sections.flatMap { section in section.entries.map { "\(section.heading).\($0.key)" } }
        #expect(keys.filter { !known.insert($0).inserted } == [] && keys.count > 300)
    }

    /// The reader of the files refuses what this test would find; so it is shown what is wrong.
    @Test(arguments: [
        ("[a]\nx=Hej {name}", "[a]\nx=Hei {navn}", "places"), ("[a]\nx=Hej", "[a]\ny=Hei", "missing"),
        ("[a]\nx=Hej", "[a]\nx=Hei\ny=", "no such"),
    ])
    func aTranslationThatDiffersIsAProblem(_ danish: String, _ norwegian: String, _ cause: String) {
        #expect {
            try Catalogue(texts: [.da: danish, .nb: norwegian, .en: danish])
        } throws: { error in
            guard let problems = (error as? SettingsProblems)?.problems else { return false }
            return problems.contains { $0.cause.contains(cause) && $0.place.file == "Templates/Strings/nb.strings" && $0.place.key != nil }
        }
    }

    @Test func aMissingFileIsAProblem() {
        #expect(throws: SettingsProblems.self) { try Catalogue(texts: [.da: "[a]\nx=y", .nb: "[a]\nx=y"]) }
    }

    /// Every key that a room hands to `text("section.key")`, every literal of that form in the Press, and every `{{strings.section.key}}` in a template, is in the catalogue.
    @Test func everyKeyThatIsUsedExists() throws {
        let keys = Set(try Workshop.catalogue().keys(.da))
        let used = try Self.keysInSources(keys)
        #expect(used.subtracting(keys).sorted() == [])
        #expect(used.count > 30)
        let inTemplates = try Self.keysInTemplates()
        #expect(inTemplates.subtracting(keys).sorted() == [])
        #expect(inTemplates.count > 30)
    }

    /// Of the sections that only pages use: a text that nobody sees is removed.
    @Test func everyTextOfAPageIsUsed() throws {
        let keys = Set(try Workshop.catalogue().keys(.da))
        let levels = LIX.Level.allCases.map { "receipt.\($0.rawValue)" }
        let used = try Self.keysInSources(keys).union(Self.keysInTemplates()).union(levels)
        let pages = [
            "date", "edition", "item", "mail", "web", "archive", "notice", "receipt", "screen", "lint", "alert", "desk", "intranet",
            "phone",
        ]
        #expect(keys.subtracting(used).filter { key in pages.contains { key.hasPrefix($0 + ".") } }.sorted() == [])
    }

    private static func keysInSources(_ keys: Set<String>) throws -> Set<String> {
        let sections = Set(keys.compactMap { $0.split(separator: ".").first.map(String.init) })
        let sources = Workshop.root.appendingPathComponent("Sources").path
        var used: Set<String> = []
        for path in try FileManager.default.subpathsOfDirectory(atPath: sources) where path.hasSuffix(".swift") {
            let text = try String(contentsOfFile: "\(sources)/\(path)", encoding: .utf8)
            for match in text.matches(of: /\.text\(\s*"([a-z]+\.[A-Za-z]+)"/) { used.insert(String(match.1)) }
            // The desk's pages have a shorter way to say it.
            for match in text.matches(of: /[^.A-Za-z]text\(\s*"((?:desk|date)\.[A-Za-z]+)"/) { used.insert(String(match.1)) }
            guard path.hasPrefix("Press/") else { continue }
            for match in text.matches(of: /"([a-z]+)\.([A-Za-z]+)"/) where sections.contains(String(match.1)) {
                // Templates are named in the same way: `"archive.html"`.
                if !["html", "text"].contains(match.2) { used.insert("\(match.1).\(match.2)") }
            }
        }
        return used
    }

    private static func keysInTemplates() throws -> Set<String> {
        Set(try Workshop.sources().values.flatMap { $0.matches(of: /strings\.([a-z]+\.[A-Za-z]+)/).map { String($0.1) } })
    }
}

@Suite struct DateWordsTests {
    @Test(arguments: [
        (Language.da, "2026-12-01", "tirsdag den 1. december 2026"), (.nb, "2026-05-17", "søndag 17. mai 2026"),
        (.en, "2028-02-29", "Tuesday 29 February 2028"), (.da, "2027-03-28", "søndag den 28. marts 2027"),
    ])
    func areWrittenOut(_ language: Language, _ iso: String, _ words: String) throws {
        #expect(DateWords(catalogue: try Workshop.catalogue(), language: language).long(Sample.day(iso)) == words)
    }

    @Test(arguments: [
        (Language.da, "tirsdag den 1. december 2026 kl. 8.05"), (.nb, "tirsdag 1. desember 2026 kl. 8.05"),
        (.en, "Tuesday 1 December 2026 at 8:05"),
    ])
    func withTheTime(_ language: Language, _ words: String) throws {
        #expect(DateWords(catalogue: try Workshop.catalogue(), language: language).moment(Sample.time("2026-12-01", 8, 5)) == words)
    }

    @Test func everyMonthAndWeekdayHasItsName() throws {
        let words = DateWords(catalogue: try Workshop.catalogue(), language: .da)
        let months = (1...12).map { words.day(Sample.day("2026-\(padded($0, 2))-01")).split(separator: " ")[1] }
        #expect(
            months.joined(separator: " ") == "januar februar marts april maj juni juli august september oktober november december")
        let weekdays = (2...8).map { words.long(Sample.day("2026-11-0\($0)")).split(separator: " ")[0] }
        #expect(weekdays.joined(separator: " ") == "mandag tirsdag onsdag torsdag fredag lørdag søndag")
    }
}
