import Core
import Foundation
import Ledger
import TestKit
import Testing

@testable import Desk

/// The desk's pages about time, people, deliveries, channels and crises, by plain forms as a browser without JavaScript uses them.
@Suite struct DeskPagesTests {
    private static let evil = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>"

    private static func encoded(_ text: String) -> String {
        text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func released(_ house: Installation) throws -> String {
        let status = try #require(try house.json("status") as? [String: Any])
        return try #require((status["released"] as? [[String: Any]])?.first?["slug"] as? String)
    }

    // MARK: Calendar

    @Test func theCalendarTellsWhatComesAndWhyItMoved() throws {
        let house = try Installation()
        try house.user("anne", "editor")
        try house.write(
            "Schedules/jul.schedule",
            """
            [Publication]
            Title=Julebrevet
            Audience=alle

            [Schedule]
            When=FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25;BYHOUR=9;BYMINUTE=0
            OnHoliday=nextWorkingDay
            CutOff=1d

            [Channels]
            Email=yes
            """)
        let daemon = try Daemon(house)
        let anne = try DeskVisitor(daemon, "anne")
        let today = Zone.copenhagen.civil(Instant(Date())).date
        let december = try anne.page("/desk/calendar?month=\(today.year + 1)-12")
        #expect(
            december.contains("Julebrevet") && december.contains("Flyttet fra den 25. december \(today.year + 1), for da er det juledag"))
        #expect(december.contains("Planlagt") && december.contains("Nyheder kan komme med indtil") && december.contains("2. juledag"))
        #expect(december.contains("href=\"/desk/calendar?month=\(today.year + 1)-11\"") && december.contains("scope=\"col\">mandag"))
        // What the ledger has is one entry, with its state and its page.
        func planned() throws -> String? {
            try ((house.json("status") as? [String: Any])?["coming"] as? [[String: Any]])?.compactMap { $0["slug"] as? String }
                .first { $0.hasPrefix("direktionens-nyhedsbrev-") }
        }
        #expect(try eventually { try planned() != nil })
        let slug = try #require(try planned())
        let month = try anne.page("/desk/calendar?month=\(slug.dropFirst("direktionens-nyhedsbrev-".count).prefix(7))")
        #expect(month.components(separatedBy: "href=\"/desk/editions/\(slug)\"").count == 2)
        for wrong in ["9999-01", "x", "2026-13", "1970-01"] { #expect(try anne.get("/desk/calendar?month=\(wrong)").status == 404) }
        daemon.terminate()
    }

    // MARK: Recipients

    @Test func whoAsksIsToldWhySomebodyGetsSomething() throws {
        let house = try Installation()
        try house.user("anne", "editor")
        try house.write("recipients.csv", "email;name;role\na@koege.example;Asta;leder\nb@koege.example;Bo;medarbejder\n")
        var daemon = try Daemon(house)
        #expect(try eventually { try house.hasPeople() })
        daemon.terminate()
        do {
            let ledger = try Ledger(folder: house.path + "/state")
            let bo = try #require(try ledger.recipients().first { $0.person.name == "Bo" })
            let entry = BounceEntry(
                digest: "1", verdict: .hard, recipient: bo.id, edition: nil, status: "5.1.1", reason: "gone \(Self.evil)")
            #expect(try ledger.recordBounce(entry, at: Instant(Date())) == .suppressed)
        }
        daemon = try Daemon(house)
        let anne = try DeskVisitor(daemon, "anne")
        let page = try anne.page("/desk/recipients")
        #expect(page.contains("<td class=\"number\">2</td>") && page.contains("b@koege.example") && page.contains("gone &lt;script"))
        #expect(try anne.page("/desk/recipients?q=B@KOEGE").contains("5.1.1") && !anne.page("/desk/recipients?q=anden").contains("5.1.1"))

        func answer(_ address: String) throws -> String {
            let answer = try anne.post("/desk/recipients", anne.hidden(page).merging(["act": "why", "address": address]) { $1 })
            #expect(answer.status == 200)
            return answer.text
        }
        let asta = try answer("a@koege.example")
        #expect(asta.contains("Asta") && asta.contains("Får den<") && asta.contains("Den går til alle."))
        let bo = try answer("b@koege.example")
        #expect(
            bo.contains("har været spærret siden") && bo.contains("role er medarbejder og skulle være leder / direktør")
                && !bo.contains("Får den<"))
        #expect(try answer("ukendt@koege.example").contains("står ikke i listen"))
        #expect(try answer("ingen adresse").contains("Det er ikke en mailadresse"))
        // The same by the command line.
        let why = try house.command("recipients", "why", "b@koege.example")
        #expect(why.status == 0 && why.outputText.contains("Suppressed since") && why.outputText.contains("role is medarbejder"))
        #expect(try house.command("recipients", "why", "ukendt@koege.example").status == 1)

        #expect(try anne.press("lift", on: "/desk/recipients", ["address": "b@koege.example"]).contains("får mails igen"))
        #expect(try !anne.page("/desk/recipients").contains("5.1.1"))
        #expect(try anne.page("/desk/log?q=lift").contains("anne"))
        daemon.terminate()
    }

