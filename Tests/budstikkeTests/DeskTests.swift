import Core
import Foundation
import TestKit
import Testing

/// The desk by plain forms, as a browser without JavaScript uses it.
@Suite struct DeskTests {
    private func house(_ rule: String, _ change: (String) -> String = { $0 }) throws -> Installation {
        let house = try Installation(change)
        let path = "Schedules/direktionens-nyhedsbrev.schedule"
        let schedule = try String(contentsOfFile: house.path + "/" + path, encoding: .utf8)
        try house.write(path, schedule.replacing(/Approval=none/, with: "Approval=\(rule)"))
        try #require(try String(contentsOfFile: house.path + "/" + path, encoding: .utf8).contains("\nApproval=\(rule)\n"))
        return house
    }

    /// One after another: the first is item 1.
    private func drop(_ house: Installation, _ files: [(String, String)]) throws {
        for (index, file) in files.enumerated() {
            try ServiceTests.drop(house, file.0, file.1)
            #expect(try eventually { try ServiceTests.items(house).count == index + 1 })
        }
    }

    private func slug(_ house: Installation) throws -> String {
        let editions = try #require(try house.json("status") as? [String: Any])["coming"] as? [[String: Any]] ?? []
        return try #require(editions.compactMap { $0["slug"] as? String }.first { $0.hasPrefix("direktionens-nyhedsbrev") })
    }

