import Core
import Testing

@testable import Configuration

@Suite struct FeedSectionTests {
    private static let audiences = """

        [Audience rådhuset]
        Match=location=Rådhuset
        [Audience ledere]
        Match=role=leder
        [Audience rådhusets ledere]
        Match=location=Rådhuset
        Match=role=leder
        """

    private func settings(_ text: String) throws -> SetUpFolder {
        try SetUpFolder(SetUpFolder.configuration + Self.audiences + "\n" + text)
    }

    @Test func aFeedSaysWhatItShowsAndForWhom() throws {
        let settings = try settings(
            """
            [Feed kantinen]
            Title=Kantinen
            Place=Kantinen, Rådhuset
            Profile=OS2display
            Category=Mad
            Source=Teknik og Miljø
            Location=rådhuset
            Language=en
            TextLimit=200
            Seconds=20
            [Feed alt]
            Max=50
            [Screens]
            SilentAfter=1h
            """
        ).load()
        let feed = try #require(settings.feeds.first { $0.name == "kantinen" })
        #expect(feed.profile == .os2display && feed.place == "Kantinen, Rådhuset" && feed.language == .en)
        #expect(feed.textLimit == 200 && feed.seconds == 20)
        // What the location alone decides, and not what is for its leaders.
        guard case .items(let audiences, let selection) = feed.content else { throw CancellationError() }
        #expect(audiences == ["rådhuset"] && selection.max == 5 && selection.categories == ["Mad"])
        let all = try #require(settings.feeds.first { $0.name == "alt" })
        guard case .items(_, let most) = all.content else { throw CancellationError() }
        #expect(most.max == 50 && all.title == "alt" && all.textLimit == nil && all.seconds == nil)
        #expect(settings.screenSilence == .hours(1))
    }

    @Test func aPrivateFeedHasAVersionOfItsToken() throws {
        let settings = try settings("[Feed alt]\n[Feed kantinen]\nPrivate=yes\n[Feed ledere]\nPrivate=yes\nTokenVersion=3\n").load()
        func access(_ name: String) -> FeedRule.Access? { settings.feeds.first { $0.name == name }?.access }
        #expect(access("alt") == .open)
        #expect(access("kantinen") == .byAddress(version: 1))
        #expect(access("ledere") == .byAddress(version: 3))
        let found = try self.settings("[Feed alt]\nTokenVersion=3\n").problems()
        #expect(found.contains { $0.contains("TokenVersion= would do nothing: only a private feed's address has a token") })
    }

    @Test func mistakesAreNamed() throws {
        let found = try settings(
            """
            [Feed Kantinen 1]
            Profile=os3display
            [Feed assets]
            Audience=alel
            Source=Teknik
            Seconds=1
            [Screens]
            SilentAfter=30s
            """
        ).problems().joined(separator: "\n")
        for text in [
            "‘Kantinen 1’ cannot stand in an address", "Did you mean os2display?", "/screen/assets/ is taken",
            "there is no audience ‘alel’",
            "there is no source ‘Teknik’", "‘1’ is not a whole number from 3 to 600", "no less than 2m",
        ] {
            #expect(found.contains(text), "\(text)\nis not in\n\(found)")
        }
    }
}
