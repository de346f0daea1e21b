import Core
import Foundation
import HTTPServer
import Ledger
import TestKit
import Testing

@testable import PushScreens

/// Every player's documented behaviour, by a client that does exactly that, on feeds of every size.
@Suite struct PlayerTests {
    struct Shown: Decodable {
        var type: String?
        var title: String?
        var content: String?
        var summary: String?
        var link: String?
        var media: String?
        var medias: Int?
        var mediaContent: Int?
        var ended: Bool?
    }

    struct Player: CustomTestStringConvertible, Sendable {
        var name: String
        var profile: FeedProfile
        var testDescription: String { name }

        static let all = [
            Player(name: "os2display-rss", profile: .os2display), .init(name: "os2display-atom", profile: .os2display),
            .init(name: "os2display-json", profile: .os2display), .init(name: "xibo", profile: .xibo),
            .init(name: "concerto", profile: .concerto), .init(name: "plain-rss", profile: .plain),
            .init(name: "plain-atom", profile: .plain), .init(name: "plain-json", profile: .plain),
        ]
    }

    /// A served shelf and the clock that it goes by.
    private struct House {
        let clock = ManualClock(noon)
        let shelf: FeedShelf
        let server: Server

        init() throws {
            shelf = FeedShelf(clock: clock)
            var router = Router()
            shelf.addRoutes(to: &router)
            server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
        }

        func shown(_ player: Player) throws -> [Shown] {
            let script = Oracle.root + "/Tests/PushScreensTests/Oracles/players.py"
            let output = try Oracle.run(script, [player.name, "\(server.address.url)/feeds/infoskaerm"])
            return try JSONDecoder().decode([Shown].self, from: Data(output))
        }

        func publish(_ entries: [FeedEntry], for player: Player) {
            var feed = sampleFeed(entries)
            feed.profile = player.profile
            shelf.publish(feed)
        }
    }

    /// One shown entry for each item: Concerto has a graphic beside the text.
    private func titles(_ shown: [Shown]) -> [String] { shown.filter { $0.type != "Graphic" }.compactMap(\.title) }

    @Test(
        .enabled(if: FormatTests.hasOracle, "needs feedparser"), arguments: Player.all, [0, 1, 5, 500])
    func `a feed of every size is shown whole`(player: Player, count: Int) throws {
        let house = try House()
        let entries = (0..<count).map { sampleEntry($0 + 1) }
        house.publish(entries, for: player)
        let shown = try house.shown(player)
        let expected = player.profile == .os2display ? Array(entries.prefix(5)) : entries
        #expect(titles(shown) == expected.map(\.title))
        guard player.profile != .concerto else { return }
        #expect(shown.map(\.media) == expected.map { $0.picture?.address })
    }

    @Test(.enabled(if: FormatTests.hasOracle, "needs feedparser"), arguments: Player.all)
    func `an expired item is not shown, to the second`(player: Player) throws {
        let house = try House()
        house.publish([sampleEntry(1, until: noon + .seconds(1)), sampleEntry(2)], for: player)
        #expect(titles(try house.shown(player)) == ["Nyhed 1", "Nyhed 2"])
        house.clock.set(noon + .seconds(1))
        #expect(titles(try house.shown(player)) == ["Nyhed 2"])
    }

    @Test(.enabled(if: FormatTests.hasOracle, "needs feedparser"), arguments: Player.all)
    func `an exclusive entry is shown alone`(player: Player) throws {
        let house = try House()
        var alert = sampleEntry(1, title: "Rådhuset er lukket", until: noon + .hours(1))
        alert.rank = .exclusive
        house.publish([sampleEntry(2), alert, sampleEntry(3)], for: player)
        #expect(titles(try house.shown(player)) == ["Rådhuset er lukket"])
        house.clock.set(noon + .hours(1))
        #expect(titles(try house.shown(player)) == ["Nyhed 2", "Nyhed 3"])
    }

