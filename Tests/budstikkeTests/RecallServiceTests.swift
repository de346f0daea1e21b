import Core
import Foundation
import TestKit
import Testing

/// One edition over every channel of the real daemon: out everywhere at once, and corrected everywhere.
@Suite struct RecallServiceTests {
    private static let endpoints = """

        [Endpoint intranet]
        URL=ADDRESS/intranet
        SecretFile=hook.secret
        AllowPrivate=yes

        [Endpoint opslag]
        URL=ADDRESS/opslag
        SecretFile=hook.secret
        AllowPrivate=yes
        Per=item

        [Endpoint andet]
        Kind=generic
        URL=ADDRESS/andet
        Body=andet.mustache
        AllowPrivate=yes
        """

    /// The set-up with a relay that knows p0 and p1, refuses p2 for good and p3 for now, and three endpoints.
    private struct Newsroom {
        let relay: ScriptedSMTPServer
        let intranet: ScriptedHTTPServer
        let house: Installation
        let daemon: Daemon
        var slug = ""

        init() throws {
            relay = try ScriptedSMTPServer { moment in
                guard moment.step == .recipient else { return .proceed }
                return moment.line.contains(/p2@/)
                    ? .reply("550 5.1.1 unknown") : moment.line.contains(/p3@/) ? .reply("450 4.2.1 later") : .proceed
            }
            intranet = try ScriptedHTTPServer([.status(200)])
            let (relay, intranet) = (relay, intranet)
            house = try Installation {
                $0.replacing("Directory=outbox", with: "URL=\(relay.url)\nStartTLS=none\nConnections=2")
                    + RecallServiceTests.endpoints.replacing("ADDRESS", with: intranet.url)
            }
            try house.write("hook.secret", "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0\n")
            #expect(chmod(house.path + "/hook.secret", 0o600) == 0)
            try house.write("andet.mustache", #"{"titel": {{{json.title}}}, "hvad": "{{event}}", "tekst": {{{json.html}}}}"#)
            let schedule = "Schedules/direktionens-nyhedsbrev.schedule"
            try house.write(
                schedule,
                try house.text(schedule).replacing("Web=yes", with: "Web=yes\nFeed=yes\nEndpoint=intranet\nEndpoint=opslag\nEndpoint=andet")
            )
            try house.writeRecipients(4)
            try house.drop("HR/Moede.md", "Mødet er den 3. december\n\nKom til mødet.\n")
            try house.drop("Direktionen/Budget.md", "Budgettet er på plads\n\nSe tallene.\n")
            daemon = try Daemon(house)
            #expect(try eventually { try ServiceTests.items(house).count == 2 })
            #expect(try eventually { try house.hasPeople() })
            let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
            try #require(run.status == 0, "\(run.errorText)")
            slug = try #require(try released()["slug"] as? String)
        }

        func stop() {
            daemon.kill()
            relay.stop()
            intranet.stop()
        }

        func released() throws -> [String: Any] {
            let status = try #require(try house.json("status") as? [String: Any])
            return try #require((status["released"] as? [[String: Any]])?.first)
        }

        func channels() throws -> [String] {
            let out = try released()["out"] as? [String: Any]
            return (out?["channels"] as? [[String: Any]] ?? []).compactMap { $0["channel"] as? String }
        }

        func page(_ path: String) throws -> String { String(decoding: try ServiceTests.get(daemon, path).body, as: UTF8.self) }

        /// What one endpoint was sent, in order.
        func posts(_ endpoint: String) -> [String] {
            intranet.requests(count: 0).filter { $0.target == "/" + endpoint }.map { String(decoding: $0.body, as: UTF8.self) }
        }
    }

    private static let everywhere = ["email", "endpoint/andet", "endpoint/intranet", "endpoint/opslag", "feeds", "web"]

    @Test func itIsOutOnEveryChannelWithinTwoSeconds() throws {
        let room = try Newsroom()
        defer { room.stop() }
        #expect(try eventually { try room.channels().sorted() == Self.everywhere }, "\(room.daemon.logText)")
        let out = try #require(try room.released()["out"] as? [String: Any])
        let spread = try #require(out["spreadMilliseconds"] as? Int)
        print("release spread: \(spread) ms: \(out["channels"] ?? "")")
        #expect(spread < 2_000, "\(out)")
        #expect(try room.house.command("deliveries", room.slug).outputText.contains("\(spread) ms apart"))
        // What was noted is what happened: each of them has it.
        #expect(try room.page("/editions/" + room.slug).contains("Mødet er den 3. december"))
        #expect(try room.page("/feeds/direktionens-nyhedsbrev.rss").contains("Mødet er den 3. december"))
        #expect(room.relay.record.mails.count == 2 && room.posts("intranet").count == 1 && room.posts("opslag").count == 2)
    }

