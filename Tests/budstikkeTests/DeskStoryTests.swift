import Core
import Foundation
import TestKit
import Testing

/// From a contributor's text to everybody's inbox, with every signature on the way: in a real browser, and by plain forms.
@Suite struct DeskStoryTests {
    private func house() throws -> (Installation, Daemon, edition: String) {
        let house = try Installation()
        for (name, roles) in [
            ("hans", "contributor:Hovedudvalget"), ("anne", "editor"), ("mads", "med-a:Hovedudvalget"), ("bente", "med-b:Hovedudvalget"),
            ("dorte", "director"),
        ] { try house.user(name, roles) }
        let path = "Schedules/direktionens-nyhedsbrev.schedule"
        try house.write(path, try house.text(path).replacing("Approval=none", with: "Approval=med"))
        let daemon = try Daemon(house)
        for name in ["Cykelsti", "Kantine"] { try ServiceTests.drop(house, "HR/\(name).md", "\(name)\n\nNyt om \(name).\n") }
        #expect(try eventually { try ServiceTests.items(house).count == 2 })
        let editions = try #require(try house.json("status") as? [String: Any])["coming"] as? [[String: Any]] ?? []
        let slug = try #require(editions.compactMap { $0["slug"] as? String }.first { $0.hasPrefix("direktionens-nyhedsbrev") })
        return (house, daemon, "/desk/editions/" + slug)
    }