    /// From the ledger over the stage to the player, and back to what was there before.
    @Test(.enabled(if: FormatTests.hasOracle, "needs feedparser"), arguments: Player.all, [false, true])
    func `a crisis message in the ledger takes every player over until it ends`(player: Player, isDrill: Bool) throws {
        let house = try House()
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let words = AlertWords(
            Catalogue([.da: ["alert.subject": "Akut: {title}", "alert.drillSubject": "ØVELSE: {subject}"]]))
        var rule = FeedRule(Publication(name: "infoskaerm", title: "Infoskærm", timing: .continuous))
        rule.profile = player.profile
        let composition = FeedComposition(
            ledger: ledger, language: .da, publicURL: "https://nyt.koege.example", organisation: "Køge Kommune", key: .random(),
            words: words,
            select: { [ledger] _, live, _ throws(Fault) in try ledger.records(of: live) })
        let stage = ScreensStage(
            feeds: [rule], composition: composition, shelf: house.shelf, ledger: ledger, clock: house.clock,
            log: Log("test", threshold: .alert))
        func accept(_ source: String, _ title: String) throws -> ItemID {
            let content = ItemContent(title: title, summary: "Kort", body: Document([.paragraph([.text("Gå hjem.")])]))
            return try ledger.accept(Submission(source: source, name: title, digest: title, content: content, pictures: []), at: noon).item
        }
        _ = try accept("Teknik", "Vejarbejde")
        let item = try accept(AlertSource.name("HR"), "Rådhuset er lukket")
        stage.pass()
        #expect(titles(try house.shown(player)) == ["Vejarbejde"])
        let alert = try ledger.proposeAlert(
            AlertProposal(item: item, version: 1, isDrill: isDrill, audience: "alle", until: noon + .hours(1), proposer: "test"),
            needsTwoPeople: false, at: noon)
        stage.pass()
        #expect(titles(try house.shown(player)) == [(isDrill ? "ØVELSE: " : "") + "Akut: Rådhuset er lukket"])
        // Its own time ends it to the second, whoever else sleeps.
        house.clock.set(noon + .hours(1))
        let after = titles(try house.shown(player))
        #expect(after == ["Vejarbejde"])
        try ledger.endAlert(alert, .ended, by: "test", at: house.clock.now())
        stage.pass()
        #expect(titles(try house.shown(player)) == ["Vejarbejde"])
    }

    @Test(.enabled(if: FormatTests.hasOracle, "needs feedparser"))
    func `OS2display shows plain text, one media, and a summary where it reads one`() throws {
        let house = try House()
        for player in Player.all where player.profile == .os2display {
            house.publish([sampleEntry(6, text: "Hele teksten <b>her</b> & der.")], for: player)
            let shown = try #require(try house.shown(player).first)
            #expect(shown.medias == 1 && shown.media?.contains("?") == false)
            // RSS marks no text as text: what could be a tag is set with a likeness.
            let isRSS = player.name == "os2display-rss"
            #expect(shown.content == (isRSS ? "Hele teksten ‹b>her‹/b> & der." : "Hele teksten <b>her</b> & der."))
            #expect(shown.summary == (isRSS ? nil : "Kort om 6."))
        }
    }

    @Test(.enabled(if: FormatTests.hasOracle, "needs feedparser"))
    func `Xibo gets the picture twice, as enclosure and as media content`() throws {
        let house = try House()
        let player = Player(name: "xibo", profile: .xibo)
        house.publish([sampleEntry(3)], for: player)
        let shown = try #require(try house.shown(player).first)
        #expect(shown.mediaContent == 1 && shown.media == "https://nyt.koege.example/pictures/3.jpg")
    }

    @Test(.enabled(if: FormatTests.hasOracle, "needs feedparser"))
    func `Concerto gets no picture that it would refuse`() throws {
        let house = try House()
        let player = Player(name: "concerto", profile: .concerto)
        var entry = sampleEntry(3)
        entry.picture = .init(address: "https://nyt.koege.example/pictures/3.jpg", mediaType: "image/jpeg", length: 10_000_000)
        house.publish([entry], for: player)
        #expect(try house.shown(player).map(\.type) == ["RichText"])
    }
}
