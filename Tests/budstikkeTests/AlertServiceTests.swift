import Core
import Foundation
import TestKit
import Testing

/// Crisis messages on the real daemon: over every channel at once, from the command line and from the crisis folder, over a kill.
@Suite struct AlertServiceTests {
    private static let extra = """

        [Feed kantinen]
        Profile=os2display
        Source=HR

        [Endpoint intranet]
        URL=URL
        SecretFile=intranet.secret
        AllowPrivate=yes
        """
    private static let endings = [".rss", ".atom", ".json", ".concerto.json"]
    private static let secret = "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0\n"

    private func text(_ daemon: Daemon, _ path: String) throws -> String {
        String(decoding: try ServiceTests.get(daemon, path).body, as: UTF8.self)
    }

    private func allFeeds(_ daemon: Daemon, _ isTrue: (String) -> Bool) throws -> Bool {
        try ["kantinen", "infoskaerm"].allSatisfy { feed in
            try Self.endings.allSatisfy { isTrue(try text(daemon, "/feeds/\(feed)\($0)")) }
        }
    }

    /// What the relay got, each mail looked at once.
    private final class Inbox {
        private let relay: ScriptedSMTPServer
        /// For each mail in its order: 0 an ordinary one, 1 the crisis message, 2 its all-clear.
        private(set) var kinds: [Int] = []
        private(set) var recipients: [[String]] = [[], [], []]

        init(_ relay: ScriptedSMTPServer) { self.relay = relay }

        func look() {
            for mail in relay.record.mails.dropFirst(kinds.count) {
                let head = String(decoding: mail.content.prefix(300), as: UTF8.self)
                let kind = head.firstMatch(of: /<akut-\d+-\d+-\d+(-2)?\./).map { $0.1 == nil ? 1 : 2 } ?? 0
                kinds.append(kind)
                recipients[kind].append(mail.recipient)
            }
        }

        func waits(_ isTrue: (Inbox) -> Bool) -> Bool {
            eventually(every: .milliseconds(50)) {
                look()
                return isTrue(self)
            }
        }
    }

    /// "Within 5 s" is what is promised; a machine that runs eight test suites at once is given more.
    private static let promised = 5.0
    private static let allowed = ProcessInfo.processInfo.environment["BUDSTIKKE_STRICT"] == nil ? 4 * promised : promised

