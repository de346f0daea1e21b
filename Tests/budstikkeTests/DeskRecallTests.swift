import Core
import Foundation
import TestKit
import Testing

/// A correction from the edition's page at the desk, by plain forms.
@Suite struct DeskRecallTests {
    @Test func anEditorCorrectsAnEditionAndWritesToWhoHadIt() throws {
        let house = try Installation()
        for (name, roles) in [("anne", "editor"), ("drift", "operator")] { try house.user(name, roles) }
        try house.drop("HR/Kantine.md", "Kantinen åbner tirsdag\n\nTag en kollega med.\n")
        let daemon = try Daemon(house)
        try DeliveryFaultTests.release(house)
        let status = try #require(try house.json("status") as? [String: Any])
        let slug = try #require((status["released"] as? [[String: Any]])?.first?["slug"] as? String)
        let edition = "/desk/editions/" + slug
        func mails() -> Int { house.files("outbox").count { $0.hasSuffix(".eml") } }
        #expect(eventually { mails() == 28 }, "\(daemon.logText)")
        let anne = try DeskVisitor(daemon, "anne")
        #expect(try anne.page(edition).contains("Ingen nyhed er rettet eller trukket tilbage"))
        #expect(try eventually { try anne.page(edition).contains("Sådan kom den ud") })

        let item = try #require(try house.items().first?["id"] as? Int)
        try anne.press("edit", on: "/desk/items/\(item)", ["title": "Kantinen åbner onsdag", "summary": "", "audience": ""])
        #expect(try anne.page(edition).contains("Rettet: Kantinen åbner onsdag"))
        // Who may not, and who saw another state of it.
        let drift = try DeskVisitor(daemon, "drift")
        let form = drift.hidden(try drift.page("/desk/")).merging(["act": "recall", "note": "x"]) { $1 }
        #expect(try drift.post(edition, form).status == 403)
        #expect(try anne.press("recall", on: edition, ["note": "x", "seen": "gammel"]).contains("Nogen har rettet i den"))
        #expect(try anne.press("recall", on: edition, ["note": "Ring til 070761-4285"]).contains("CPR-nummer"))

        _ = try anne.press("recall", on: edition, ["note": "Kantinen åbner onsdag, ikke tirsdag."])
        #expect(
            try eventually { try anne.page(edition).contains("28 har fået udgaven på mail, som den var før rettelsen") },
            "\(daemon.logText)")
        let page = try anne.page(edition)
        #expect(page.contains("Kantinen åbner onsdag, ikke tirsdag.") && page.contains("Rettet efter udsendelsen"))
        #expect(String(decoding: try ServiceTests.get(daemon, "/editions/" + slug).body, as: UTF8.self).contains("onsdag, ikke tirsdag"))
        #expect(mails() == 28, "nobody is written to unasked")
        _ = try anne.press("mailCorrection", on: edition)
        #expect(eventually { mails() == 56 }, "\(daemon.logText)")
        #expect(try eventually { try !anne.page(edition).contains("som den var før rettelsen") })
    }
}
