import Core
import Foundation
import TestKit
import Testing

/// Screens as their owners and the IT department meet them: feeds of the configuration, restarts, who has fetched.
@Suite struct ScreenServiceTests {
    private static let feeds = """

        [Feed kantinen]
        Title=Kantinen
        Place=Kantinen, Rådhuset
        Profile=os2display
        Source=HR

        [Feed teknik]
        Profile=concerto
        Source=Teknik og Miljø
        """

    private func text(_ daemon: Daemon, _ path: String) throws -> String {
        String(decoding: try ServiceTests.get(daemon, path).body, as: UTF8.self)
    }

    /// The first request after a restart finds what the last one before it found, in every format; there is never an empty feed between.
    @Test func aRestartLeavesTheFeedsAsTheyWere() throws {
        let house = try Installation { $0 + Self.feeds }
        var daemon = try Daemon(house)
        try ServiceTests.drop(house, "HR/Ny kantine.md", "Titel: Ny kantine\nResumé: Den åbner mandag.\n\nPå mandag åbner kantinen.\n")
        #expect(try eventually { try text(daemon, "/feeds/kantinen.rss").contains("Ny kantine") }, "\(daemon.logText)")
        let endings = [".rss", ".atom", ".json", ".concerto.json"]
        let before = try endings.map { try text(daemon, "/feeds/kantinen\($0)") }
        #expect(!(try text(daemon, "/feeds/teknik.json")).contains("Ny kantine"))
        for _ in 0..<2 {
            daemon.kill()
            daemon = try Daemon(house)
            #expect(try endings.map { try text(daemon, "/feeds/kantinen\($0)") } == before)
            #expect(try text(daemon, "/screen/kantinen/items.json").contains("Ny kantine"))
        }
        #expect(try text(daemon, "/screen/kantinen").contains("Kantinen, Rådhuset"))
        #expect(daemon.terminate() == 0)
    }

    /// A continuous publication with `Approval=editor` shows what an editor has approved, and no later version of it before the next yes.
    @Test func nobodySeesWhatNobodyHasApproved() throws {
        let house = try Installation()
        let schedule = "/Schedules/infoskaerm.schedule"
        let text = try String(contentsOfFile: house.path + schedule, encoding: .utf8)
        let approved = text.replacingOccurrences(of: "When=continuous", with: "When=continuous\nApproval=editor")
        try Data(approved.utf8).write(to: URL(fileURLWithPath: house.path + schedule))
        let daemon = try Daemon(house)
        func put(_ title: String) throws -> Int? {
            try ServiceTests.drop(house, "HR/Kantine.md", "Titel: \(title)\nResumé: Den åbner mandag.\n\nPå mandag åbner kantinen.\n")
            var item: [String: Any]?
            #expect(
                try eventually {
                    item = try (house.json("items") as? [[String: Any]])?.first { "\($0)".contains(title) }
                    return item != nil
                }, "\(daemon.logText)")
            return item?["id"] as? Int
        }
        let item = try #require(try put("Ny kantine"))
        try ServiceTests.drop(house, "HR/Andet.md", "Titel: Andet nyt\nResumé: Kort.\n\nMere.\n")
        #expect(try house.command("approve", "\(item)").status == 0)
        #expect(try eventually { try self.text(daemon, "/feeds/infoskaerm.json").contains("Ny kantine") }, "\(daemon.logText)")
        #expect(!(try self.text(daemon, "/feeds/infoskaerm.json").contains("Andet nyt")))
        _ = try put("Nyere kantine")
        #expect(try eventually { !(try self.text(daemon, "/feeds/infoskaerm.json").contains("kantine")) })
        #expect(try house.command("approve", "\(item)").status == 0)
        #expect(try eventually { try self.text(daemon, "/feeds/infoskaerm.json").contains("Nyere kantine") }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
    }

    @Test func whoFetchesIsKnownShownAndForgotten() throws {
        let house = try Installation { $0 + Self.feeds }
        let daemon = try Daemon(house)
        #expect(try ServiceTests.get(daemon, "/feeds/kantinen.rss?screen=kantinen-1").status == 200)
        #expect(try ServiceTests.get(daemon, "/feeds/kantinen.rss").status == 200)
        // What was seen is written down at the latest when the service stops.
        daemon.terminate()
        let screens = try #require(try house.json("screens") as? [[String: Any]])
        #expect(screens.count == 2)
        #expect(try house.command("status").outputText.contains("kantinen-1"))
        let again = try Daemon(house)
        #expect(try house.command("screens", "forget", "kantinen-1").status == 0)
        #expect(try house.command("screens", "forget", "kantinen-1").status == 1)
        #expect(try !house.command("screens").outputText.contains("kantinen-1"))
        again.terminate()
    }

    @Test func theReceiptAndTheCheckSayWhatTheScreensWillMakeOfIt() throws {
        let house = try Installation { $0 + Self.feeds }
        let daemon = try Daemon(house)
        let long = String(repeating: "På mandag åbner kantinen med ny kok. ", count: 20)
        try ServiceTests.drop(house, "HR/Ny kantine.md", "Titel: Ny kantine\nResumé: Den åbner mandag.\n\n\(long)\n")
        let receipt = house.path + "/drop/HR/Modtaget/Ny kantine.kvittering.html"
        #expect(eventually { FileManager.default.fileExists(atPath: receipt) }, "\(daemon.logText)")
        let page = try String(contentsOfFile: receipt, encoding: .utf8)
        #expect(page.contains("På skærmene") && page.contains("Skærmen viser de første 400"))
        // The other feed takes nothing of HR.
        #expect(page.contains("<strong>Kantinen</strong>") && !page.contains("<strong>teknik</strong>"))
        let check = try house.command("check", "--feeds")
        #expect(check.status == 0 && check.outputText.contains("kantinen (os2display): 1 items, 1 with remarks"))
        #expect(check.outputText.contains("The screen shows the first 400"))
        daemon.terminate()
        #expect(try house.command("check", "--feeds").output == check.output)
    }
}
