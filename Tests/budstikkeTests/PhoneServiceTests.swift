import Core
import Curl
import Foundation
import TestKit
import Testing

/// Notifications on phones on the real daemon: switched on over HTTP, told of an edition and of a crisis message, over a kill.
@Suite struct PhoneServiceTests {
    private static let section = "\n[Phones]\nHost=127.0.0.1\nAllowPrivate=yes\n"

    private func house() throws -> Installation {
        let house = try Installation { $0 + Self.section }
        try house.writeRecipients(3)
        try house.write("drop/HR/Nyt.md", "Ny cykelsti ved stationen\n\nDen åbner på mandag.\n")
        return house
    }

    private func post(_ daemon: Daemon, _ path: String, _ body: String) throws -> HTTPResponse {
        let headers = ["Content-Type: application/json", "Sec-Fetch-Site: same-origin"].compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return HTTPHeader(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
        }
        var request = HTTPRequest(
            .post, try HTTPAddress("http://127.0.0.1:\(try daemon.port)/editions/phone/\(path)"), headers: headers, body: Array(body.utf8))
        request.reach = .anywhere
        return try request.send()
    }

    private func switchOn(_ phone: BrowserPhone, _ daemon: Daemon, _ publications: String = #""direktionens-nyhedsbrev","akut""#) throws {
        let answer = try post(daemon, "choice", #"{"subscription":\#(phone.json),"publications":[\#(publications)],"language":"da"}"#)
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
    }

    private func phoneCounts(_ house: Installation) throws -> [String: Int] {
        let status = try #require(try house.json("status") as? [String: Any])
        return try #require((status["phones"] as? [String: Any])?["messages"] as? [String: Int])
    }

    @Test(.enabled(if: BrowserPhone.canRead, "needs PyPI http-ece and py-vapid"))
    func anEditionAndACrisisMessageReachThePhoneOnce() throws {
        let service = try StrictPushService()
        defer { service.stop() }
        let house = try house()
        let daemon = try Daemon(house)
        let (mine, other, withdrawn) = (
            BrowserPhone("mine", at: service), BrowserPhone("other", at: service), BrowserPhone("off", at: service)
        )
        try switchOn(mine, daemon)
        try switchOn(other, daemon, #""med-nyt""#)
        try switchOn(withdrawn, daemon)
        #expect(try post(daemon, "end", #"{"endpoint":"\#(withdrawn.endpoint)"}"#).status == 200)
        let key = house.path + "/state/webpush.key"
        #expect(try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int == 0o600)

        try DeliveryFaultTests.release(house)
        #expect(service.messages(count: 1).count == 1, "\(daemon.logText)")
        #expect(try eventually { try phoneCounts(house) == ["sent": 1] })
        let edition = try #require(try mine.read(service.messages()).first)
        #expect(edition.valid && edition.claims.aud == service.url && edition.claims.sub.hasPrefix("mailto:"))
        let notice = try edition.notice
        #expect(notice.title == "Direktionens nyhedsbrev" && notice.text == "• Ny cykelsti ved stationen" && !notice.urgent)
        #expect(try ServiceTests.get(daemon, notice.link).status == 200)
        #expect(service.messages()[0].urgency == "normal")

        #expect(try house.command("alert", "Rådhuset er lukket\n\nGå hjem.", "--yes").status == 0)
        #expect(service.messages(count: 2).count == 2, "\(daemon.logText)")
        #expect(try house.command("alert", "--end", "Alt er i orden igen.").status == 0)
        #expect(service.messages(count: 3).count == 3, "\(daemon.logText)")
        let all = service.messages()
        let notices = try mine.read(all).map { try $0.notice }
        #expect(notices[1].title == "Akut: Rådhuset er lukket" && notices[1].text.contains("Gå hjem.") && notices[1].urgent)
        #expect(notices[2].title == "Afblæst: Rådhuset er lukket" && notices[2].text.contains("Alt er i orden igen."))
        #expect(notices[1].tag == notices[2].tag && all[1].urgency == "high" && all[2].urgency == "high" && all[1].topic == all[2].topic)
        #expect(Set(all.map(\.subscription)) == ["mine"] && service.violations.isEmpty, "\(service.violations)")

        service.next([.refuses(410)])
        #expect(try house.command("alert", "Strømmen er væk", "--yes").status == 0)
        #expect(try eventually { try phoneCounts(house)["failed"] == 1 })
        #expect(try eventually { ((try house.json("status") as? [String: Any])?["phones"] as? [String: Any])?["switchedOn"] as? Int == 1 })
        #expect(try house.command("status").outputText.contains("phones      1; messages: 1 failed, 3 sent"))
        #expect(daemon.terminate() == 0)
        // Who knows the address could send to the phone, and who knows the key in the name of the house.
        let secret = try String(contentsOfFile: key, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
        for hidden in ["/push/", secret] { #expect(!daemon.logText.contains(hidden), "\(daemon.logText)") }
    }

    @Test func killedInTheMiddleEveryPhoneIsToldAndFewTwice() throws {
        // Each thread hangs on a message that has arrived.
        let service = try StrictPushService([StrictPushService.Behaviour](repeating: .takesInSilence, count: 4))
        defer { service.stop() }
        let house = try house()
        var daemon = try Daemon(house)
        let names = (0..<30).map { "p\($0)" }
        for name in names { try switchOn(BrowserPhone(name, at: service), daemon) }
        try DeliveryFaultTests.release(house)
        #expect(service.messages(count: 4).count == 4, "\(daemon.logText)")
        daemon.kill()
        daemon = try Daemon(house)
        #expect(try eventually { try phoneCounts(house) == ["sent": 30] }, "\(daemon.logText)")
        #expect(daemon.terminate() == 0)
        let messages = service.messages()
        #expect(Set(messages.map(\.subscription)) == Set(names))
        #expect(messages.count <= 34 && service.violations.isEmpty, "\(messages.count) \(service.violations)")
        // A copy is known by its topic, and by the tag within.
        #expect(Set(messages.map(\.topic)).count == 1)
    }

    @Test func withoutTheSectionNothingIsOfferedAndNothingWaits() throws {
        let service = try StrictPushService([.refuses(503, headers: [("Retry-After", "3600")])])
        defer { service.stop() }
        let house = try house()
        var daemon = try Daemon(house)
        try switchOn(BrowserPhone("a", at: service), daemon)
        try DeliveryFaultTests.release(house)
        #expect(try eventually { try phoneCounts(house) == ["deferred": 1] })
        let text = try String(contentsOfFile: house.configuration, encoding: .utf8)
        try house.write("budstikke.conf", text.replacing("\n[Phones]\nHost=", with: "\n[Phones]\nWebPush=no\nHost="))
        daemon.process.signal(SIGHUP)
        #expect(try eventually { try ServiceTests.get(daemon, "/editions/phone").status == 404 }, "\(daemon.logText)")
        #expect(try !String(decoding: ServiceTests.get(daemon, "/editions/").body, as: UTF8.self).contains("webmanifest"))
        daemon.terminate()
        try house.write("budstikke.conf", text)
        daemon = try Daemon(house)
        #expect(try phoneCounts(house) == ["failed": 1])
        #expect(service.requests == 1)
        daemon.terminate()
    }

    static let canDrive =
        Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver") && Oracle.hasPython("selenium", "axe_playwright_python")

    /// What the browser saw, one line a rule; empty when all held. `BUDSTIKKE_SHOTS` is a folder for screenshots.
    @Test(.enabled(if: canDrive, "needs chromium, chromium-driver and PyPI selenium, axe-playwright-python"), .timeLimit(.minutes(10)))
    func thePageAndTheAppKeepTheirPromisesInABrowser() throws {
        let service = try StrictPushService()
        defer { service.stop() }
        let house = try house()
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let editions = try #require(try house.json("status") as? [String: Any])["released"] as? [[String: Any]]
        let slug = try #require(editions?.first?["slug"] as? String)
        let shots = ProcessInfo.processInfo.environment["BUDSTIKKE_SHOTS"] ?? "-"
        let output = try Oracle.run(
            Oracle.root + "/Tests/budstikkeTests/Oracles/phone_page.py",
            [
                "http://127.0.0.1:\(try daemon.port)", slug, BrowserPhone("browser", at: service).json, "\(daemon.process.identifier)",
                shots,
            ],
            limit: .minutes(8))
        let broken = try JSONDecoder().decode([String].self, from: Data(output))
        #expect(broken.isEmpty, "\(broken.joined(separator: "\n"))\n\(daemon.logText)")
    }
}
