import Core
import Crypto
import Ledger
import TestKit
import Testing

@testable import PushWeb

@Suite struct EditionPagesTests {
    @Test func peopleWhoAreLostGetAPageAndMachinesALine() throws {
        let house = try WebHouse()
        let client = try house.client()
        let person = try client.request("GET", "/nyheder", ["Accept: text/html,application/xhtml+xml;q=0.9"])
        #expect(person.status == 404 && person.text.contains("notFound"), "\(person.text)")
        let machine = try client.request("GET", "/nyheder", ["Accept: */*"])
        #expect(machine.status == 404 && machine.text == "404 Not Found\n", "\(machine.text)")
    }

    @Test func `an edition is served as it was rendered, and 304 to who has it`() throws {
        let house = try WebHouse()
        try house.release("nyhedsbrev-2026-11")
        let client = try house.client()
        let page = try client.request("GET", "/editions/nyhedsbrev-2026-11")
        #expect(page.status == 200)
        #expect(page.text == "<p>Side nyhedsbrev-2026-11")
        #expect(page.headers["content-type"] == "text/html; charset=utf-8")
        #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
        let tag = "If-None-Match: \(page.headers["etag"] ?? "")"
        #expect(try client.request("GET", "/editions/nyhedsbrev-2026-11", [tag]).status == 304)
    }

    @Test func `what is not on the web is not found`() throws {
        let house = try WebHouse()
        try house.release("kun-mail", web: false)
        let plan = EditionPlan(
            publication: "med-nyt", slug: "kommende", title: "MED-nyt", audience: "alle", scheduled: "2026-12-01T08:00:00",
            release: noon + .days(9), cutOff: noon + .days(9), leaderNotes: false)
        try house.ledger.planEdition(plan, at: noon)
        for slug in ["kun-mail", "kommende", "findes-ikke", "'; DROP TABLE edition; --"] {
            let answer = try house.client().request("GET", "/editions/" + slug.replacing(" ", with: "%20"))
            #expect(answer.status == 404)
            #expect(answer.text == "da notFound")
        }
    }

    @Test func `a correction is on the page at once, and what is recalled is gone with a word why`() throws {
        let house = try WebHouse()
        let edition = try house.release("nr-1")
        let client = try house.client()
        let page = try client.request("GET", "/editions/nr-1")
        func correct(_ web: String, after: Int, items: [FrozenItem]) throws {
            let text = SlottedText(marked: "tekst")
            let rendering = EditionRendering(subject: "", mailHTML: text, mailText: text, pictures: [], web: web)
            let correction = EditionCorrection(
                after: after, note: "N", items: items, changed: [], removed: [],
                renderings: [.init(variant: "", language: .da, rendering: rendering)])
            _ = try house.ledger.correctEdition(edition, correction, by: "test", at: noon + .hours(1))
        }
        let content = ItemContent(title: "a", summary: "", body: Document([]))
        let item = try house.ledger.accept(
            Submission(source: "HR", name: "a", digest: "a", content: content, pictures: []), at: noon
        ).item
        try correct("<p>Rettet", after: 0, items: [FrozenItem(item: item, version: 1)])
        let corrected = try client.request("GET", "/editions/nr-1", ["If-None-Match: \(page.headers["etag"] ?? "")"])
        #expect(corrected.status == 200 && corrected.text == "<p>Rettet")
        #expect(corrected.headers["last-modified"] != page.headers["last-modified"])
        #expect(throws: Fault.self, "another one came in between") { try correct("<p>Forsinket", after: 0, items: []) }
        try correct("<p>Trukket tilbage", after: 1, items: [])
        let gone = try client.request("GET", "/editions/nr-1")
        #expect(gone.status == 410 && gone.text == "<p>Trukket tilbage")
        #expect(try client.request("GET", "/editions/").text.contains("nr-1"))
    }

    @Test func `the moment on the web is noted once`() throws {
        let house = try WebHouse()
        let edition = try house.release("nr-1")
        let pages = EditionPages(ledger: house.ledger, key: house.key, language: .da) { page, _ in "\(page)" }
        let stage = WebEditionStage(pages: pages, ledger: house.ledger, clock: house.clock)
        try stage.start()
        #expect(try eventually { try house.ledger.moments(of: edition).map(\.channel) == [ReleaseChannel.web] })
        let other = try house.release("nr-2")
        #expect(try eventually { try house.ledger.moments(of: other).map(\.first) == [house.clock.now()] })
        stage.stop()
    }

    @Test func `the archive lists what is on the web and follows releases`() throws {
        let house = try WebHouse()
        let client = try house.client()
        #expect(try client.request("GET", "/editions/").text == "da archive([])")
        try house.release("nr-1")
        try house.release("intern", web: false)
        let one = try client.request("GET", "/editions/")
        #expect(one.text.contains("nr-1") && !one.text.contains("intern"))
        let renderings = house.renderings.count.load(ordering: .relaxed)
        #expect(try client.request("GET", "/editions/").body == one.body)
        #expect(house.renderings.count.load(ordering: .relaxed) == renderings, "an unchanged archive was rendered again")
        try house.release("nr-2")
        #expect(try client.request("GET", "/editions/").text.contains("nr-2"))
    }

    @Test func `the root and the bare word lead to the archive`() throws {
        let client = try WebHouse().client()
        for path in ["/", "/editions"] {
            let answer = try client.request("GET", path)
            #expect(answer.status == 302)
            #expect(answer.headers["location"] == "/editions/")
        }
    }

