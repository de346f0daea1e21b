import Core
import Foundation
import TestKit
import Testing

/// Changing an item's text at the desk, and the order of an edition all at once.
@Suite struct DeskEditTests {
    private static let text = """
        Titel: Ny kantine
        Lederinfo: Sig det.

        ## Åbent

        På **mandag** åbner [kantinen](https://koege.example).

        - kaffe
        - te
        """

    private func house() throws -> (Installation, Daemon) {
        let house = try Installation()
        for (name, roles) in [("anne", "editor"), ("hans", "contributor:HR")] { try house.user(name, roles) }
        let path = "Schedules/direktionens-nyhedsbrev.schedule"
        try house.write(path, try house.text(path).replacing("Approval=none", with: "Approval=editor"))
        return (house, try Daemon(house))
    }

    private func field(_ name: String, of page: String) throws -> String {
        let found = try #require(page.firstMatch(of: try Regex("<textarea[^>]*name=\"\(name)\"[^>]*>\n([^<]*)</textarea>")))
        return String(try #require(found[1].substring)).replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing(
            "&amp;", with: "&"
        )
        .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
    }

    @Test func theTextIsChangedWithTheChangeShown() throws {
        let (house, daemon) = try house()
        try ServiceTests.drop(house, "HR/Ny kantine.md", Self.text)
        #expect(try eventually { try ServiceTests.items(house).count == 1 })
        let anne = try DeskVisitor(daemon, "anne")
        let page = try anne.page("/desk/items/1")
        let body = try field("body", of: page)
        #expect(body == "## Åbent\n\nPå **mandag** åbner [kantinen](<https://koege.example>).\n\n- kaffe\n- te")
        #expect(try field("leaders", of: page) == "Sig det.")
        var form = ["title": "Ny kantine", "summary": "Kort", "audience": "", "leaders": "Sig det.", "body": body]

        // What was not changed is not read anew.
        #expect(
            try anne.press("review", on: "/desk/items/1", form.merging(["body": body.replacing("\n", with: "\r\n") + "\r\n"]) { $1 })
                .contains("<dt>Resumé</dt>"))
        form["body"] = body.replacing("**mandag**", with: "**tirsdag**") + "\n- vand"
        let review = try anne.press("review", on: "/desk/items/1", form)
        #expect(review.contains("Det er ikke gemt endnu"))
        #expect(review.contains("**mandag**</del>") && review.contains("**tirsdag**</ins>") && review.contains("- vand"))
        // The form still has what was written.
        #expect(try field("body", of: review).contains("**tirsdag**"))
        #expect(try ServiceTests.items(house).first?["version"] as? Int == 1)

        try anne.press("approve", on: "/desk/items/1")
        let saved = try anne.press("edit", on: "/desk/items/1", form)
        #expect(saved.contains("gælder ikke mere: nyheden") && saved.contains("Rettet af anne"))
        #expect(try anne.page("/desk/items/1/web.html").contains("<strong>tirsdag</strong>"))
        #expect(try ServiceTests.items(house).first?["state"] as? String == "accepted")