    /// What everybody has after the release.
    private func expectReleased(_ house: Installation, _ daemon: Daemon, _ edition: String, _ title: String) throws {
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 28 }, "\(daemon.logText)")
        let mail = try house.text("outbox/" + (try #require(house.files("outbox").first { $0.hasSuffix(".eml") })))
        #expect(mail.contains("Content-Type: multipart/"))
        let reader = try RawHTTPClient(port: UInt16(try daemon.port))
        #expect(try eventually { try reader.request("GET", "/feeds/infoskaerm.rss").text.contains(title) })
        let web = try reader.request("GET", edition.replacing("/desk", with: ""))
        #expect(web.status == 200 && web.text.contains(title))
    }

    /// The edition's page says what was wrong and has the story no more; nor has the feed.
    private func expectCorrected(_ daemon: Daemon, _ edition: String, _ page: String) throws {
        #expect(page.contains("Rettet") && page.contains("Nyheden om cykelstien var forkert.") && !page.contains("Nyt om Cykelsti"))
        #expect(page.contains("Nyt fra Hovedudvalget i dag"))
        let reader = try RawHTTPClient(port: UInt16(try daemon.port))
        #expect(try eventually { try !reader.request("GET", "/feeds/infoskaerm.rss").text.contains("Cykelsti") })
    }

    @Test(
        .enabled(
            if: Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver") && Oracle.hasPython("selenium"),
            "needs chromium, chromium-driver and PyPI selenium"))
    func theWholeStoryInABrowser() throws {
        let (house, daemon, edition) = try house()
        let output = try Oracle.run(
            Oracle.root + "/Tests/budstikkeTests/Oracles/story.py",
            ["http://127.0.0.1:\(try daemon.port)", DeskVisitor.password, edition, Oracle.root + "/Templates/logo.png"])
        struct Seen: Decodable {
            var pasted, told, receipt, receiptPage, edited, review, saved, signed, late, revoked, pending, offered, corrected: String
            var before, dragged, byButton: [String]
            var mayRun, released: Bool
        }
        let seen = try JSONDecoder().decode(Seen.self, from: Data(output))
        // A paste from Word keeps its structure and nothing else.
        let pasted = """
            # Fra mødet

            Vi talte om **trivsel** og *tid*, se [referatet](<https://koege.example/med?a=1&b=2>).

            - kaffe
            - te

            24\\. december er der lukket.

            | **Dag** | Tid |
            | --- | --- |
            | man | 8\\|9 |
            """
        #expect(seen.pasted == pasted)
        #expect(seen.told.contains("Overskrifter, lister"))
        #expect(seen.receipt.contains("vi har modtaget din nyhed") && seen.receiptPage.contains("Nyt fra Hovedudvalget"))
        #expect(seen.edited.contains("| **Dag** | Tid |") && seen.edited.contains("- kaffe\n- te"))
        #expect(seen.review.contains("Mendt af redaktionen.") && seen.review.contains("Det er ikke gemt endnu"))
        #expect(seen.saved.contains("Rettelserne er gemt"))
        #expect(seen.before.count == 3 && seen.dragged == [seen.before[2], seen.before[0], seen.before[1]])
        #expect(Set(seen.byButton) == Set(seen.before) && seen.byButton != seen.dragged)
        #expect(seen.signed.contains("Alle, der skal, har godkendt den"))
        #expect(seen.late.contains("gælder ikke mere"))
        #expect(seen.revoked.contains("gælder ikke mere") && seen.revoked.contains("A-siden i Hovedudvalget") && !seen.mayRun)
        #expect(seen.released)
        try expectReleased(house, daemon, edition, "Nyt fra Hovedudvalget i dag")
        #expect(seen.pending.contains("Ikke længere med: Cykelsti"))
        #expect(seen.offered.contains("28 har fået udgaven på mail, som den var før rettelsen"))
        try expectCorrected(daemon, edition, seen.corrected)
        daemon.terminate()
    }

    @Test(
        .enabled(
            if: Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver") && Oracle.hasPython("selenium"),
            "needs chromium, chromium-driver and PyPI selenium"), arguments: [375, 1280])
    func theMainPathByTheKeyboardAlone(_ width: Int) throws {
        let (house, daemon, edition) = try house()
        let output = try Oracle.run(
            Oracle.root + "/Tests/budstikkeTests/Oracles/keyboard.py",
            ["http://127.0.0.1:\(try daemon.port)", "anne", DeskVisitor.password, "Cykelsti", edition, "\(width)"])
        struct Seen: Decodable {
            var stops: Int
            var unseen: [String]
            var approved: String
            var before, down, lead: [String]
        }
        let seen = try JSONDecoder().decode(Seen.self, from: Data(output))
        #expect(seen.unseen.isEmpty && seen.stops > 20, "\(seen.unseen.joined(separator: "\n"))")
        #expect(seen.approved.contains("nyheden er godkendt"))
        #expect(seen.before.count == 2 && seen.down == seen.before.reversed() && seen.lead == seen.before)
        #expect(try house.items().first { $0["title"] as? String == "Cykelsti" }?["state"] as? String == "approved")
        daemon.terminate()
    }

    @Test func theWholeStoryByPlainForms() throws {
        let (house, daemon, edition) = try house()
        let hans = try DeskVisitor(daemon, "hans")
        let token = hans.hidden(try hans.page("/desk/submit"))
        let form = ["act": "write", "title": "Nyt fra Hovedudvalget", "text": "Vi talte om trivsel.\n\n- kaffe\n- te"]
        let picture = Array(try Data(contentsOf: URL(fileURLWithPath: Oracle.root + "/Templates/logo.png")))
        let sent = try hans.post("/desk/submit", token.merging(form) { $1 }, files: ["picture": ("våben.png", picture)])
        let path = try #require(sent.headers["location"])
        #expect(eventually { (try? hans.page(path))?.contains("vi har modtaget din nyhed") == true }, "\(daemon.logText)")
        let item = String(try #require(try hans.page(path).firstMatch(of: /\/desk\/items\/\d+/)).0)

        let (anne, dorte) = (try DeskVisitor(daemon, "anne"), try DeskVisitor(daemon, "dorte"))
        let edit = ["title": "Nyt fra Hovedudvalget", "summary": "Om trivsel.", "audience": "", "alt": "Byvåben"]
        #expect(try anne.press("review", on: item, edit).contains("Om trivsel."))
        #expect(try anne.press("edit", on: item, edit).contains("Rettelserne er gemt"))
        #expect(try anne.press("approve", on: item).contains("nyheden er godkendt"))
        let sides = [try DeskVisitor(daemon, "mads"), try DeskVisitor(daemon, "bente")]
        for side in sides { #expect(try side.press("approve", on: edition).contains("din godkendelse")) }
        // A late change.
        #expect(
            try anne.press("edit", on: item, edit.merging(["title": "Nyt fra Hovedudvalget i dag"]) { $1 }).contains("gælder ikke mere"))
        #expect(try dorte.press("run", on: edition).contains("mangler godkendelse"))
        #expect(house.files("outbox").isEmpty)
        for side in sides { try side.press("approve", on: edition) }
        try dorte.press("run", on: edition)
        try expectReleased(house, daemon, edition, "Nyt fra Hovedudvalget i dag")
        // One story was wrong.
        try anne.press("withdraw", on: "/desk/items/1")
        #expect(try anne.page(edition).contains("Ikke længere med: Cykelsti"))
        try anne.press("recall", on: edition, ["note": "Nyheden om cykelstien var forkert."])
        let web = edition.replacing("/desk", with: "")
        let reader = try RawHTTPClient(port: UInt16(try daemon.port))
        #expect(try eventually { try reader.request("GET", web).text.contains("cykelstien var forkert") }, "\(daemon.logText)")
        try expectCorrected(daemon, edition, try reader.request("GET", web).text)
        daemon.terminate()
    }
}