    @Test func aCorrectionReachesEveryChannelAndByMailWhoHadIt() throws {
        let room = try Newsroom()
        defer { room.stop() }
        let (house, slug) = (room.house, room.slug)
        #expect(try eventually { try room.channels().sorted() == Self.everywhere && room.relay.record.mails.count == 2 })
        #expect(try eventually { try house.command("deliveries", slug).outputText.contains("2 sent, 1 deferred, 1 failed") })
        #expect(room.posts("opslag").count == 2)

        // Mended by a new file of the same name, and withdrawn.
        try house.drop("HR/Moede.md", "Mødet er den 4. december\n\nKom til mødet.\n")
        #expect(try eventually { try house.items().contains { $0["title"] as? String == "Mødet er den 4. december" } })
        let budget = try #require(try house.items().first { ($0["title"] as? String)?.hasPrefix("Budgettet") == true }?["id"] as? Int)
        #expect(try house.command("withdraw", "\(budget)").status == 0)
        #expect(try room.page("/editions/" + slug).contains("Mødet er den 3. december"))
        let note = "Mødet er den 4. december, ikke den 3."
        #expect(try house.command("recall", slug, "--note", note, input: "no\n").status == 1)
        let recalled = try house.command("recall", slug, "--note", note, "--yes")
        try #require(recalled.status == 0, "\(recalled.errorText)")
        #expect(recalled.outputText.contains("2 people have got it by mail as it was. ‘budstikke recall \(slug) --mail’"))

        let page = try room.page("/editions/" + slug)
        #expect(page.contains(note) && page.contains("<strong>Rettet ") && page.contains("Mødet er den 4. december</h2>"))
        #expect(!page.contains("Budgettet") && !page.contains("Mødet er den 3. december"))
        #expect(try room.page("/editions/").contains("<span>Rettet "))
        #expect(
            try eventually {
                try [".rss", ".atom", ".json"].allSatisfy {
                    let feed = try room.page("/feeds/direktionens-nyhedsbrev" + $0)
                    return feed.contains("den 4. december") && !feed.contains("den 3. december") && !feed.contains("Budgettet")
                }
            })
        #expect(
            eventually {
                room.posts("intranet").last.map { $0.contains("edition.corrected") && $0.contains(note) && !$0.contains("Budgettet") }
                    == true
            }, "\(room.posts("intranet")) \(room.daemon.logText)")
        #expect(eventually { room.posts("andet").last.map { $0.contains(#""hvad": "corrected""#) && $0.contains("ikke den 3.") } == true })
        #expect(
            eventually {
                let posts = room.posts("opslag")
                return posts.contains { $0.contains("item.corrected") && $0.contains("den 4.") }
                    && posts.contains { $0.contains("item.withdrawn") }
            }, "\(room.posts("opslag"))")
        #expect(room.posts("intranet")[0].contains("edition.released"), "no correction overtakes its original")

        // The mail is offered, not sent.
        #expect(room.relay.record.mails.count == 2)
        let mailed = try house.command("recall", slug, "--mail", "--yes")
        #expect(mailed.status == 0 && mailed.outputText.contains("on its way to 2 people"), "\(mailed.errorText)")
        #expect(room.relay.wait(atMost: .seconds(60)) { $0.mails.count == 4 }, "\(room.daemon.logText)")
        let mails = room.relay.record.mails
        func field(_ name: String, _ mail: ScriptedSMTPServer.Mail) -> String? {
            String(decoding: mail.content, as: UTF8.self).replacing("\r\n ", with: " ").components(separatedBy: "\r\n")
                .first { $0.lowercased().hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        for name in ["p0@", "p1@"] { #expect(mails.suffix(2).contains { $0.recipient.contains(name) }) }
        for mail in mails.suffix(2) {
            let original = try #require(mails.prefix(2).first { $0.recipient == mail.recipient })
            // An encoded word, as long subjects are (RFC 2047).
            #expect(field("subject", mail)?.contains("Rettelse=3A_Direktionens_nyhedsbrev") == true)
            #expect(
                field("in-reply-to", mail) == field("message-id", original) && field("message-id", mail) != field("message-id", original))
        }
        let deliveries = try #require(try house.json("deliveries", slug) as? [[String: Any]])
        #expect(deliveries.count == 6 && deliveries.count { $0["correction"] as? Int == 1 } == 2)
        #expect(try eventually { try house.command("deliveries", slug).outputText.contains("4 sent, 1 deferred, 1 failed") })
        #expect(try house.command("recall", slug, "--mail", "--yes").status == 1, "once")

        // Nothing is left: the page says so, and search engines forget it.
        let meeting = try #require(try house.items().first { ($0["title"] as? String)?.hasSuffix("4. december") == true }?["id"] as? Int)
        #expect(try house.command("withdraw", "\(meeting)").status == 0)
        #expect(try house.command("recall", slug, "--note", "Mødet er aflyst.", "--yes").outputText.contains("Nothing is left in it"))
        let gone = try ServiceTests.get(room.daemon, "/editions/" + slug)
        #expect(gone.status == 410 && String(decoding: gone.body, as: UTF8.self).contains("Mødet er aflyst."))
        #expect(try room.page("/editions/").contains("<span>Trukket tilbage "))
        #expect(eventually { room.posts("intranet").last?.contains("edition.withdrawn") == true })
        #expect(try house.command("retry", slug).status == 1)
    }
}
