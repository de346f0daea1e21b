import Core
import Foundation
import TestKit
import Testing

/// The real daemon tells people of alarms: each once with its end, by mail, by a signed post and in the log.
@Suite struct AlarmTellingTests {
    private static let secret = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G"

    private static let verifier = """
        import json, sys
        from standardwebhooks.webhooks import Webhook
        post = json.load(sys.stdin)
        print(json.dumps(Webhook(post["secret"]).verify(post["body"], post["headers"]), ensure_ascii=False))
        """

    private func house(_ url: String?, _ change: (String) -> String = { $0 }) throws -> Installation {
        let house = try Installation { text in
            change(text) + "\n[Alarm]\nMail=drift@eksempel.example\nEditors=kommunikation@eksempel.example\n"
                + (url.map { "Webhook=\($0)/vagt\nSecretFile=alarm.secret\nAllowPrivate=yes\n" } ?? "")
        }
        try house.write("alarm.secret", Self.secret + "\n")
        try #require(chmod(house.path + "/alarm.secret", 0o600) == 0)
        return house
    }

    private func mails(_ house: Installation) throws -> [String] {
        try house.files("outbox/notices").filter { $0.hasSuffix(".eml") }.map { try house.text("outbox/notices/" + $0) }
    }

    /// The alarms in a post, once the reference library has found its signature right.
    private func verified(_ post: ScriptedHTTPServer.Request) throws -> [[String: Any]] {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        let input: [String: Any] = [
            "secret": Self.secret, "body": String(decoding: post.body, as: UTF8.self),
            "headers": Dictionary(uniqueKeysWithValues: names.map { ($0, post.header($0) ?? "") }),
        ]
        let answer = try Oracle.run("-c", [Self.verifier], input: Array(JSONSerialization.data(withJSONObject: input)))
        let payload = try #require(try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any])
        #expect(payload["type"] as? String == "alarms.changed")
        return try #require((payload["data"] as? [String: Any])?["alarms"] as? [[String: Any]])
    }

    @Test(.enabled(if: Oracle.hasPython("standardwebhooks"), "needs standardwebhooks (PyPI)"))
    func eachAlarmIsToldOnceWithItsEnd() throws {
        let server = try ScriptedHTTPServer([.close, .status(500), .status(204)])
        defer { server.stop() }
        let house = try house(server.url)
        // What comes together is one message.
        for number in 10..<13 { try house.write("drop/Ukendt \(number)/x.txt", "x\n") }
        var daemon = try Daemon(house)
        #expect(try eventually { try house.alarms().count { $0 == "drop-stray" } == 3 }, "\(daemon.logText)")
        #expect(try eventually { try mails(house).count == 1 }, "\(daemon.logText)")
        let mail = try mails(house)[0]
        #expect(mail.contains("To: drift@eksempel.example") && mail.contains("Auto-Submitted: auto-generated"))
        #expect(mail.contains("Ukendt 10") && mail.contains("Ukendt 12"))
        let lines = daemon.logText.split(separator: "\n").filter { $0.contains("alarms: standing:") && $0.contains("ALARM=drop-stray") }
        #expect(lines.count == 3)
        // The receiver took nothing at first; the same news came again under the same identifier.
        #expect(eventually { server.requests(count: 3, limit: .seconds(1)).count >= 3 }, "\(daemon.logText)")
        let posts = server.requests(count: 3).filter { $0.method == "POST" }
        #expect(Set(posts.prefix(3).compactMap { $0.header("webhook-id") }).count == 1)
        #expect(try verified(try #require(posts.last)).count == 3)
        // Over a restart nothing is told again.
        daemon.kill()
        daemon = try Daemon(house)
        for number in 10..<13 { try FileManager.default.removeItem(atPath: house.path + "/drop/Ukendt \(number)") }
        #expect(try eventually { try mails(house).count == 2 }, "\(daemon.logText)")
        let end = try #require(try mails(house).last)
        #expect(end.contains("klarer_sig") && end.contains("Ovre igen"), "\(end)")
        #expect(eventually { server.requests(count: 4, limit: .seconds(1)).count >= 4 })
        let over = try verified(try #require(server.requests(count: 4).last))
        #expect(over.count == 3 && over.allSatisfy { $0["state"] as? String == "over" && $0["ended"] is String })
        #expect(daemon.logText.split(separator: "\n").count { $0.contains("alarms: over:") } == 3)
        #expect(try !mails(house).contains { $0.contains("kommunikation@") }, "no editor can do anything about a folder")
        #expect(!daemon.logText.contains("drift@"))
        daemon.terminate()
    }

    /// Where the relay itself has failed the webhook tells; its mail waits in the ledger.
    @Test func aRelayThatFailsIsToldByTheWebhook() throws {
        let server = try ScriptedHTTPServer([.status(204)])
        defer { server.stop() }
        let house = try house(server.url) {
            $0.replacing("[Relay outbox]\nDirectory=outbox", with: "[Relay ude]\nURL=smtp://127.0.0.1:9\nStartTLS=none")
        }
        let daemon = try Daemon(house)
        try house.write("drop/Ukendt/x.txt", "x\n")
        #expect(
            eventually {
                server.requests(count: 1, limit: .seconds(1)).contains { String(decoding: $0.body, as: UTF8.self).contains("\"channel\"") }
            },
            "\(daemon.logText)")
        #expect(daemon.logText.contains("ALARM=channel"))
        daemon.terminate()
    }

    /// An edition that is paused, with mails that wait, does not keep the mail about it.
    @Test func theMailGoesOutWhileAnEditionIsPaused() throws {
        let house = try house(nil) { $0.replacing("Directory=outbox", with: "Directory=outbox\nPerSecond=20") }
        try house.writeRecipients(400)
        let daemon = try Daemon(house)
        #expect(try eventually { try house.hasPeople() })
        try ServiceTests.drop(house, "HR/Ny kantine.md", "Ny kantine\n\nDen åbner på mandag.\n")
        #expect(try eventually { try ServiceTests.items(house).count == 1 }, "\(daemon.logText)")
        #expect(try house.command("run", "direktionens-nyhedsbrev", "--yes").status == 0)
        let slug = try #require(
            ((try house.json("status") as? [String: Any])?["released"] as? [[String: Any]])?.first?["slug"] as? String)
        let held = try house.command("hold", slug, "--reason", "en fejl i teksten")
        #expect(held.status == 0, "\(held.errorText)")
        try house.write("drop/Ukendt/x.txt", "x\n")
        #expect(try eventually { try mails(house).contains { $0.contains("Ukendt") } }, "\(daemon.logText)")
        #expect(house.files("outbox").count { $0.hasPrefix(slug) && $0.hasSuffix(".eml") } < 400)
        daemon.terminate()
    }
}
