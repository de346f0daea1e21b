import Core
import Foundation
import TestKit
import Testing

@testable import Ledger

/// What an editor finds by some words of it.
@Suite struct SearchTests {
    private static let now = DeliveryTests.now

    private func search(_ ledger: Ledger, _ words: String, sources: [String]? = nil, before: ItemID? = nil) throws -> [String] {
        var filter = ItemFilter()
        filter.search = words
        filter.sources = sources
        filter.before = before
        return try ledger.items(filter, limit: 100).map(\.name)
    }

    private func accept(_ ledger: Ledger, _ source: String, _ name: String, _ text: String, title: String = "Titel") throws -> ItemID {
        try ledger.accept(ItemLifeTests.submission(source, name, text, title: title), at: Self.now).item
    }

    @Test(arguments: [
        "vejarbejde", "arbejd", "VEJARBEJDET", "ølby", "ØLBYVEJ", "æbleskiver", "å", "hr", "søndre allé", "a\u{30A}ben",
        "  begynder   mandag ",
        "kø om morgenen", "\"stille\"", "100 %", "* OR -", "på_tværs", "\\", "nr. 4", "allé“", "koege.example/kort", "den blå bro",
        "kaffe te",
        "fodnoten", "samarbejde",
    ])
    func anyPartOfIt(_ words: String) throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let text = """
            Vejarbejdet på Ølbyvej begynder mandag. HR siger „Søndre Allé“ og "stille", 100 % sikkert, * OR - og på_tværs \\ nr. 4. \
            Æbleskiver i det åbne: sam\u{AD}arbejde. Det er åben\u{A0}hus.
            """
        let (link, picture) = (
            try #require(LinkTarget("https://koege.example/kort")), try #require(PictureDigest(String(repeating: "a", count: 64)))
        )
        let body = Document([
            .paragraph([.text(text), .link(link, [.text("kort")])]),
            .paragraph([.text("Kø om"), .lineBreak, .text("morgenen"), .note([.paragraph([.text("Fodnoten.")])])]),
            .picture(PictureReference(digest: picture, alternativeText: "Den blå bro")),
            .table(Table(columns: [.natural, .natural], header: nil, rows: [[[.text("kaffe")], [.text("te")]]])),
        ])
        let submission = Submission(
            source: "HR", name: "a.md", digest: "1", content: ItemContent(title: "Titel", summary: "S", body: body), pictures: [])
        _ = try ledger.accept(submission, at: Self.now)
        _ = try accept(ledger, "HR", "b.md", "xyz 17", title: "Zzz")
        #expect(try search(ledger, words) == ["a.md"])
    }

    /// What somebody types is text, whatever it would mean elsewhere; and the form in which an item is kept is no part of it.
    @Test(arguments: ["title", "paragraph", "%", "_", "xyz%", "x*", "xyz OR titel", "-xyz", "\"xyz\"", "xyz NEAR 17", "{", "\0", "’"])
    func nothingElse(_ words: String) throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        _ = try accept(ledger, "HR", "b.md", "xyz 17", title: "Zzz")
        #expect(try search(ledger, words) == [])
    }

    @Test func onlyWhatOneMaySee() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        for (source, name) in [("HR", "a.md"), ("Teknik", "b.md"), ("HR", "c.md")] {
            _ = try accept(ledger, source, name, "Kantinen \(name)")
        }
        #expect(try search(ledger, "kantine") == ["c.md", "b.md", "a.md"])
        #expect(try search(ledger, "kantine", sources: ["HR"]) == ["c.md", "a.md"])
        #expect(try search(ledger, "kantine", sources: []) == [])
        #expect(try search(ledger, "", sources: ["Teknik"]) == ["b.md"])
    }

    /// The version in force is what is found, however it came; nothing of a former one.
    @Test func whatItSaysNow() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let id = try accept(ledger, "HR", "a.md", "Cafeen er lukket")
        #expect(try accept(ledger, "HR", "a.md", "Kantinen er lukket") == id)
        #expect(try search(ledger, "cafeen") == [] && search(ledger, "kantinen") == ["a.md"])
        var content = try #require(try ledger.item(id)).content
        content.title = "Køkkenet"
        content.body = Document([.paragraph([.text("Det er åbent.")])])
        try ledger.reviseItem(id, from: 2, to: content, by: "anne", at: Self.now)
        #expect(try search(ledger, "kantinen") == [] && search(ledger, "KØKKEN") == ["a.md"])
        // What is withdrawn is still in the list, and there it is found.
        try ledger.withdrawItem(id, by: "anne", at: Self.now)
        #expect(try search(ledger, "køkken") == ["a.md"])
        // Only one text of it is kept.
        let kept = try ledger.read { db throws(Fault) in try db.all("SELECT words FROM item_words") { $0.text(0) } }
        #expect(kept.count == 1 && kept.allSatisfy { $0.hasPrefix("køkkenet") && !$0.contains("kantinen") })
    }

    /// An item that goes takes what was searched along.
    @Test func nothingIsLeftOfWhatIsGone() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let id = try accept(ledger, "HR", "a.md", "Kantinen er lukket")
        let left = try ledger.write([]) { db throws(Fault) -> Int in
            try db.run("DELETE FROM item_version WHERE item = \(id)")
            try db.run("DELETE FROM item WHERE id = \(id)")
            return try db.first("SELECT count(*) FROM item_words") { $0.int(0) } ?? -1
        }
        #expect(left == 0)
    }

    /// A page of a search looks so far back and no further, says so, and the next one goes on there: none is passed over.
    @Test func aSearchGoesOnWhereItStopped() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let count = Int(Ledger.searchedItems) * 2 + 10
        let first = try accept(ledger, "HR", "1.md", "Nålen")
        try ledger.write([]) { db throws(Fault) in
            let numbers = "WITH RECURSIVE number (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < \(count))"
            try db.run(
                """
                \(numbers) INSERT INTO item (id, source, name, state, version, received, changed)
                SELECT n, source, n || '.md', state, version, received + n, changed FROM number, item WHERE id = \(first)
                """)
            try db.run(
                """
                \(numbers) INSERT INTO item_version (item, version, digest, text_digest, title, content, received)
                SELECT n, version, n, n, title, content, received FROM number, item_version WHERE item = \(first)
                """)
            try db.run(
                "\(numbers) INSERT INTO item_words (item, words) SELECT n, CASE n % 1500 WHEN 1 THEN 'nålen' ELSE 'hø' END FROM number")
        }
        var filter = ItemFilter()
        filter.search = "nålen"
        var (found, pages): ([String], Int) = ([], 0)
        while true {
            found += try ledger.items(filter, limit: 100).map(\.name)
            pages += 1
            guard let reach = try ledger.searchReach(filter) else { break }
            #expect(reach.since >= Self.now)
            filter.before = ItemID(reach.number)
        }
        #expect(found == stride(from: 1, through: count, by: 1500).reversed().map { "\($0).md" } && pages == 3, "\(found)")
        filter.before = nil
        filter.search = ""
        #expect(try ledger.searchReach(filter) == nil)
        filter.search = "nålen"
        filter.sources = ["Teknik"]
        #expect(try ledger.searchReach(filter) == nil)
    }

    // MARK: The audit trail

    @Test func theTrailIsSearchedToo() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        try ledger.write([]) { db throws(Fault) in
            try db.audit(Self.now, "Åse", "edit", "item 7", "ÆNDRET titel")
            try db.audit(Self.now, "intake", "reject", "Ældre og Handicap/Løn.md", "personalNumber")
            for number in 0..<(Ledger.searchedLines + 5) { try db.audit(Self.now + .days(1), "planner", "tick", "edition \(number)") }
        }
        func page(_ words: String, acts: [String] = [], actors: [String] = []) throws -> (found: [String], pages: Int) {
            var filter = AuditFilter()
            (filter.search, filter.acts, filter.actors) = (words, acts, actors)
            var (found, pages): ([String], Int) = ([], 0)
            while true {
                found += try ledger.auditPage(filter, limit: 20).map(\.entry.object)
                pages += 1
                guard let reach = try ledger.auditReach(filter) else { return (found, pages) }
                filter.before = reach.number
            }
        }
        for words in ["ældre", "ÆLDRE", "løn.md", "LØN"] {
            let (found, pages) = try page(words)
            #expect(found == ["Ældre og Handicap/Løn.md"] && pages == 2)
        }
        #expect(try page("åse").found == ["item 7"] && page("ændret TITEL").found == ["item 7"])
        #expect(try page("afvist", acts: ["reject"]).found == ["Ældre og Handicap/Løn.md"])
        #expect(try page("mappen", actors: ["intake"]).found == ["Ældre og Handicap/Løn.md"])
        #expect(try page("%").found == [] && page("findes ikke").found == [])
    }
}
