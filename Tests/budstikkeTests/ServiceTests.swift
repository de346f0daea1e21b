import Core
import Curl
import Foundation
import Ledger
import TestKit
import Testing

/// The daemon as its users meet it: dropped files, commands, the web, signals.
@Suite struct ServiceTests {
    static func get(_ daemon: Daemon, _ path: String) throws -> HTTPResponse {
        var request = HTTPRequest(.get, try HTTPAddress("http://127.0.0.1:\(try daemon.port)\(path)"))
        request.reach = .anywhere
        return try request.send()
    }

    static func drop(_ house: Installation, _ name: String, _ text: String) throws { try house.write("drop/" + name, text) }

    static func items(_ house: Installation) throws -> [[String: Any]] { try #require(try house.json("items") as? [[String: Any]]) }

    @Test func aDroppedFileReachesMailFeedAndWeb() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        try Self.drop(house, "HR/Ny kantine.md", "Ny kantine på Rådhuset\n\nPå mandag åbner kantinen med ny kok.\n")
        #expect(try eventually { try Self.items(house).count == 1 }, "\(daemon.logText)")
        #expect(eventually { house.files("drop/HR/Modtaget").contains("Ny kantine.kvittering.html") })
        #expect(
            try eventually { String(decoding: try Self.get(daemon, "/feeds/infoskaerm.json").body, as: UTF8.self).contains("Ny kantine") })

        let run = try house.command("run", "direktionens-nyhedsbrev", "--yes")
        #expect(run.status == 0, "\(run.errorText)")
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 28 }, "\(daemon.logText)")
        let archive = String(decoding: try Self.get(daemon, "/editions/").body, as: UTF8.self)
        #expect(archive.contains("Direktionens nyhedsbrev"))
        let slug = try #require(house.files("outbox").first)
        #expect(String(decoding: try Self.get(daemon, "/editions/" + slug).body, as: UTF8.self).contains("På mandag åbner kantinen"))
        let deliveries = try #require(try house.json("deliveries", slug) as? [[String: Any]])
        #expect(deliveries.count == 28 && deliveries.allSatisfy { $0["state"] as? String == "sent" })
        #expect(daemon.terminate() == 0)
    }

    @Test func aCPRNumberIsRefusedWithoutBeingRepeated() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        try Self.drop(house, "HR/Nyt.txt", "Ny kollega\n\nVelkommen til Anne, 070761-4285.\n")
        #expect(eventually { house.files("drop/HR/Afvist").contains { $0.hasSuffix(".txt") && $0 != "Nyt.txt" } }, "\(daemon.logText)")
        let note = try #require(house.files("drop/HR/Afvist").first { $0 != "Nyt.txt" })
        let text = try String(contentsOfFile: house.path + "/drop/HR/Afvist/" + note, encoding: .utf8)
        #expect(text.contains("CPR") && !text.contains("070761") && !daemon.logText.contains("070761"))
    }

    /// FAULTS 8.
    @Test func aSecondDaemonEndsAtOnce() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        let second = try house.command("serve")
        #expect(second.status == 1 && second.errorText.contains("another Budstikke has this state folder open"))
        withExtendedLifetime(daemon) {}
    }

    @Test func commandsGiveTheSameAnswerWithAndWithoutADaemon() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        let running = try house.command("recipients")
        #expect(running.status == 0 && running.outputText.contains("ledere"))
        daemon.terminate()
        #expect(try house.command("recipients").output == running.output)
    }

    /// SIGHUP takes new settings in; wrong ones leave the former in force.
    @Test func aReloadTakesGoodSettingsAndRefusesBadOnes() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        let schedule = try String(contentsOfFile: house.path + "/Schedules/med-nyt.schedule", encoding: .utf8)
        try house.write("Schedules/med-nyt.schedule", schedule.replacing("Title=MED-nyt", with: "Title=MED-nyt\nAudience=chefer"))
        daemon.process.signal(SIGHUP)
        #expect(eventually { daemon.logText.contains("the former settings stay") })
        #expect(daemon.logText.contains("med-nyt.schedule:"))
        try house.write("Schedules/med-nyt.schedule", schedule.replacing("Title=MED-nyt", with: "Title=Nyt fra MED"))
        daemon.process.signal(SIGHUP)
        #expect(
            try eventually {
                let editions = try #require(try house.json("status") as? [String: Any])["coming"] as? [[String: Any]] ?? []
                return editions.contains { ($0["slug"] as? String)?.hasPrefix("med-nyt") == true }
                    && daemon.logText.components(separatedBy: "reloading").count > 2
            })
        #expect(try Self.get(daemon, "/healthz").status == 200)
        #expect(daemon.terminate() == 0)
    }

    /// FAULTS 33.
    @Test func aTemplateBrokenWhileRunningLeavesTheLastGoodOneInUse() throws {
        let house = try Installation()
        let daemon = try Daemon(house)
        try Self.drop(house, "HR/A.md", "En nyhed\n\nMed en tekst.\n")
        #expect(try eventually { try Self.items(house).count == 1 })
        let template = "Templates/newsletter/web.html.mustache"
        let good = try String(contentsOfFile: house.path + "/" + template, encoding: .utf8)
        try house.write(template, good + "{{#never closed}}")
        let check = try house.command("check")
        #expect(check.status == 1 && check.outputText.contains("web.html.mustache:"), "\(check.outputText)")
        #expect(try house.command("run", "direktionens-nyhedsbrev", "--yes").status == 0)
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 28 }, "\(daemon.logText)")
    }

    /// FAULTS 34.
    @Test func aSecretThatOthersMayReadStopsTheStart() throws {
        let house = try Installation { $0 + "\n[Endpoint kjukken]\nURL=https://kjukken.koege.example/hook\nSecretFile=kjukken.secret\n" }
        try house.write("kjukken.secret", "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0\n")
        #expect(chmod(house.path + "/kjukken.secret", 0o644) == 0)
        let serve = try house.command("serve")
        #expect(serve.status == 78 && serve.errorText.contains("chmod 600") && !serve.errorText.contains("c2VjcmV0"))
    }

    @Test func theScheduleSaysWhyADateMoved() throws {
        let house = try Installation()
        // The first Tuesday of June 2029 is Constitution Day.
        let lines = try #require(
            try Installation.run(["schedule", "--from", "2029-06-01", "--count", "20", "--json", "--config", house.configuration]).jsonArray
        )
        let moved = try #require(lines.first { $0["publication"] as? String == "direktionens-nyhedsbrev" })
        #expect(moved["release"] as? String == "2029-06-06T08:00:00+02:00")
        #expect((moved["moved"] as? String)?.contains("2029-06-05") == true)
    }
}

extension ChildProcess.Outcome {
    var jsonArray: [[String: Any]]? { try? JSONSerialization.jsonObject(with: Data(output)) as? [[String: Any]] }
}