        // What must not be published stays out, and what was written stays in the form.
        for (words, told) in [("070761-4285", "CPR-nummer"), ("![x](billede1)", "ligger ikke her")] {
            let refused = try anne.press("edit", on: "/desk/items/1", form.merging(["body": "Skrevet " + words]) { $1 })
            let kept = try field("body", of: refused)
            #expect(refused.contains(told) && kept.hasPrefix("Skrevet"), "\(refused)")
        }
        let evil = "<script>alert(1)</script> [a](javascript:alert(1)) <img src=x onerror=alert(1)>"
        let reviewed = try anne.press("review", on: "/desk/items/1", form.merging(["body": evil, "leaders": evil]) { $1 })
        #expect(!reviewed.replacing("<script src=\"/desk/editor.js\" defer></script>", with: "").contains("<script"))
        try anne.press("edit", on: "/desk/items/1", form.merging(["body": evil, "leaders": ""]) { $1 })
        let web = try anne.page("/desk/items/1/web.html")
        #expect(!web.contains("<script") && !web.contains("javascript:") && !web.contains("onerror"))
        #expect(try ServiceTests.items(house).first?["version"] as? Int == 3)
        daemon.terminate()
    }

    @Test func aPeriodThatIsOverTakesItOffTheScreens() throws {
        let (house, daemon) = try house()
        try ServiceTests.drop(house, "HR/Ny kantine.md", Self.text)
        let feed = try RawHTTPClient(port: UInt16(try daemon.port))
        func isShown() throws -> Bool { try feed.request("GET", "/feeds/infoskaerm.rss").text.contains("Ny kantine") }
        #expect(try eventually { try isShown() })
        let anne = try DeskVisitor(daemon, "anne")
        let form = ["title": "Ny kantine", "summary": "Kort", "audience": "", "from": "2020-01-01T08:00"]
        try anne.press("edit", on: "/desk/items/1", form.merging(["until": "2020-02-01T08:00"]) { $1 })
        #expect(try eventually { try !isShown() })
        try anne.press("edit", on: "/desk/items/1", form.merging(["until": ""]) { $1 })
        #expect(try eventually { try isShown() })
        daemon.terminate()
    }

    @Test func anOrderIsTakenAtOnce() throws {
        let (house, daemon) = try house()
        for (number, source) in ["HR", "Direktionen", "Teknik og Miljø"].enumerated() {
            try ServiceTests.drop(house, "\(source)/\(number).md", "Nyhed \(number)\n\nTekst nummer \(number).\n")
        }
        #expect(try eventually { try ServiceTests.items(house).count == 3 })
        let anne = try DeskVisitor(daemon, "anne")
        let list = try anne.page("/desk/editions")
        let edition = String(try #require(list.firstMatch(of: /\/desk\/editions\/direktionens-nyhedsbrev[a-z0-9-]*/)).0)
        func order(_ page: String) -> [String] { page.matches(of: /<li data-item="(\d+)">/).map { String($0.1) } }
        let former = order(try anne.page(edition))
        #expect(former.count == 3)
        #expect(order(try anne.press("order", on: edition, ["order": former.reversed().joined(separator: " ")])) == former.reversed())
        // Neither more, nor fewer, nor others.
        for wrong in ["", "1 2", "1 2 3 3", "1 2 9", former.joined(separator: " ") + " 4", "<script>"] {
            #expect(order(try anne.press("order", on: edition, ["order": wrong])) == former.reversed(), "\(wrong)")
        }
        let page = try anne.page(edition)
        #expect(page.contains("Højst 3 fra hver afsender og 20 i alt") && page.contains("HR: 1 af 3"))
        #expect(try anne.get(edition + "/mail.txt").headers["content-type"] == "text/plain; charset=utf-8")
        daemon.terminate()
    }

    @Test func whatFoundNoRoomIsTold() throws {
        let (house, daemon) = try house()
        for number in 1...5 { try ServiceTests.drop(house, "HR/\(number).md", "Nyhed nummer \(number)\n\nTekst nummer \(number).\n") }
        #expect(try eventually { try ServiceTests.items(house).count == 5 })
        let anne = try DeskVisitor(daemon, "anne")
        let list = try anne.page("/desk/editions")
        let edition = String(try #require(list.firstMatch(of: /\/desk\/editions\/direktionens-nyhedsbrev[a-z0-9-]*/)).0)
        let page = try anne.page(edition)
        #expect(page.contains("HR: 3 af 3") && page.contains("blev der ikke plads til"))
        #expect(page.matches(of: /<li data-item=/).count == 3)
        // One that is left out makes room for the next.
        let first = try #require(page.firstMatch(of: /<li data-item="(\d+)">/))
        #expect(try anne.press("leave", on: edition, ["item": String(first.1)]).matches(of: /<li data-item=/).count == 3)
        daemon.terminate()
    }
}
