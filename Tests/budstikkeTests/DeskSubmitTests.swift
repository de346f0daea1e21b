import Core
import Foundation
import TestKit
import Testing

/// Sending an item with a browser, by plain forms.
@Suite struct DeskSubmitTests {
    private func house() throws -> (Installation, Daemon) {
        let house = try Installation {
            $0.replacing("[Drop]\n", with: "[Drop]\nBlockedWord=projekt fønix\n")
        }
        for (name, roles) in [("hans", "contributor:HR"), ("anne", "editor"), ("dorte", "director"), ("mads", "med-a:Hovedudvalget")] {
            try house.user(name, roles)
        }
        return (house, try Daemon(house))
    }

    /// Sends a form; where its sender is led.
    private func send(
        _ who: DeskVisitor, _ act: String, _ form: [String: String], files: [String: (name: String, bytes: [UInt8])] = [:]
    ) throws -> String {
        let token = who.hidden(try who.page("/desk/submit"))
        let answer = try who.post("/desk/submit", token.merging(["source": "HR", "act": act]) { $1 }.merging(form) { $1 }, files: files)
        try #require(answer.status == 303, "\(answer.status) \(answer.text)")
        return try #require(answer.headers["location"])
    }

    /// The page of what was sent, when it says how it ended.
    private func settled(_ who: DeskVisitor, _ path: String) throws -> String {
        var page = ""
        #expect(
            eventually {
                page = (try? who.page(path)) ?? ""
                return !page.contains("<progress")
            })
        return page
    }

    @Test func whatIsWrittenIsTakenInWithItsPictureAndItsReceipt() throws {
        let (house, daemon) = try house()
        let hans = try DeskVisitor(daemon, "hans")
        let picture = try Data(contentsOf: URL(fileURLWithPath: Oracle.root + "/Templates/logo.png"))
        let path = try send(
            hans, "write",
            [
                "title": "Ny kantine", "text": "## Åbent\n\nKom **alle**.\n\n- mandag\n- tirsdag", "summary": "Den åbner.",
                "alt": "En gryde",
                "leaders": "Sig det.\n\nOg igen.", "contact": "Mette", "until": "2099-01-01T12:00",
            ], files: ["picture": ("Gryde.PNG", Array(picture))])
        let page = try settled(hans, path)
        #expect(page.contains("vi har modtaget din nyhed"), "\(page)\n\(daemon.logText)")
        let receipt = try hans.get(path + "/receipt.html")
        #expect(receipt.status == 200 && receipt.text.contains("Ny kantine") && receipt.text.contains("<h3"))
        #expect(receipt.headers["content-security-policy"]?.contains("sandbox") == true)
        let item = try #require(page.firstMatch(of: /\/desk\/items\/\d+/))
        let shown = try hans.page(String(item.0))
        for words in ["## Åbent", "Kom **alle**.", "En gryde", "Sig det.", "2099-01-01T12:00", "Mette"] {
            #expect(shown.contains(words) || words == "Mette", "\(words)")
        }
        // The very file lies where a manager would find it, and the trail says who sent it.
        let received = house.files("drop/HR/Modtaget")
        #expect(received.contains { $0.hasPrefix("Ny kantine (hans ") && $0.hasSuffix(".kvittering.html") })
        #expect(received.contains { $0.hasSuffix("/billede.png") } && received.contains { $0.hasSuffix("/tekst.md") })
        #expect(house.left().isEmpty)
        #expect(try DeskVisitor(daemon, "anne").page("/desk/log?q=submit").contains("hans"))
        // The same again is no second item, and the receipt says so.
        let again = try send(
            hans, "write",
            [
                "title": "Ny kantine", "text": "## Åbent\n\nKom **alle**.\n\n- mandag\n- tirsdag", "summary": "Den åbner.",
                "alt": "En gryde",
                "leaders": "Sig det.\n\nOg igen.", "contact": "Mette", "until": "2099-01-01T12:00",
            ], files: ["picture": ("Gryde.PNG", Array(picture))])
        _ = try settled(hans, again)
        #expect(try hans.get(again + "/receipt.html").text.contains("allerede taget ind"))
        #expect(try ServiceTests.items(house).count == 1)
    }

    @Test func theDropFoldersRulesHold() throws {
        let (house, daemon) = try house()
        let hans = try DeskVisitor(daemon, "hans")
        for (title, text, words) in [
            ("Om Per", "Han er 070761-4285.", "CPR-nummer"), ("070761-4285", "x", "CPR-nummer"),
            ("Om Projekt Fønix", "Ja.", "projekt fønix"),
            ("Tom", String(repeating: "[", count: 6_000) + "](x)", "kan læse den sikkert"),
        ] {
            let page = try settled(hans, try send(hans, "write", ["title": title, "text": text]))
            #expect(page.contains("kunne ikke tage den ind") && page.contains(words), "\(title): \(page)")
            // What was written is not lost, but for the number.
            #expect(!page.contains("070761-4285") && page.contains("<textarea"))
        }
        for (name, bytes, words) in [
            ("brev.pdf", Array("%PDF-1.7".utf8), "filer af typen"),
            ("gammel.doc", [0xD0, 0xCF, 0x11, 0xE0] + [UInt8](repeating: 0, count: 600), "(.doc"),
            ("program.txt", [0x7F, 0x45, 0x4C, 0x46, 1, 2, 3], "er et program"), ("x.tmp", Array("tekst".utf8), "filer af typen"),
        ] as [(String, [UInt8], String)] {
            let page = try settled(hans, try send(hans, "attach", [:], files: ["document": (name, bytes)]))
            #expect(page.contains("kunne ikke tage den ind") && page.contains(words), "\(name): \(page)")
        }
        #expect(try ServiceTests.items(house).isEmpty)
        let token = hans.hidden(try hans.page("/desk/submit"))
        for (form, words) in [
            (["act": "write", "title": " ", "text": "Bevar mig"], "Skriv en overskrift"), (["act": "attach"], "Vælg en fil"),
            (["act": "write", "title": "T", "from": "2027-01-02T00:00", "until": "2027-01-01T00:00", "text": "Bevar mig"], "Den slutter"),
            (["act": "write", "title": "T", "text": "Bevar mig" + String(repeating: "a", count: 200_001)], "for lang"),
        ] as [([String: String], String)] {
            let answer = try hans.post("/desk/submit", token.merging(["source": "HR"]) { $1 }.merging(form) { $1 }, files: [:])
            // What was written is not lost.
            #expect(answer.status == 422 && answer.text.contains(words) && (form["text"] == nil || answer.text.contains("Bevar mig")))
        }
    }

    @Test func aFileIsTakenInAsItIs() throws {
        let (house, daemon) = try house()
        let anne = try DeskVisitor(daemon, "anne")
        // More than other forms may carry.
        let long = "Titel: En lang\n\n" + String(repeating: "Ord. ", count: 300_000)
        let page = try settled(
            anne, try send(anne, "attach", ["source": "Direktionen"], files: ["document": ("En lang.txt", Array(long.utf8))]))
        #expect(page.contains("vi har modtaget din nyhed"), "\(page)")
        #expect(try ServiceTests.items(house).first?["source"] as? String == "Direktionen")
        let huge = [UInt8](repeating: 0x61, count: 33 << 20)
        let token = anne.hidden(try anne.page("/desk/submit"))
        let form = token.merging(["source": "HR", "act": "attach"]) { $1 }
        #expect(try anne.post("/desk/submit", form, files: ["document": ("x.txt", huge)]).status == 413)
        let nobody = try DeskVisitor(daemon, headers: [])
        #expect(try nobody.post("/desk/submit", form, files: ["document": ("x.txt", Array(huge.prefix(2 << 20)))]).status == 413)
    }

    @Test func nobodySendsOrSeesForOthers() throws {
        let (house, daemon) = try house()
        let (hans, anne) = (try DeskVisitor(daemon, "hans"), try DeskVisitor(daemon, "anne"))
        let token = hans.hidden(try hans.page("/desk/submit"))
        func status(_ who: DeskVisitor, _ form: [String: String]) throws -> Int {
            try who.post("/desk/submit", ["act": "write", "title": "Ond", "text": "x"].merging(form) { $1 }, files: [:]).status
        }
        #expect(try status(hans, token.merging(["source": "Direktionen"]) { $1 }) == 403)
        #expect(try status(hans, token.merging(["source": "Findes ikke"]) { $1 }) == 403)
        #expect(try status(hans, ["source": "HR"]) == 403)
        // Another's token, nobody, an ended session, a proxy's word from elsewhere, another site.
        #expect(try status(anne, token.merging(["source": "HR"]) { $1 }) == 403)
        #expect(try status(try DeskVisitor(daemon, headers: []), token.merging(["source": "HR"]) { $1 }) == 403)
        let ended = try DeskVisitor(daemon, "hans")
        let old = ended.hidden(try ended.page("/desk/"))
        let cookie = try #require(ended.cookie)
        #expect(try ended.post("/desk/logout", old).status == 303)
        #expect(try status(try DeskVisitor(daemon, headers: ["Cookie: " + cookie]), old.merging(["source": "HR"]) { $1 }) == 403)
        let elsewhere = try DeskVisitor(daemon, "hans")
        let own = elsewhere.hidden(try elsewhere.page("/desk/submit"))
        elsewhere.headers = ["Sec-Fetch-Site: cross-site"]
        #expect(try status(elsewhere, own.merging(["source": "HR"]) { $1 }) == 403)
        for name in ["dorte", "mads"] {
            let other = try DeskVisitor(daemon, name)
            #expect(try other.get("/desk/submit").status == 403)
            let token = other.hidden(try other.page("/desk/"))
            #expect(try status(other, token.merging(["source": "Hovedudvalget"]) { $1 }) == 403)
        }
        #expect(house.files("drop/HR").filter { $0.contains("Ond") }.isEmpty)
        #expect(try anne.page("/desk/log?q=submit").contains("Afvist"))

        // What was sent is its source's, and no other file of the trays is shown.
        let path = try send(
            anne, "write", ["title": "<script>alert(1)</script>", "text": "<script>alert(1)</script> Tekst", "source": "Direktionen"])
        let page = try settled(anne, path)
        #expect(!page.replacing("<script src=\"/desk/editor.js\" defer></script>", with: "").contains("<script"))
        #expect(try !anne.get(path + "/receipt.html").text.contains("<script>"))
        for part in ["", "/receipt.html", "/events"] { #expect(try hans.get(path + part).status == 403) }
        try house.write("drop/HR/Modtaget/hemmelig.kvittering.html", "hemmelig")
        for name in ["hemmelig", "..%2F..%2Fbudstikke.conf", "hemmelig%20%28hans%20bcdfgh%29"] {
            #expect([400, 404].contains(try hans.get("/desk/submit/HR/" + name).status), "\(name)")
        }
        #expect(try hans.get("/desk/submit/HR/x%20%28hans%20bcdfgh%29/receipt.html").status == 404)
    }

    @Test func aPageThatWaitsIsTold() throws {
        let (_, daemon) = try house()
        let hans = try DeskVisitor(daemon, "hans")
        let path = try send(hans, "write", ["title": "Ventet", "text": "Tekst."])
        let client = try RawHTTPClient(port: UInt16(try daemon.port))
        try client.send("GET \(path)/events HTTP/1.1\r\nHost: x\r\nCookie: \(hans.cookie ?? "")\r\n\r\n")
        #expect(try client.read(until: "data: settled\n\n").contains("text/event-stream"))
        #expect(try settled(hans, path).contains("vi har modtaget"))
    }

    @Test func aFolderThatIsAwayIsToldOf() throws {
        let (house, daemon) = try house()
        let hans = try DeskVisitor(daemon, "hans")
        try FileManager.default.moveItem(atPath: house.path + "/drop", toPath: house.path + "/væk")
        let path = try send(hans, "write", ["title": "Væk", "text": "Tekst."])
        #expect(try settled(hans, path).contains("så vi har den ikke"))
        try FileManager.default.moveItem(atPath: house.path + "/væk", toPath: house.path + "/drop")
        #expect(try settled(hans, try send(hans, "write", ["title": "Igen", "text": "Tekst."])).contains("vi har modtaget"))
    }
}
