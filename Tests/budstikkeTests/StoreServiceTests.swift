import Core
import Foundation
import TestKit
import Testing

/// The daemon beside a real S3 server: what everybody may read is there, as it is, and nothing else.
@Suite(.enabled(if: RealObjectStore.isAvailable, "needs moto")) struct StoreServiceTests {
    private struct Newsroom {
        let server: RealObjectStore
        let house: Installation
        var daemon: Daemon

        init(secret: String? = nil) throws {
            let server = try RealObjectStore()
            self.server = server
            house = try Installation {
                $0 + """

                    [Store]
                    Endpoint=\(server.url)
                    Bucket=\(RealObjectStore.bucket)
                    Prefix=intranet
                    KeyID=\(server.keyID)
                    SecretFile=store.secret
                    AllowPrivate=yes

                    [Feed lukket]
                    Private=yes
                    """
            }
            try house.write("store.secret", (secret ?? server.secret) + "\n")
            #expect(chmod(house.path + "/store.secret", 0o600) == 0)
            try house.writeRecipients(3)
            try house.drop("HR/Moede.md", "Mødet er den 3. december\n\nKom til mødet.\n")
            daemon = try Daemon(house)
        }

        /// Texts by key, without the prefix.
        func texts() throws -> [String: String] {
            let objects = try server.objects().filter { !$0.key.hasPrefix("intranet/pictures/") }
            return Dictionary(uniqueKeysWithValues: objects.map { (String($0.key.dropFirst("intranet/".count)), $0.value.text) })
        }

        func page(_ path: String) throws -> String { String(decoding: try ServiceTests.get(daemon, path).body, as: UTF8.self) }

        /// Waits until the store has of a path what the web server says.
        func agrees(_ path: String, key: String? = nil) throws -> Bool {
            try eventually { try texts()[key ?? path] == page("/" + path) }
        }

        func release(_ publication: String) throws -> String {
            let run = try house.command("run", publication, "--yes")
            try #require(run.status == 0, "\(run.errorText)\(daemon.logText)")
            let status = try #require(try house.json("status") as? [String: Any])
            let released = try #require(status["released"] as? [[String: Any]])
            return try #require(released.compactMap { $0["slug"] as? String }.first { $0.hasPrefix(publication) })
        }
    }

    private static let feeds = [".rss", ".atom", ".json", ".concerto.json"].map { "feeds/infoskaerm\($0)" }

    @Test func publishedCorrectedAndRecalledAsOnTheWeb() throws {
        let room = try Newsroom()
        let (house, server) = (room.house, room.server)
        #expect(try eventually { try ServiceTests.items(house).count == 1 && house.hasPeople() }, "\(room.daemon.logText)")
        for feed in Self.feeds { #expect(try room.agrees(feed), "\(feed) \(room.daemon.logText)") }
        #expect(try room.texts()["feeds/infoskaerm.json"]?.contains("Mødet er den 3. december") == true)
        let slug = try room.release("direktionens-nyhedsbrev")
        #expect(try room.agrees("editions/\(slug)"))
        #expect(try room.agrees("editions/", key: "editions/index.html"))
        // Everything is served as the web server serves it, and nothing private is there.
        for (key, object) in try server.objects() {
            let path = "/" + key.dropFirst("intranet/".count).replacing("editions/index.html", with: "editions/")
            let answer = try ServiceTests.get(room.daemon, path)
            #expect(answer.status == 200 && Array(object.body) == answer.body, "\(key)")
            #expect(answer.header("content-type") == object.type && answer.header("cache-control") == object.cache, "\(key)")
        }
        // What the page shows is there: its logo at least.
        let pictures = try server.objects().keys.filter { $0.hasPrefix("intranet/pictures/") }
        let shown = Set(try room.page("/editions/\(slug)").matches(of: /\/pictures\/[0-9a-f]{64}\.(?:png|jpg)/).map { "intranet" + $0.0 })
        #expect(shown.isSubset(of: pictures) && !pictures.isEmpty, "\(shown) \(pictures)")
        let status = try house.command("status").outputText
        #expect(status.contains("store \(server.url)/nyt/intranet/: \(try server.objects().count) objects, 0 waiting"), "\(status)")

        try house.drop("HR/Moede.md", "Mødet er den 4. december\n\nKom til mødet.\n")
        #expect(try eventually { try house.items().contains { $0["title"] as? String == "Mødet er den 4. december" } })
        let recall = try house.command("recall", slug, "--note", "Den 4., ikke den 3.", "--yes")
        #expect(recall.status == 0, "\(recall.errorText)")
        #expect(try room.agrees("editions/\(slug)") && room.agrees("editions/", key: "editions/index.html"))
        let corrected = try #require(try room.texts()["editions/\(slug)"])
        #expect(corrected.contains("Den 4., ikke den 3.") && !corrected.contains("Mødet er den 3. december"))
        for feed in Self.feeds { #expect(try room.agrees(feed)) }

        // Nothing is left of it: the page is gone, the archive says so.
        let item = try #require(try house.items().first { ($0["state"] as? String) == "accepted" }?["id"] as? Int)
        #expect(try house.command("withdraw", "\(item)").status == 0)
        #expect(try house.command("recall", slug, "--note", "Aflyst.", "--yes").status == 0)
        #expect(try eventually { try room.texts()["editions/\(slug)"] == nil }, "\(room.daemon.logText)")
        #expect(try room.agrees("editions/", key: "editions/index.html"))
        #expect(try eventually { try room.texts()["feeds/infoskaerm.json"]?.contains("Mødet") == false })
    }

    /// A crisis message is there within seconds, and gone when it is over; an item when its time is.
    @Test func alertsAndExpiryReachTheStore() throws {
        let room = try Newsroom()
        let house = room.house
        #expect(try eventually { try room.texts()["feeds/infoskaerm.rss"]?.contains("Mødet") == true }, "\(room.daemon.logText)")
        let began = ContinuousClock.now
        #expect(try house.command("alert", "Vandet er lukket på Rådhuset", "--yes").status == 0)
        #expect(try eventually { try room.texts()["feeds/infoskaerm.rss"]?.contains("Vandet er lukket") == true })
        print("alert in the store after \(ContinuousClock.now - began)")
        #expect(try house.command("alert", "--end", "--yes").status == 0)
        #expect(try eventually { try room.texts()["feeds/infoskaerm.rss"]?.contains("Vandet er lukket") == false })
        let end = Date(timeIntervalSinceNow: 5).formatted(
            Date.ISO8601FormatStyle(timeZone: TimeZone(identifier: "Europe/Copenhagen") ?? .gmt))
        let until = String(end.prefix(19)).replacing("T", with: " ")
        try house.drop("HR/Kort.md", "Titel: Kort besked\nVises til: \(until)\n\nKun lidt endnu.\n")
        #expect(try eventually { try room.texts()["feeds/infoskaerm.rss"]?.contains("Kort besked") == true }, "\(room.daemon.logText)")
        #expect(try eventually { try room.texts()["feeds/infoskaerm.rss"]?.contains("Kort besked") == false })
    }

    @Test func whatIsPrivateIsNeverThere() throws {
        let room = try Newsroom()
        let house = room.house
        #expect(try eventually { try ServiceTests.items(house).count == 1 && house.hasPeople() }, "\(room.daemon.logText)")
        let slug = try room.release("lederbriefing")
        #expect(try room.agrees("feeds/infoskaerm.rss"))
        #expect(try room.agrees("editions/", key: "editions/index.html"))
        // A pass later than the release: what is released next is there.
        try house.drop("HR/Mere.md", "Endnu en nyhed\n\nTekst.\n")
        #expect(try eventually { try room.texts()["feeds/infoskaerm.rss"]?.contains("Endnu en nyhed") == true })
        let texts = try room.texts()
        #expect(!texts.keys.contains { $0.contains(slug) || $0.contains("lukket") || $0.contains("desk") || $0.hasPrefix("u/") })
        #expect(Set(texts.keys) == Set(Self.feeds + ["editions/index.html"]))
        #expect(!texts.values.contains { $0.contains(slug) || $0.contains("lukket") })
    }

    /// With the store away, or its key wrong, everything else goes on; when it is right everything is there.
    @Test func aStoreThatFailsHoldsUpNothing() throws {
        var room = try Newsroom(secret: "a secret of another key")
        let house = room.house
        #expect(try eventually { try ServiceTests.items(house).count == 1 && house.hasPeople() }, "\(room.daemon.logText)")
        let slug = try room.release("direktionens-nyhedsbrev")
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 3 })
        #expect(try room.page("/editions/\(slug)").contains("Mødet"))
        #expect(
            try eventually {
                try house.command("status").outputText.contains("SignatureDoesNotMatch: the secret in SecretFile= is not that of KeyID=")
            })
        #expect(try eventually { try house.alarms().contains("store") }, "\(room.daemon.logText)")
        #expect(try room.texts().isEmpty && !room.daemon.logText.contains("a secret of another key"))
        let trial = try house.command("check", "--endpoints")
        #expect(
            trial.status == 1 && trial.outputText.contains("store (s3): PROBLEM: HTTP 403 SignatureDoesNotMatch"), "\(trial.outputText)")
        try house.write("store.secret", room.server.secret)
        let good = try house.command("check", "--endpoints")
        #expect(good.status == 0 && good.outputText.contains("store (s3): good"), "\(good.outputText)\(good.errorText)")
        #expect(try room.texts().isEmpty)
        #expect(room.daemon.terminate() == 0)
        room.daemon = try Daemon(house)
        #expect(try room.agrees("editions/\(slug)"))
        #expect(try eventually { try !house.alarms().contains("store") })
    }
}
