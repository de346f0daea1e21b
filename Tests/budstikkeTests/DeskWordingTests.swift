import Core
import Foundation
import Ledger
import TestKit
import Testing

/// What the program itself writes into the ledger in English stands on the desk's pages in the reader's words; a person's own stays.
@Suite struct DeskWordingTests {
    @Test func everyPhraseHasItsWordsAndNoOtherStandsThere() throws {
        let path = Oracle.root + "/Templates/Strings/da.strings"
        let file = SectionFile(text: try String(contentsOfFile: path, encoding: .utf8), file: path)
        let section = try #require(file.sections.first { $0.heading == "said" })
        let keys = Set(section.entries.map(\.key))
        let wanted = Set(Phrase.allCases.map { "\($0)" })
        #expect(wanted.subtracting(keys).sorted() == [])
        let others = keys.subtracting(wanted).filter { key in
            !key.hasPrefix("role") && !(key.hasSuffix("One") && wanted.contains(String(key.dropLast(3))))
        }
        #expect(others.sorted() == [])
    }

    @Test func whyAnEditionWaitsAndWhatIsWrong() throws {
        let house = try Installation()
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        let anne = try DeskVisitor(daemon, "anne")
        try ServiceTests.drop(house, "HR/Kantine.md", "Ny kantine\n\nDen åbner på mandag.\n")
        #expect(try eventually { try ServiceTests.items(house).count == 1 }, "\(daemon.logText)")
        let editions = try #require(try house.json("status") as? [String: Any])["coming"] as? [[String: Any]] ?? []
        let slug = try #require(editions.compactMap { $0["slug"] as? String }.first { $0.hasPrefix("direktionens-nyhedsbrev") })
        try anne.press("hold", on: "/desk/editions/" + slug)
        let held = try anne.page("/desk/editions/" + slug)
        #expect(held.contains("Den er holdt tilbage: anne har bedt om det.") && !held.contains("held by"))
        // Who did it stands there once.
        #expect(!held.contains(": anne har bedt om det</span>"))
        #expect(try house.command("hold", slug, "--reason", "Vi venter på 3 items fra HR").status == 0)
        let own = try anne.page("/desk/editions/" + slug)
        #expect(own.contains("Den er holdt tilbage: Vi venter på 3 items fra HR."))

        try house.write("drop/Ukendt/x.txt", "x\n")
        #expect(try eventually { try house.alarms().contains("drop-stray") }, "\(daemon.logText)")
        let today = try anne.page("/desk/")
        #expect(today.contains("Noget ligger et sted, hvor ingen kigger: Ukendt") && today.contains("Flyt det til en afdelings mappe"))
        #expect(today.contains("<span class=\"reply\" lang=\"en\">"))
        // A search finds what the page shows, not only what the ledger has.
        #expect(try anne.page("/desk/log?q=%C3%A6ndrede").contains("Medarbejderlisten"))
        #expect(try !anne.page("/desk/log?q=uden+mening").contains("Medarbejderlisten"))
        #expect(daemon.terminate() == 0)
    }
}
