import Core
import Testing

@testable import Configuration

/// The keys of `[Relay name]`, `[Domain name]` and `[Email]` that steer the flow of mail.
@Suite struct RelayKeysTests {
    private static func configuration(relay: String = "", email: String = "", more: String = "") -> String {
        SetUpFolder.configuration.replacing("Directory=outbox\n", with: "Directory=outbox\n\(relay)\n")
            .replacing("[Relay outbox]", with: "\(email)\n[Relay outbox]") + more
    }

    @Test func everyKey() throws {
        let setUp = try SetUpFolder(
            Self.configuration(
                relay: "Weight=3\nPriority=1\nPerSecond=5\nPerHour=1000\nPerDay=20000\nQuietHours=22:00-06:00",
                email: "QuietHours=23:00-05:30\nPauseAtRefused=35%\nPauseAtLeast=7",
                more: """
                    [Relay second]
                    URL=smtps://relay.koege.example:465
                    User=nyt
                    TokenCommand=/usr/local/bin/token --for nyt
                    MessagesPerConnection=100
                    [Relay third]
                    URL=smtp://relay.koege.example
                    User=nyt
                    TokenFile=token
                    [Domain Outlook.com]
                    Connections=2
                    PerMinute=30

                    """))
        try setUp.secret("token")
        let settings = try setUp.load()
        #expect(setUp.problems() == [])
        let first = try #require(settings.relays.first)
        #expect(first.weight == 3 && first.priority == 1 && first.perSecond == 5 && first.perHour == 1_000 && first.perDay == 20_000)
        #expect(first.quietHours == DailyWindow("22:00-06:00"))
        #expect(settings.email?.quietHours == DailyWindow("23:00-05:30") && settings.email?.pause == PauseRule(percent: 35, atLeast: 7))
        #expect(settings.relays[1].token == .command("/usr/local/bin/token --for nyt") && settings.relays[1].messagesPerConnection == 100)
        #expect(settings.relays[2].token == .file(setUp.path + "/token"))
        #expect(settings.domains == [DomainLimit(name: "outlook.com", connections: 2, perMinute: 30)])
    }

    @Test func aPauseIsTheDefaultAndCanBeOff() throws {
        #expect(try SetUpFolder().load().email?.pause == PauseRule(percent: 20, atLeast: 20))
        let off = try SetUpFolder(Self.configuration(email: "PauseAtRefused=no")).load().email
        #expect(off != nil && off?.pause == nil)
    }

    @Test(arguments: [
        ("Weight=0", "Weight: ‘0’"), ("QuietHours=22-06", "QuietHours: ‘22-06’"), ("PerDay=many", "PerDay: ‘many’"),
        ("TokenCommand=x", "TokenCommand= would do nothing"), ("MessagesPerConnection=5", "MessagesPerConnection= would do nothing"),
    ])
    func mistakesInARelay(lines: String, problem: String) throws {
        #expect(try SetUpFolder(Self.configuration(relay: lines)).problems().contains { $0.contains(problem) })
    }

    @Test(arguments: [
        ("[Domain out look]\nConnections=1\n", "is not a domain of mail addresses"),
        ("[Relay x]\nURL=smtp://x\nUser=y\nTokenFile=a\nTokenCommand=b\n", "TokenCommand= would do nothing"),
        ("[Relay x]\nURL=smtp://x\nUser=y\nTokenFile=missing\n", "missing does not exist"),
        ("[Relay x]\nURL=smtp://x\nTokenCommand=b\n", "there is no User= to log in"),
    ])
    func mistakesElsewhere(lines: String, problem: String) throws {
        #expect(try SetUpFolder(Self.configuration(more: lines)).problems().contains { $0.contains(problem) })
    }

    @Test(arguments: ["PauseAtRefused=20", "PauseAtRefused=0%", "PauseAtRefused=101%", "PauseAtRefused=no\nPauseAtLeast=3"])
    func mistakesInThePause(lines: String) throws {
        #expect(try SetUpFolder(Self.configuration(email: lines)).problems().count == 1)
    }
}
