import Core
import Crypto
import HTTPServer
import TestKit
import Testing

@testable import PushScreens

@Suite struct PrivateFeedTests {
    private let shelf = FeedShelf(clock: ManualClock(noon))
    private let token = FeedToken(feed: "infoskaerm", version: 1, key: .random())

    private var feed: Feed {
        var feed = sampleFeed([sampleEntry(3)])
        feed.token = token
        return feed
    }

    private func answer(_ path: String, _ method: Method = .get) throws -> Response {
        var router = Router()
        shelf.addRoutes(to: &router)
        ScreenPages(shelf: shelf, watch: nil, clock: ManualClock(noon)) { feed throws(Fault) in
            ("page of \(feed.name)", ScreenAssets(files: ["player.js": "play"], worker: "work"))
        }.addRoutes(to: &router)
        return router.response(to: Request(method, try #require(RequestTarget(path))))
    }

    @Test func `it is there behind its token, in every form, and says so to nobody else`() throws {
        shelf.publish(feed)
        for path in FeedFormat.allCases.map({ "/feeds/\(token.text)/infoskaerm\($0.suffix)" }) {
            for method in [Method.get, .head] {
                let answer = try answer(path, method)
                #expect(answer.status == 200)
                #expect(answer.headers["Cache-Control"] == CacheControl.privateFeed)
                #expect(answer.headers["Referrer-Policy"] == "no-referrer")
            }
        }
        for path in ["/screen/\(token.text)/infoskaerm", "/screen/\(token.text)/infoskaerm/items.json"] {
            let answer = try answer(path)
            #expect(answer.status == 200)
            #expect(answer.headers["Cache-Control"] == CacheControl.privateRevalidated)
        }
        #expect(try answer("/screen/\(token.text)/infoskaerm/events").status == 200)
        // From where the page is, pictures are two steps up.
        #expect(shelf.screenItems("infoskaerm")?.bytes.description.contains("../../pictures/3.jpg") == true)
    }

    @Test func `without its token it is as unknown as one that does not exist`() throws {
        shelf.publish(feed)
        let other = FeedToken(feed: "infoskaerm", version: 2, key: .random()).text
        let unknown = try answer("/feeds/nothing.rss")
        #expect(unknown.status == 404)
        for path in [
            "/feeds/infoskaerm.rss", "/feeds/\(other)/infoskaerm.rss", "/feeds/\(token.text)x/infoskaerm.rss",
            "/feeds/\(token.text)/nothing.rss",
            "/screen/infoskaerm", "/screen/infoskaerm/items.json", "/screen/infoskaerm/events", "/screen/\(other)/infoskaerm",
            "/screen/\(other)/infoskaerm/items.json", "/screen/\(other)/infoskaerm/events", "/screen/\(token.text)/nothing",
        ] {
            let answer = try answer(path)
            #expect(answer.status == 404 && answer.body == unknown.body && answer.headers == unknown.headers, "\(path)")
        }
    }

    @Test func `an open feed is not behind a token, and one that becomes private leaves its open address`() throws {
        shelf.publish(sampleFeed([sampleEntry(3)]))
        #expect(try answer("/feeds/infoskaerm.rss").status == 200)
        #expect(try answer("/feeds/infoskaerm.rss").headers["Cache-Control"] == CacheControl.feed)
        #expect(try answer("/feeds/\(token.text)/infoskaerm.rss").status == 404)
        shelf.publish(feed)
        #expect(try answer("/feeds/infoskaerm.rss").status == 404)
        #expect(try answer("/feeds/\(token.text)/infoskaerm.concerto.json").headers["Cache-Control"] == CacheControl.privateFeed)
    }

    @Test func `its own address is in it, its name for feed readers does not change with the token`() {
        #expect(feed.address(.rss) == "https://nyt.koege.example/feeds/\(token.text)/infoskaerm.rss")
        let atom = FeedFormat.atom.text(feed)
        #expect(atom.contains("<id>https://nyt.koege.example/feeds/infoskaerm.atom</id>"))
        #expect(atom.contains("href=\"\(feed.address(.atom))\""))
    }

    @Test func `a feed by any name may be private`() throws {
        for name in ["events", "items", "rss"] {
            var feed = feed
            feed.name = name
            shelf.publish(feed)
            #expect(try answer("/screen/\(token.text)/\(name)").status == 200)
        }
    }
}