    // MARK: Deliveries

    @Test func deliveriesAreToldAndTriedAgain() throws {
        let relay = try ScriptedSMTPServer { moment in
            moment.step == .recipient && moment.line.contains(/p\d@/) ? .reply("550 5.1.1 \(Self.evil)") : .proceed
        }
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: 120)
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let address = "/desk/editions/\(try released(house))/deliveries"
        let anne = try DeskVisitor(daemon, "anne")
        #expect(try eventually { try anne.page(address).contains("Udsendelsen er slut") }, "\(daemon.logText)")
        let page = try anne.page(address)
        #expect(page.contains("120 af 120 mails er færdige") && page.contains("Prøv de 10 mislykkede igen") && !page.contains("<script"))
        // All of them, once, over the pages.
        var seen: [String] = []
        var next: String? = address
        while let path = next {
            let page = try anne.page(path)
            seen += page.matches(of: /<strong>(p\d+@koege\.example)<\/strong>/).map { String($0.1) }
            next = page.firstMatch(of: /href="([^"]*after=\d+)"/).map { String($0.1).replacing("&amp;", with: "&") }
        }
        #expect(seen.count == 120 && Set(seen).count == 120)
        let failed = try anne.page(address + "?show=failed")
        #expect(failed.components(separatedBy: "Ikke leveret</span>").count == 11 && failed.contains("550 5.1.1 &lt;script"))
        let table = try anne.get(address + ".csv?show=failed")
        #expect(table.headers["content-type"]?.hasPrefix("text/csv") == true && table.text.components(separatedBy: "\r\n").count == 12)
        #expect(try anne.press("retry", on: address).contains("bliver prøvet igen"))
        let slug = try released(house)
        #expect(
            try eventually {
                let rows = try #require(try house.json("deliveries", slug) as? [[String: Any]])
                return rows.count { $0["state"] as? String == "failed" } == 10
            })
        #expect(relay.record.lines.count { $0.contains(/RCPT TO:<p\d@/) } >= 20)
        #expect(try anne.page("/desk/editions/" + slug).contains("Prøvet igen"))
        #expect(daemon.terminate() == 0)
    }

    /// A running edition is told as it goes, to who is logged in.
    @Test func progressIsToldWhileSomebodyLooks() throws {
        let relay = try ScriptedSMTPServer { $0.step == .content && $0.taken >= 20 ? .reply("451 4.3.0 later") : .proceed }
        defer { relay.stop() }
        let house = try DeliveryFaultTests.house(relay, recipients: 60)
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let slug = try released(house)
        let anne = try DeskVisitor(daemon, "anne")
        let page = try anne.page("/desk/editions/\(slug)/deliveries")
        #expect(page.contains("data-live=\"/desk/editions/\(slug)/progress\"") && page.contains("<noscript>"))
        let stream = try RawHTTPClient(port: UInt16(try daemon.port))
        try stream.send(
            "GET /desk/editions/\(slug)/progress HTTP/1.1\r\nHost: a\r\nCookie: \(try #require(anne.cookie))\r\n\r\n")
        #expect(try stream.read(until: "event: part\n").contains("text/event-stream"))
        #expect(relay.wait { $0.mails.count >= 20 })
        let counted = try stream.read(until: "Prøves igen")
        #expect(counted.contains("<progress max=\"60\""))
        // What was deferred is given up: the last part says so, and the page is asked for anew.
        try anne.press("pause", on: "/desk/editions/\(slug)/deliveries")
        #expect(try stream.read(until: "anne har bedt om det").contains("Udsendelsen er sat på pause"))
        try anne.press("stop", on: "/desk/editions/\(slug)/deliveries")
        _ = try stream.read(until: "event: over\n")
        let nobody = try DeskVisitor(daemon, headers: [])
        #expect(try nobody.get("/desk/editions/\(slug)/progress").status == 204)
        #expect(try nobody.get("/desk/arriving").status == 204)
        #expect(daemon.terminate() == 0)
    }

    /// What lies in the folders and is not an item yet, to those whose folder it is.
    @Test func todayTellsWhatIsOnItsWayIn() throws {
        let house = try Installation()
        for (name, roles) in [("anne", "editor"), ("hans", "contributor:HR"), ("tine", "contributor:Teknik og Miljø")] {
            try house.user(name, roles)
        }
        let daemon = try Daemon(house)
        let (anne, hans, tine) = (try DeskVisitor(daemon, "anne"), try DeskVisitor(daemon, "hans"), try DeskVisitor(daemon, "tine"))
        #expect(try anne.page("/desk/").contains("Der ligger ingen filer og venter"))
        let stream = try RawHTTPClient(port: UInt16(try daemon.port))
        try stream.send("GET /desk/arriving HTTP/1.1\r\nHost: a\r\nCookie: \(try #require(anne.cookie))\r\n\r\n")
        _ = try stream.read(until: "Der ligger ingen filer og venter")
        // Its picture is not there yet.
        try house.drop("HR/<img src=x>.md", "Titel: Med billede\nBillede: mangler.png\n\nTekst.\n")
        let told = try stream.read(until: "mangler noget, der hører til den")
        #expect(told.contains("&lt;img src=x&gt;.md") && !told.contains("<img"))
        #expect(try hans.page("/desk/").contains("En fil er ikke blevet til en nyhed endnu"))
        #expect(try tine.page("/desk/").contains("Der ligger ingen filer og venter"))
        daemon.terminate()
    }

    // MARK: Channels

    @Test func channelsTellWhoIsSilentAndWhatDidNotArrive() throws {
        let intranet = try ScriptedHTTPServer([.status(410)])
        let house = try Installation {
            $0 + """

                [Screens]
                SilentAfter=30m

                [Endpoint intranet]
                URL=\(intranet.url)/hook
                SecretFile=intranet.secret
                AllowPrivate=yes
                """
        }
        try house.write("intranet.secret", "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0\n")
        #expect(chmod(house.path + "/intranet.secret", 0o600) == 0)
        try house.user("anne", "editor")
        var daemon = try Daemon(house)
        #expect(try ServiceTests.get(daemon, "/feeds/infoskaerm.rss?screen=kantinen-1").status == 200)
        #expect(try house.command("alert", "Prøve\n\nAf alt.", "--yes").status == 0)
        #expect(intranet.requests(count: 1, limit: .seconds(60)).count == 1)
        daemon.terminate()
        do {
            // A screen that was there an hour ago.
            let ledger = try Ledger(folder: house.path + "/state")
            let then = Instant(Date()) - .hours(1)
            let key = ScreenRecord.Key(feed: "infoskaerm", label: "gangen", isNamed: true)
            try ledger.recordScreens([ScreenRecord(key: key, address: "10.0.0.7", player: "page", first: then, last: then)], at: then)
        }
        daemon = try Daemon(house)
        let anne = try DeskVisitor(daemon, "anne")
        let page = try anne.page("/desk/channels")
        #expect(page.contains("kantinen-1") && page.contains("Skærme, der er blevet tavse") && page.contains("gangen"))
        #expect(page.contains("intranet") && page.contains("Mislykket: 1") && page.contains("Kom ikke frem") && page.contains("svarede"))
        #expect(try anne.press("forget", on: "/desk/channels", ["screen": "gangen"]).contains("Skærmen gangen er glemt"))
        #expect(try !anne.page("/desk/channels").contains("blevet tavse"))
        let before = intranet.requests(count: 1).count
        #expect(try anne.press("retry", on: "/desk/channels", ["endpoint": "intranet"]).contains("bliver prøvet igen"))
        #expect(intranet.requests(count: before + 1, limit: .seconds(60)).count > before)
        let token = anne.hidden(try anne.page("/desk/channels"))
        #expect(try anne.post("/desk/channels", token.merging(["act": "retry", "endpoint": "andet"]) { $1 }).status == 404)
        daemon.terminate()
    }

    // MARK: Alert

    private func write(_ who: DeskVisitor, _ fields: [String: String], _ act: String = "preview") throws -> RawHTTPClient.Answer {
        try who.post("/desk/alert", who.hidden(try who.page("/desk/alert")).merging(fields) { $1 }.merging(["act": act]) { $1 })
    }

    @Test func twoPeopleSendACrisisMessageAndEndIt() throws {
        let house = try Installation { $0 + "\n[Alert]\nTwoPeople=yes\n" }
        for (name, roles) in [("anne", "editor"), ("dorte", "director")] { try house.user(name, roles) }
        let daemon = try Daemon(house)
        #expect(try eventually { try house.hasPeople() })
        let (anne, dorte) = (try DeskVisitor(daemon, "anne"), try DeskVisitor(daemon, "dorte"))
        func feed() throws -> String { String(decoding: try ServiceTests.get(daemon, "/feeds/infoskaerm.json").body, as: UTF8.self) }

        // What may not go out is written anew, with nothing lost.
        let fields = ["title": "Rådhuset er lukket", "text": "Gå hjem.\nRing til 070761-4285.", "audience": "alle"]
        let refused = try write(anne, fields)
        #expect(refused.status == 200 && refused.text.contains("CPR-nummer") && refused.text.contains("Gå hjem.\nRing"))
        #expect(try write(anne, ["title": "T", "text": "", "until": "2020-01-01T10:00"]).text.contains("forbi"))
        #expect(try write(anne, ["title": " ", "text": "x"]).text.contains("Skriv en overskrift"))

        let looked = try write(anne, fields.merging(["text": "Gå hjem.\nRing til driften."]) { $1 })
        #expect(looked.status == 200 && looked.text.contains("28 personer") && looked.text.contains("Infoskærm"))
        #expect(looked.text.contains("Bed en kollega sige god for den") && looked.text.contains("wall crisis"))
        let mail = try #require(looked.text.firstMatch(of: /src="(\/desk\/alert\/[0-9a-f]+\/mail\.html)"/)).1
        #expect(try anne.page(String(mail)).contains("Rådhuset er lukket"))
        // It is nobody else's to look at or to send.
        #expect(try dorte.get(String(mail)).status == 404)
        #expect(try feed().contains("Rådhuset er lukket") == false)
        let sent = try anne.post("/desk/alert", anne.hidden(looked.text).merging(["act": "raise"]) { $1 })
        #expect(sent.status == 303)
        #expect(try anne.page("/desk/alert").contains("en kollega skal logge ind"))
        // Pressed twice it is there once.
        #expect(
            try anne.post("/desk/alert", anne.hidden(looked.text).merging(["act": "raise"]) { $1 }).text.contains("måske sendt allerede"))
        #expect(try (house.json("alert", "--list") as? [[String: Any]])?.count == 1)

        let id = try #require(try (house.json("alert", "--list") as? [[String: Any]])?.first?["id"] as? Int)
        #expect(try anne.press("confirm", on: "/desk/alert", ["id": "\(id)"]).contains("Det lykkedes ikke"))
        #expect(try feed().contains("Rådhuset er lukket") == false)
        #expect(try dorte.page("/desk/").contains("Venter på en kollega") || dorte.page("/desk/").contains("Rådhuset er lukket"))
        #expect(try dorte.page("/desk/alert/\(id)/mail.html").contains("Ring til driften"))
        #expect(try dorte.press("confirm", on: "/desk/alert", ["id": "\(id)"]).contains("på vej ud"))
        #expect(try eventually { try feed().contains("Rådhuset er lukket") }, "\(daemon.logText)")
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 28 }, "\(daemon.logText)")
        #expect(try write(dorte, ["title": "Prøve", "text": "x", "drill": "yes"]).text.contains("en øvelse må vente"))

        #expect(try dorte.press("end", on: "/desk/alert", ["id": "\(id)", "farewell": "Alt er i orden."]).contains("gælder ikke mere"))
        #expect(try eventually { try !feed().contains("Rådhuset er lukket") })
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 56 }, "\(daemon.logText)")
        let trail = try anne.page("/desk/log?q=alert")
        #expect(trail.contains("Foreslået") && trail.contains("Bekræftet af en kollega") && trail.contains("Afblæst"))

        // A drill says so wherever it is looked at.
        let drill = try write(anne, ["title": "Brand", "text": "Gå ud.", "drill": "yes"])
        #expect(drill.text.contains("wall crisis drill") && drill.text.contains("at det er en øvelse"))
        daemon.terminate()
    }

    // MARK: Security

    @Test func everyFurtherActIsRefusedToWhoMayNot() throws {
        let house = try Installation()
        for (name, roles) in [
            ("anne", "editor"), ("hans", "contributor:HR"), ("mads", "med-a:Hovedudvalget"), ("dorte", "director"), ("drift", "operator"),
        ] { try house.user(name, roles) }
        try house.drop("HR/A.md", "Fra HR\n\nTekst.\n")
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let deliveries = "/desk/editions/\(try released(house))/deliveries"
        let acts = [
            ("/desk/recipients", ["why", "lift"]), (deliveries, ["retry", "pause", "resume", "stop"]),
            ("/desk/channels", ["forget", "retry"]), ("/desk/alert", ["preview", "edit", "raise", "confirm", "end"]),
        ]
        let pages = [
            "/desk/calendar", "/desk/recipients", deliveries, deliveries + ".csv", "/desk/channels", "/desk/alert",
            "/desk/alert/1/mail.html",
        ]
        let (anne, hans, mads) = (try DeskVisitor(daemon, "anne"), try DeskVisitor(daemon, "hans"), try DeskVisitor(daemon, "mads"))
        let (dorte, drift) = (try DeskVisitor(daemon, "dorte"), try DeskVisitor(daemon, "drift"))
        let own = anne.hidden(try anne.page("/desk/alert"))
        func refused(_ who: DeskVisitor, _ path: String, _ act: String, _ form: [String: String]) throws {
            let form = form.merging(["act": act, "id": "1", "address": "a@b.dk", "title": "T", "text": "x", "screen": "s"]) { $1 }
            let answer = try who.post(path, form)
            #expect(answer.status == 403, "\(act) on \(path) gave \(answer.status)")
        }
        let ended = try DeskVisitor(daemon, "anne")
        let token = ended.hidden(try ended.page("/desk/"))
        let cookie = try #require(ended.cookie)
        #expect(try ended.post("/desk/logout", token).status == 303)
        let nobody = try DeskVisitor(daemon, headers: [])
        let replayed = try DeskVisitor(daemon, headers: ["Cookie: " + cookie])
        let forged = try DeskVisitor(daemon, headers: ["X-Remote-User: anne", "X-Remote-Groups: Redaktionen"])
        let elsewhere = try DeskVisitor(daemon, "anne")
        let elsewhereToken = elsewhere.hidden(try elsewhere.page("/desk/alert"))
        elsewhere.headers = ["Sec-Fetch-Site: cross-site"]
        let (hansToken, madsToken) = (hans.hidden(try hans.page("/desk/")), mads.hidden(try mads.page("/desk/")))
        for (path, acts) in acts {
            for act in acts {
                try refused(nobody, path, act, own)
                try refused(replayed, path, act, token)
                try refused(forged, path, act, own)
                try refused(anne, path, act, [:])
                try refused(anne, path, act, token)
                try refused(elsewhere, path, act, elsewhereToken)
                try refused(hans, path, act, hansToken)
                try refused(mads, path, act, madsToken)
            }
            try refused(anne, path, "unknown", own)
        }
        let dorteToken = dorte.hidden(try dorte.page("/desk/"))
        for act in ["why", "lift"] { try refused(dorte, "/desk/recipients", act, dorteToken) }
        for act in ["forget", "retry"] { try refused(dorte, "/desk/channels", act, dorteToken) }
        for path in pages {
            #expect(try hans.get(path).status == 403, "\(path)")
            #expect(try nobody.get(path).headers["location"] == "/desk/login?next=" + path)
            if path != "/desk/calendar" { #expect(try mads.get(path).status == 403, "\(path)") }
        }
        #expect(try mads.get("/desk/calendar").status == 200)
        for path in pages.prefix(6) { #expect(try drift.get(path).status == 200, "\(path)") }
        #expect(try hans.get(deliveries.replacing("deliveries", with: "progress")).status == 403)
        // Nothing has come of it, and the trail tells of it.
        #expect(try (house.json("alert", "--list") as? [Any])?.isEmpty == true)
        #expect(try anne.page("/desk/log?q=refused").contains("/desk/alert"))
        daemon.terminate()
    }

    @Test func whatIsWrittenThereIsInert() throws {
        let house = try Installation()
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        let anne = try DeskVisitor(daemon, "anne")
        let fields = ["title": "T \(Self.evil)", "text": "R \(Self.evil)", "audience": "alle", "farewell": Self.evil]
        let looked = try write(anne, fields)
        let again = try write(anne, fields, "edit")
        #expect(try anne.post("/desk/alert", anne.hidden(looked.text).merging(["act": "raise"]) { $1 }).status == 303)
        let id = try #require(try (house.json("alert", "--list") as? [[String: Any]])?.first?["id"] as? Int)
        let query = Self.encoded(Self.evil)
        let why = try write(anne, ["address": Self.evil], "why")
        var answers = [looked, again, why]
        for path in [
            "/desk/alert", "/desk/alert/\(id)/mail.html", "/desk/calendar?month=\(query)",
            "/desk/recipients?q=\(query)&since=\(query)&after=\(query)", "/desk/channels?page=\(query)&posts=\(query)", "/desk/",
            "/desk/log?q=\(query)",
        ] { answers.append(try anne.get(path)) }
        try anne.press("end", on: "/desk/alert", ["id": "\(id)", "farewell": "Slut"])
        answers.append(try anne.get("/desk/alert"))
        for answer in answers {
            let text = answer.text.replacing("<script src=\"/desk/live.js\" defer></script>", with: "")
            #expect(!text.contains("<script") && !text.contains("<img src=x"), "\(text)")
            #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        }
        daemon.terminate()
    }

    // MARK: For everybody's eyes and hands

    @Test(
        .enabled(
            if: Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver")
                && Oracle.hasPython("selenium", "axe_playwright_python"),
            "needs chromium, chromium-driver and PyPI selenium, axe-playwright-python"))
    func everyFurtherPageIsAccessible() throws {
        let house = try Installation {
            $0 + "\n[Endpoint intranet]\nURL=http://127.0.0.1:9/hook\nSecretFile=intranet.secret\nAllowPrivate=yes\n"
        }
        try house.write("intranet.secret", "whsec_c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0\n")
        #expect(chmod(house.path + "/intranet.secret", 0o600) == 0)
        try house.user("anne", "editor,director")
        try house.drop("HR/A.md", "Fra HR\n\nTekst.\n")
        var daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let deliveries = "/desk/editions/\(try released(house))/deliveries"
        #expect(try ServiceTests.get(daemon, "/feeds/infoskaerm.rss?screen=kantinen-1").status == 200)
        #expect(try house.command("alert", "Rådhuset er lukket\n\nGå hjem.", "--yes").status == 0)
        #expect(eventually { house.files("outbox").filter { $0.hasSuffix(".eml") }.count == 56 })
        daemon.terminate()
        do {
            let ledger = try Ledger(folder: house.path + "/state")
            let then = Instant(Date()) - .hours(1)
            let key = ScreenRecord.Key(feed: "infoskaerm", label: "gangen", isNamed: true)
            try ledger.recordScreens([ScreenRecord(key: key, address: "10.0.0.7", player: "page", first: then, last: then)], at: then)
            let some = try #require(try ledger.recipients().first)
            let entry = BounceEntry(digest: "1", verdict: .hard, recipient: some.id, edition: nil, status: "5.1.1", reason: "no such user")
            #expect(try ledger.recordBounce(entry, at: then) == .suppressed)
        }
        daemon = try Daemon(house)
        let folder = try TemporaryFolder()
        let paths = [
            "/desk/", "/desk/calendar", "/desk/recipients", "/desk/recipients!why?address=anne.jensen@eksempel.example", deliveries,
            deliveries + "?show=failed", "/desk/channels", "/desk/alert",
            "/desk/alert!preview?title=Vandet er lukket&text=Der er ingen vand i hanerne f\u{F8}r i aften.",
        ]
        let outcome = try DeskOracle.look(daemon, folder.path, paths)
        for found in outcome.violations {
            Issue.record("\(found.page) at \(found.width) px, \(found.scheme): \(found.rule): \(found.elements.joined(separator: " | "))")
        }
        #expect(outcome.elsewhere.isEmpty)
        try DeskOracle.checkMarkup(folder.path, pages: paths.count + 1)
        daemon.terminate()
    }

    /// The page's script puts what it is told into the page, without a reload.
    @Test(
        .enabled(
            if: Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver") && Oracle.hasPython("selenium"),
            "needs chromium, chromium-driver and PyPI selenium"))
    func anOpenPageChangesByItself() throws {
        let house = try Installation()
        try house.user("anne", "editor")
        let daemon = try Daemon(house)
        let output = try Oracle.run(
            Oracle.root + "/Tests/budstikkeTests/Oracles/live.py",
            ["http://127.0.0.1:\(try daemon.port)", "anne", DeskVisitor.password, house.path + "/drop/HR/Uden.md"])
        #expect(String(decoding: output, as: UTF8.self).contains("changed without a reload"))
        daemon.terminate()
    }
}

/// What is left, and how long it takes.
@Suite struct ProgressEstimateTests {
    private func at(_ seconds: Int64) -> Instant { Instant(seconds: 1_000 + seconds) }

    @Test func itGoesByTheSpeedOfLate() {
        var estimate = ProgressEstimate()
        estimate.note(left: 1_000, at: at(0))
        #expect(estimate.remaining == nil)
        estimate.note(left: 900, at: at(10))
        #expect(estimate.remaining == .seconds(90) && estimate.begun == 1_000)
        // Slower now: what was before the window does not count any more.
        for second in stride(from: Int64(20), through: 400, by: 10) { estimate.note(left: 900 - Int(second) / 10, at: at(second)) }
        #expect(estimate.remaining == .seconds(8_600))
        estimate.note(left: 860, at: at(600))
        #expect(estimate.remaining == nil)
    }

    @Test func somethingNewBeginsAnew() {
        var estimate = ProgressEstimate()
        estimate.note(left: 10, at: at(0))
        estimate.note(left: 5, at: at(10))
        estimate.note(left: 50, at: at(20))
        #expect(estimate.remaining == nil && estimate.begun == 50)
        estimate.note(left: 40, at: at(21))
        // A second is too short to judge by.
        #expect(estimate.remaining == nil)
    }
}