    @Test func itIsEverywhereAtOnceWhileAnEditionOfTenThousandRuns() throws {
        let relay = try ScriptedSMTPServer()
        let intranet = try ScriptedHTTPServer([.status(200)])
        defer { relay.stop() }
        let house = try Installation {
            $0.replacing("Directory=outbox", with: "URL=\(relay.url)\nStartTLS=none\nConnections=4\nPerMinute=3000")
                + Self.extra.replacing("URL=URL", with: "URL=\(intranet.url)/hook")
        }
        try house.write("intranet.secret", Self.secret)
        #expect(chmod(house.path + "/intranet.secret", 0o600) == 0)
        try house.writeRecipients(10_000)
        try house.write("drop/HR/Nyt.md", "En nyhed til alle\n\nMed en tekst.\n")
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        // The lanes are in the middle of their batches.
        #expect(relay.wait(atMost: .seconds(60)) { $0.mails.count >= 100 }, "\(daemon.logText)")
        #expect(try allFeeds(daemon) { !$0.contains("Akut") })
        let screen = try RawHTTPClient(port: UInt16(try daemon.port))
        try screen.send("GET /screen/kantinen/events HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try screen.read(until: "data:")
        _ = try screen.read(until: "\n\n")

        let start = ContinuousClock.now
        var took: [(String, Double)] = []
        func measure(_ what: String) {
            let span = (ContinuousClock.now - start).components
            took.append((what, Double(span.seconds) + Double(span.attoseconds) / 1e18))
        }
        let raised = try house.command("alert", "Rådhuset er lukket\n\nGå hjem.", "--yes")
        try #require(raised.status == 0, "\(raised.errorText)")
        measure("command")
        _ = try screen.read(until: "data:")
        measure("screen event")
        #expect(try eventually { try allFeeds(daemon) { $0.contains("Akut: Rådhuset er lukket") && !$0.contains("En nyhed til alle") } })
        measure("feeds")
        #expect(try text(daemon, "/screen/infoskaerm/items.json").contains("\"exclusive\" : true"))
        let inbox = Inbox(relay)
        #expect(inbox.waits { !$0.recipients[1].isEmpty }, "\(daemon.logText)")
        measure("first mail")
        let posted = intranet.requests(count: 1, limit: .seconds(60))
        measure("endpoint")
        for (what, seconds) in took { print("crisis message: \(what) after \(Int(seconds * 1000)) ms") }
        #expect(took.allSatisfy { $0.1 < Self.allowed }, "\(took)")
        #expect(posted.first.map { String(decoding: $0.body, as: UTF8.self) }?.contains(#""kind":"raised""#) == true)
        // What follows goes ahead of the edition, too.
        let count = inbox.kinds.count
        #expect(inbox.waits { $0.kinds.count >= count + 100 })
        #expect(inbox.kinds[count..<(count + 100)].count { $0 == 1 } >= 90, "\(inbox.kinds[count...])")

        #expect(try house.command("alert", "--end", "Alt er i orden igen.").status == 0)
        #expect(try eventually { try allFeeds(daemon) { !$0.contains("Akut") } })
        #expect(try text(daemon, "/feeds/infoskaerm.json").contains("En nyhed til alle"))
        #expect(
            inbox.waits { !$0.recipients[2].isEmpty && Set($0.recipients[1]) == Set($0.recipients[2]) },
            "\(inbox.recipients.map(\.count))")
        print("crisis message: \(inbox.recipients[1].count) had got it at its end, \(inbox.recipients[2].count) the all-clear")
        let bodies = intranet.requests(count: 2).map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.contains { $0.contains(#""kind":"ended""#) && $0.contains("Alt er i orden igen.") })
    }

    @Test func aFileInTheCrisisFolderIsOutAndTakenBackByItsName() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        let folder = "drop/Akut/Direktionen"
        #expect(eventually { house.files("drop/Akut").contains("Direktionen/Modtaget") })
        #expect(house.files("drop/Akut").allSatisfy { $0.hasPrefix("Direktionen") })
        try house.write(folder + "/CPR.txt", "Rådhuset er lukket\n\nSpørg 010190-1234.\n")
        try house.write(folder + "/Lukket.txt", "Øvelse: Rådhuset er lukket\n\nGå til samlingspladsen.\n")
        #expect(try eventually { try allFeedsOf(daemon).contains("ØVELSE: Akut: Rådhuset er lukket") }, "\(daemon.logText)")
        #expect(eventually { house.files(folder + "/Afvist").contains("CPR.besked.txt") })
        #expect(eventually { house.files(folder + "/Modtaget").contains("Lukket.kvittering.html") })
        let receipt = try String(contentsOfFile: house.path + "/" + folder + "/Modtaget/Lukket.kvittering.html", encoding: .utf8)
        #expect(receipt.contains("Beskeden er sendt ud som akut") && receipt.contains("Det er en øvelse"))
        #expect(eventually { house.files("outbox").count { $0.hasSuffix(".eml") } == 28 }, "\(daemon.logText)")
        #expect(try text(daemon, "/screen/infoskaerm/items.json").contains("\"drill\" : true"))
        // A message of the crisis folder is no item of any edition.
        #expect(try !house.command("preview", "direktionens-nyhedsbrev").outputText.contains("Rådhuset er lukket"))
        try house.write(folder + "/Tilbagetræk/Lukket.txt", "x")
        #expect(try eventually { try !allFeedsOf(daemon).contains("Rådhuset") }, "\(daemon.logText)")
        #expect(eventually { house.files("outbox").count { $0.hasSuffix(".eml") } == 56 }, "\(daemon.logText)")
        // The same file again is a new message.
        try house.write(folder + "/Lukket.txt", "Øvelse: Rådhuset er lukket\n\nGå til samlingspladsen.\n")
        #expect(try eventually { try allFeedsOf(daemon).contains("ØVELSE: Akut: Rådhuset er lukket") }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
    }

    private func allFeedsOf(_ daemon: Daemon) throws -> String {
        try Self.endings.map { try text(daemon, "/feeds/infoskaerm\($0)") }.joined()
    }

    @Test func itStandsOverAKillAndEndsByItself() throws {
        let house = try Installation()
        var daemon = try Daemon(house)
        #expect(try house.command("alert", "Strømmen er væk", "--for", "8s", "--yes").status == 0)
        daemon.kill()
        daemon = try Daemon(house)
        // Unless starting has taken longer than the message stands.
        let listed = try #require(try house.json("alert", "--list") as? [[String: Any]])
        if listed.first?["state"] as? String == "standing" {
            let feeds = try allFeedsOf(daemon)
            // Its time may have come meanwhile.
            #expect(feeds.contains("Akut: Strømmen er væk") || !feeds.contains("Strømmen"))
        }
        #expect(try eventually { try (house.json("alert", "--list") as? [[String: Any]])?.first?["ending"] as? String == "expired" })
        #expect(try eventually { try !allFeedsOf(daemon).contains("Strømmen") })
        // Its mail has told when: there is no second one.
        #expect(house.files("outbox").count { $0.hasSuffix(".eml") } <= 28)
        daemon.terminate()
    }

    @Test func whereTwoPeopleHaveToAgreeTheFirstOnlyProposes() throws {
        let house = try Installation { $0 + "\n[Alert]\nTwoPeople=yes\n" }
        func by(_ user: String, _ words: String...) throws -> ChildProcess.Outcome {
            try Installation.run(words + ["--config", house.configuration], environment: ["SUDO_USER": user])
        }
        let daemon = try Daemon(house)
        #expect(try by("anne", "alert", "Rådhuset er lukket", "--yes").outputText.contains("waits for a second person"))
        #expect(try !allFeedsOf(daemon).contains("Akut"))
        #expect(try eventually { try by("anne", "status").outputText.contains("alert-proposed") })
        let own = try by("anne", "alert", "--confirm", "1", "--yes")
        #expect(own.status == 1 && own.errorText.contains("somebody else"))
        #expect(try by("bo", "alert", "--confirm", "1", "--yes").status == 0)
        #expect(try eventually { try allFeedsOf(daemon).contains("Akut: Rådhuset er lukket") })
        #expect(eventually { house.files("outbox").count { $0.hasSuffix(".eml") } == 28 })
        #expect(try eventually { try !by("anne", "status").outputText.contains("alert-proposed") })
        // Not asked for: nothing is done without a clear yes, and a drill waits for the real one to end.
        #expect(try house.command("alert", "Mere", input: "no\n").status == 1)
        #expect(try house.command("alert", "Mere", "--drill", "--yes").status == 1)
        daemon.terminate()
    }
}