    @Test func `a broken template is 503, and an edition needs none`() throws {
        let house = try WebHouse(render: { _, _ throws(Fault) in throw Fault("render", "archive.html", cause: "line 3", mend: "Mend it.") })
        try house.release("nr-1")
        let client = try house.client()
        let answer = try client.request("GET", "/editions/")
        #expect(answer.status == 503)
        #expect(answer.headers["retry-after"] == "30")
        #expect(!answer.text.contains("line 3"))
        #expect(try client.request("GET", "/editions/nr-1").status == 200)
    }
}

@Suite struct PicturePagesTests {
    @Test func `a picture is served for ever under its own ending only`() throws {
        let house = try WebHouse()
        let digest = try #require(PictureDigest(String(repeating: "ab", count: 32)))
        let picture = Picture(digest: digest, format: .png, width: 1, height: 1, bytes: Array(0...255))
        let content = ItemContent(title: "t", summary: "s", body: Document())
        _ = try house.ledger.accept(
            Submission(source: "a", name: "b", digest: "c", content: content, pictures: [PictureRenditions(one: picture)]), at: noon)
        let client = try house.client()
        for _ in 0..<2 {
            let answer = try client.request("GET", "/pictures/\(digest).png")
            #expect(answer.status == 200)
            #expect(answer.body == picture.bytes)
            #expect(answer.headers["content-type"] == "image/png")
            #expect(answer.headers["cache-control"]?.contains("immutable") == true)
        }
        let unknown = String(repeating: "cd", count: 32)
        for file in [
            "\(digest).jpg", "\(digest)", "\(digest).png.png", "x.png", "\(unknown).png", "\(digest.hexadecimal.uppercased()).png",
        ] {
            #expect(try client.request("GET", "/pictures/\(file)").status == 404)
        }
    }
}

@Suite struct OperationPagesTests {
    @Test func `health is 200 or 503 with the cause`() throws {
        let house = try WebHouse()
        let client = try house.client()
        #expect(try client.request("GET", "/healthz").text == "ok\n")
        house.sickness.cause.withLock { $0 = "the disk is full" }
        let sick = try client.request("GET", "/healthz")
        #expect(sick.status == 503)
        #expect(sick.text == "the disk is full\n")
    }

    @Test func `metrics are in Prometheus' text format`() throws {
        let answer = try WebHouse().client().request("GET", "/metrics")
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            answer.text == """
                # HELP budstikke_deliveries_total Deliveries
                # TYPE budstikke_deliveries_total counter
                budstikke_deliveries_total{state="sent"} 12
                budstikke_deliveries_total{state="a\\"b\\\\c\\nd"} 3
                # HELP budstikke_up Up \\\\ running\\nnow
                # TYPE budstikke_up gauge
                budstikke_up 0.5

                """)
    }
}

@Suite struct RecentlyUsedTests {
    @Test func `the weight is bounded and the oldest use goes first`() {
        var recent = RecentlyUsed<Int, Int>(limit: 10) { $0 }
        for key in 1...3 { recent[key] = 3 }
        #expect(recent[1] == 3)
        recent[4] = 3
        #expect(recent[2] == nil)
        #expect(recent[1] == 3 && recent[3] == 3 && recent[4] == 3)
        recent[5] = 11
        #expect(recent[5] == nil)
        #expect(recent.count == 3)
        recent[1] = 10
        #expect(recent.count == 1)
    }

    @Test func `a leaders' edition is for who has its link, until the general release`() throws {
        let house = try WebHouse()
        let client = try house.client()
        try house.release("ledere-1", of: "ledere", scheduled: "2026-12-01T08:00:00", aheadOf: "nyhedsbrev")
        let token = EditionToken(slug: "ledere-1", key: house.key).text
        func status(_ path: String) throws -> Int { try client.request("GET", path).status }
        let page = try client.request("GET", "/editions/ledere-1/" + token)
        #expect(page.status == 200 && page.text == "<p>Side ledere-1")
        #expect(page.headers["cache-control"] == "private, no-cache" && page.headers["x-robots-tag"] == "noindex")
        #expect(page.headers["referrer-policy"] == "no-referrer")
        for wrong in ["", "/", "/" + token.dropLast(), "/x" + token.dropFirst(), "/" + EditionToken(slug: "ledere-2", key: house.key).text]
        {
            let answer = try client.request("GET", "/editions/ledere-1" + wrong)
            #expect(answer.status == 404 && !answer.text.contains("Side"), "\(wrong)")
        }
        #expect(try client.request("GET", "/editions/").text == "da archive([])")

        // Once the main one is out, every link leads there, and the talking points are for nobody.
        try house.release("nyhedsbrev-1", scheduled: "2026-12-01T08:00:00")
        for path in ["/editions/ledere-1", "/editions/ledere-1/" + token] {
            let answer = try client.request("GET", path)
            #expect(
                answer.status == 302 && answer.headers["location"] == "/editions/nyhedsbrev-1"
                    && answer.headers["cache-control"] == "no-store")
        }
        #expect(try !client.request("GET", "/editions/").text.contains("ledere-1"))
        // Another's token opens nothing.
        #expect(try status("/editions/nyhedsbrev-1/" + EditionToken(slug: "nyhedsbrev-1", key: house.key).text) == 404)
    }

    @Test func `a leaders' link stays while the main edition is not on the web`() throws {
        let house = try WebHouse()
        try house.release("ledere-1", of: "ledere", scheduled: "a", aheadOf: "nyhedsbrev")
        try house.release("ledere-2", of: "ledere", scheduled: "b", aheadOf: "nyhedsbrev")
        try house.release("nyhedsbrev-1", web: false, scheduled: "a")
        let client = try house.client()
        for slug in ["ledere-1", "ledere-2"] {
            #expect(try client.request("GET", "/editions/\(slug)/" + EditionToken(slug: slug, key: house.key).text).status == 200)
            #expect(try client.request("GET", "/editions/" + slug).status == 404)
        }
    }
}