    @Test func theWholeStoryByPlainForms() throws {
        let house = try house("editor+director")
        for (name, roles) in [("anne", "editor"), ("dorte", "director"), ("hans", "contributor:HR")] { try house.user(name, roles) }
        let daemon = try Daemon(house)
        try drop(
            house,
            [("HR/Ny kantine.md", "Ny kantine\n\nPå mandag åbner kantinen.\n"), ("Direktionen/Budget.md", "Budgettet\n\nPå plads.\n")])
        let items = try ServiceTests.items(house)
        func id(_ source: String) throws -> Int { try #require(items.first { $0["source"] as? String == source }?["id"] as? Int) }
        let (own, other, edition) = (try id("HR"), try id("Direktionen"), "/desk/editions/" + (try slug(house)))

        let hans = try DeskVisitor(daemon, "hans")
        let list = try hans.page("/desk/items")
        #expect(list.contains("Ny kantine") && !list.contains("Budgettet"))
        let edited = try hans.press(
            "edit", on: "/desk/items/\(own)", ["title": "Ny kantine på Rådhuset", "summary": "Den åbner mandag.", "audience": ""])
        #expect(edited.contains("Rettelserne er gemt") && edited.contains("Rettet af hans") && edited.contains("<del>"))
        #expect(try hans.press("edit", on: "/desk/items/\(own)", ["title": "Til 070761-4285", "summary": ""]).contains("CPR-nummer"))

        let (anne, dorte) = (try DeskVisitor(daemon, "anne"), try DeskVisitor(daemon, "dorte"))
        #expect(try anne.page("/desk/").contains("Direktionens nyhedsbrev"))
        #expect(try anne.press("approve", on: edition).contains("din godkendelse er skrevet ned"))
        #expect(try dorte.press("run", on: edition).contains("mangler godkendelse"))
        #expect(try dorte.press("approve", on: edition).contains("Alle, der skal, har godkendt den"))

        // A late change takes both back, and the desk says so.
        let arranged = try anne.press("lead", on: edition, ["item": "\(own)"])
        let again = arranged.contains("gælder ikke mere") ? arranged : try anne.press("lead", on: edition, ["item": "\(other)"])
        #expect(again.contains("gælder ikke mere") && again.contains("dorte godkendte den"))
        #expect(try house.command("run", "direktionens-nyhedsbrev", "--yes").status == 1)
        #expect(house.files("outbox").isEmpty)

        // The preview is the mail, and a test of it goes to the editor alone.
        #expect(try anne.page(edition + "/mail.html").contains("Ny kantine på Rådhuset"))
        #expect(try anne.page(edition + "/web.html").contains("Ny kantine på Rådhuset"))
        try anne.press("test", on: edition)
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 1 }, "\(daemon.logText)")
        try anne.press("approve", on: edition)
        try dorte.press("approve", on: edition)
        try dorte.press("run", on: edition)
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 29 }, "\(daemon.logText)")
        #expect(eventually { (try? dorte.page(edition).contains("class=\"tag released\"")) == true })
        let log = try anne.page("/desk/log")
        #expect(log.contains("Logget ind") && log.contains("dorte"))
        #expect(log.contains(": 2 nyheder til 28 modtagere") && log.contains(": bidragyder for HR</span>"), "\(log)")
    }

    @Test func everyActIsRefusedToWhoMayNot() throws {
        let house = try house("editor+director")
        for (name, roles) in [
            ("anne", "editor"), ("hans", "contributor:HR"), ("mads", "med-a:Hovedudvalget"), ("drift", "operator"), ("dorte", "director"),
        ] { try house.user(name, roles) }
        let daemon = try Daemon(house)
        try drop(house, [("HR/A.md", "Fra HR\n\nTekst.\n"), ("Direktionen/B.md", "Fra direktionen\n\nTekst.\n")])
        let items = try ServiceTests.items(house)
        let foreign = "/desk/items/\(try #require(items.first { $0["source"] as? String == "Direktionen" }?["id"] as? Int))"
        let own = "/desk/items/\(try #require(items.first { $0["source"] as? String == "HR" }?["id"] as? Int))"
        let edition = "/desk/editions/" + (try slug(house))
        let itemActs = ["approve", "hold", "withdraw", "edit", "review"]
        let editionActs = ["approve", "hold", "run", "test", "lead", "up", "down", "leave", "take", "order"]
        let anne = try DeskVisitor(daemon, "anne")
        let seen = anne.hidden(try anne.page(edition))

        func refused(_ who: DeskVisitor, _ path: String, _ act: String, _ form: [String: String]) throws {
            let form = form.merging(["act": act, "version": "1", "title": "Ændret", "item": "1"]) { $1 }
            let answer = try who.post(path, form)
            #expect(answer.status == 403, "\(act) on \(path) gave \(answer.status)")
            #expect(answer.headers["set-cookie"] == nil)
        }

        let nobody = try DeskVisitor(daemon, headers: [])
        let ended = try DeskVisitor(daemon, "anne")
        let token = ended.hidden(try ended.page("/desk/"))
        let cookie = try #require(ended.cookie)
        #expect(try ended.post("/desk/logout", token).status == 303)
        let replayed = try DeskVisitor(daemon, headers: ["Cookie: " + cookie])
        let forged = try DeskVisitor(daemon, headers: ["X-Remote-User: anne", "X-Remote-Groups: Redaktionen"])
        for (path, acts) in [(own, itemActs), (edition, editionActs)] {
            for act in acts {
                try refused(nobody, path, act, seen)
                try refused(replayed, path, act, token.merging(seen) { a, _ in a })
                try refused(forged, path, act, seen)
                try refused(anne, path, act, ["seen": seen["seen"] ?? ""])
                // Another's token, and one's own posted from another site.
                try refused(anne, path, act, seen.merging(["token": token["token"] ?? ""]) { $1 })
            }
        }
        let elsewhere = try DeskVisitor(daemon, "anne")
        elsewhere.headers = ["Sec-Fetch-Site: cross-site"]
        try refused(elsewhere, own, "approve", elsewhere.hidden(try elsewhere.page(own)))

        let (hans, mads, drift) = (try DeskVisitor(daemon, "hans"), try DeskVisitor(daemon, "mads"), try DeskVisitor(daemon, "drift"))
        let tokens = [hans, mads, drift].map { who in (try? who.page("/desk/")).map(who.hidden) ?? [:] }
        for act in itemActs { try refused(hans, foreign, act, tokens[0]) }
        for act in ["approve", "hold", "unknown"] { try refused(hans, own, act, tokens[0]) }
        for act in editionActs { try refused(hans, edition, act, tokens[0]) }
        for act in itemActs { try refused(mads, own, act, tokens[1]) }
        for act in editionActs { try refused(mads, edition, act, tokens[1]) }
        for act in itemActs { try refused(drift, own, act, tokens[2]) }
        for act in editionActs { try refused(drift, edition, act, tokens[2]) }
        for path in [
            foreign, foreign + "/mail.html", foreign + "/web.html", edition, edition + "/mail.html", "/desk/editions", "/desk/log",
        ] {
            #expect(try hans.get(path).status == 403, "\(path)")
            #expect(try nobody.get(path).headers["location"] == "/desk/login?next=" + path)
        }
        #expect(try !hans.page("/desk/items?source=Direktionen").contains("Fra direktionen"))
        #expect(try nobody.get("/desk/items/1?x").status == 303)

        // Nothing has changed, and the trail tells of it.
        #expect(try ServiceTests.items(house).allSatisfy { $0["version"] as? Int == 1 && $0["state"] as? String == "accepted" })
        let trail = try anne.page("/desk/log?q=refused")
        for word in ["loginnet var slut", "ikke logget ind", "rollen må det ikke", "en anden kildes nyhed"] {
            #expect(try anne.page("/desk/log?q=" + word.replacing(" ", with: "+")).contains(word), "\(word)")
        }
        #expect(trail.contains("Afvist"))
        daemon.terminate()
        let entries = try house.command("item", "1")
        #expect(entries.status == 0)
    }

    @Test func whatAnOutsiderWritesIsInert() throws {
        let house = try house("none")
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        let evil = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>"
        try drop(
            house,
            [
                (
                    "HR/Ond.md",
                    """
                    Titel: T\(evil)
                    Resumé: R\(evil)
                    Kategori: K\(evil)
                    Kontakt: C\(evil)
                    Lederinfo: L\(evil)

                    Brødtekst \(evil)
                    """
                )
            ])
        let anne = try DeskVisitor(daemon, "anne")
        let edition = "/desk/editions/" + (try slug(house))
        try anne.press("edit", on: "/desk/items/1", ["title": "Ny \(evil)", "summary": evil, "category": evil, "audience": evil])
        try anne.press("leave", on: edition, ["item": "1"])
        let query = evil.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        var pages = [
            "/desk/", "/desk/items", "/desk/items/1", "/desk/items/1/mail.html", "/desk/items/1/web.html", edition, edition + "/web.html",
            "/desk/editions", "/desk/log", "/desk/submit", edition + "/mail.txt", edition + "/intranet.html",
        ]
        pages += ["/desk/items?q=\(query)&state=\(query)&source=\(query)&before=\(query)", "/desk/log?q=\(query)&before=\(query)"]
        for path in pages {
            let answer = try anne.get(path)
            // Scripts of our own, and no other.
            let rest = answer.text.replacing("<script src=\"/desk/live.js\" defer></script>", with: "")
                .replacing("<script src=\"/desk/editor.js\" defer></script>", with: "")
            #expect(!rest.contains("<script") && !rest.contains("<img src=x"), "\(path)")
            #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true, "\(path)")
            #expect(answer.headers["cache-control"] == "no-store", "\(path)")
        }
        let nobody = try DeskVisitor(daemon, headers: [])
        for text in [
            try nobody.get("/desk/login?next=\(query)").text, try nobody.post("/desk/login", ["name": evil, "password": evil]).text,
            try nobody.post("/desk/items/1", ["act": evil]).text,
        ] { #expect(!text.contains("<script") && !text.contains("<img src=x")) }
        #expect(try !anne.page("/desk/log?q=alert").contains("<script"))
        // A login leads nowhere else.
        for next in ["https://ond.example/", "//ond.example/", "/desk/\\..//ond.example", "/desk/\r\nSet-Cookie: a=b"] {
            let answer = try nobody.post("/desk/login", ["name": "anne", "password": DeskVisitor.password, "next": next])
            #expect(answer.headers["location"] == "/desk/" && answer.headers["set-cookie"]?.contains("a=b") == false)
        }
    }

    @Test func loginsAreThrottledAndSessionsEndWithTheRole() throws {
        let house = try house("none")
        try house.user("anne", "editor")
        try house.user("bo", "operator")
        let daemon = try Daemon(house)
        let anne = try DeskVisitor(daemon, "anne")
        #expect(anne.cookie?.hasPrefix("desk=") == true)
        #expect(try house.command("user", "role", "anne", "director").status == 0)
        #expect(try anne.get("/desk/").status == 303)
        let again = try DeskVisitor(daemon, "anne")
        let change = try Installation.run(
            ["user", "password", "anne", "--config", house.configuration], input: "en anden lang adgangskode\n")
        #expect(change.status == 0)
        #expect(try again.get("/desk/").status == 303)
        let thief = try DeskVisitor(daemon, headers: [])
        for _ in 0..<5 { #expect(try thief.post("/desk/login", ["name": "anne", "password": "gæt"]).status == 200) }
        // Now even the right one must wait; from this address for anybody.
        for (name, password) in [("anne", "en anden lang adgangskode"), ("bo", DeskVisitor.password)] {
            let answer = try thief.post("/desk/login", ["name": name, "password": password])
            #expect(answer.status == 429 && answer.headers["set-cookie"] == nil)
        }
        #expect(try house.command("user", "add", "anne", "--roles", "editor", input: DeskVisitor.password + "\n").status == 1)
        #expect(try house.command("user", "add", "ny", "--roles", "contributor:Ukendt", input: DeskVisitor.password + "\n").status == 1)
        #expect(try house.command("user", "add", "ny", "--roles", "editor", input: "kort\n").status == 1)
        #expect(try house.command("user", "list").outputText.contains("director"))
        daemon.terminate()
    }

    @Test func aTrustedProxysWordIsBelievedAndItsGroupsAreRoles() throws {
        let house = try house("none") {
            $0.replacing("[Web]\n", with: "[Web]\nTrustedProxy=127.0.0.1\n").replacing(
                "[Desk]\n",
                with:
                    "[Desk]\nUserHeader=X-Remote-User\nGroupsHeader=X-Remote-Groups\nRole=editor=Redaktionen\nRole=contributor:HR=HR-folk\n"
            )
        }
        let daemon = try Daemon(house)
        try drop(house, [("HR/A.md", "Fra HR\n\nTekst.\n"), ("Direktionen/B.md", "Fra direktionen\n\nTekst.\n")])
        func visitor(_ name: String, _ groups: String) throws -> DeskVisitor {
            try DeskVisitor(daemon, headers: ["X-Remote-User: \(name)", "X-Remote-Groups: \(groups)"])
        }
        let editor = try visitor("Anne@koege.example", "Alle, Redaktionen")
        #expect(try editor.page("/desk/").contains("anne@koege.example"))
        #expect(try editor.press("approve", on: "/desk/items/1").contains("godkendt"))
        let contributor = try visitor("hans", "HR-folk")
        let list = try contributor.page("/desk/items")
        #expect(list.contains("Fra HR") && !list.contains("Fra direktionen"))
        let stranger = try visitor("per", "Andre")
        #expect(try !stranger.page("/desk/items").contains("Fra HR"))
        // One's form is not another's.
        let token = contributor.hidden(try contributor.page("/desk/items/1"))
        #expect(try stranger.post("/desk/items/1", token.merging(["act": "withdraw"]) { $1 }).status == 403)
        #expect(try visitor("intake", "Redaktionen").get("/desk/").status == 303)
        daemon.terminate()
    }

    @Test(
        .enabled(
            if: Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver")
                && Oracle.hasPython("selenium", "axe_playwright_python"),
            "needs chromium, chromium-driver and PyPI selenium, axe-playwright-python"))
    func everyPageIsAccessibleAndAsksNobodyElse() throws {
        let house = try house("editor+director")
        try house.user("anne", "editor,director,med-a:Hovedudvalget")
        let daemon = try Daemon(house)
        let text =
            "Titel: En nyhed\nResumé: Kort.\nLederinfo: Tal om det.\n\n# Afsnit\n\nTekst med en [henvisning](https://koege.example).\n"
        try drop(house, [("HR/A.md", text), ("Direktionen/B.md", "Fra direktionen\n\nTekst.\n")])
        let anne = try DeskVisitor(daemon, "anne")
        let edition = "/desk/editions/" + (try slug(house))
        try anne.press("approve", on: edition)
        try anne.press("edit", on: "/desk/items/1", ["title": "Rettet", "summary": "Nyt", "audience": ""])
        try anne.press("leave", on: edition, ["item": "2"])
        let folder = try TemporaryFolder()
        let paths = ["/desk/", "/desk/items", "/desk/items/1", "/desk/items/2", "/desk/submit", "/desk/editions", edition, "/desk/log"]
        let outcome = try DeskOracle.look(daemon, folder.path, paths)
        for found in outcome.violations {
            Issue.record("\(found.page) at \(found.width) px, \(found.scheme): \(found.rule): \(found.elements.joined(separator: " | "))")
        }
        #expect(outcome.elsewhere.isEmpty)
        try DeskOracle.checkMarkup(folder.path, pages: paths.count + 1)
    }
}
