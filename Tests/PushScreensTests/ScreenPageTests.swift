import Core
import Foundation
import HTTPServer
import Press
import Synchronization
import TestKit
import Testing

@testable import PushScreens

/// The shipped screen page on a server that can be stopped and started again, driven by a browser.
final class ScreenWall: Sendable {
    let shelf = FeedShelf(clock: SystemClock())
    private let press: Press
    private let scripts: (player: String, worker: String)
    private let pages: Mutex<ScreenPages?>
    private let server = Mutex<Server?>(nil)
    let port: UInt16

    init() throws {
        let folder = Oracle.root + "/Templates"
        func text(_ path: String) throws -> String { try String(contentsOfFile: folder + "/" + path, encoding: .utf8) }
        let paths = (FileManager.default.subpaths(atPath: folder) ?? []).filter { $0.hasSuffix(".mustache") }
        let identity = try Identity(
            SectionFile(text: "[Identity]\nSender=Direktionen\n", file: "identity.conf"), path: "identity.conf",
            organisation: "Køge Kommune"
        ) { name throws(Fault) in throw Fault("read", name, cause: "none", mend: "none") }
        let strings = try Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, try text("Strings/\($0.rawValue).strings")) })
        press = try Press(
            templates: Dictionary(uniqueKeysWithValues: try paths.map { ($0, try text($0)) }), identity: identity,
            catalogue: Catalogue(texts: strings, folder: "Strings"))
        scripts = (try text("screen/player.js"), try text("screen/worker.js"))
        pages = Mutex(nil)
        let first = try Server(.ipv4("127.0.0.1", port: 0)) { _ in .refusal(503) }
        guard case .ipv4(_, let port) = first.address else { throw CancellationError() }
        self.port = port
        first.stop()
        pages.withLock { [self] in
            $0 = ScreenPages(shelf: shelf, watch: nil, clock: SystemClock()) { [self] feed throws(Fault) in try page(feed) }
        }
        try start()
    }

    private func page(_ feed: Feed) throws(Fault) -> (page: String, assets: ScreenAssets) {
        let assets = ScreenAssets(files: ["style.css": try press.screenStyle(), "player.js": scripts.player], worker: scripts.worker)
        let face = ScreenFace(
            feed: feed.name, title: feed.title, place: feed.place, language: .da, style: assets.address("style.css"),
            player: assets.address("player.js"))
        return (try press.screenPage(face, zone: .copenhagen), assets)
    }

    func start() throws {
        var router = Router()
        pages.withLock { $0 }?.addRoutes(to: &router)
        router.get("/pictures/{file}") { _ in
            Response(status: 200, headers: ["Content-Type": "image/png", "Cache-Control": "max-age=31536000"], body: Bytes(Self.picture))
        }
        let started = try Server(.ipv4("127.0.0.1", port: port), handler: router.response)
        server.withLock { $0 = started }
    }

    func stop() { server.withLock { $0 }?.stop(within: .seconds(1)) }

    /// A PNG of one teal pixel.
    private static let picture = Array(
        Data(base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPgDk3+DwACSgGn7OKz0gAAAABJRU5ErkJggg==") ?? Data())

    /// News of which each third has a picture. `mark` stands in every title.
    func publish(_ mark: String, expiresIn: Span? = nil) {
        let now = SystemClock().now()
        var feed = Feed(
            name: "vaeg", title: "Infoskærm", description: "", language: .da, publicURL: "https://nyt.koege.example",
            publisher: "Køge Kommune")
        feed.place = "Kantinen, Rådhuset"
        feed.entries = (1...3).map { number in
            FeedEntry(
                id: "tag:x,2026:item/\(number)", title: "\(mark) nr. \(number): Den nye cykelsti ved Ringstedvej åbner",
                summary: String(repeating: "Fra mandag kan du cykle trygt hele vejen fra stationen til rådhuset. ", count: number),
                text: "",
                link: "https://koege.example/\(number)", published: now, updated: now, author: "Teknik og Miljø",
                picture: number == 2
                    ? .init(
                        address: "https://nyt.koege.example/pictures/2.png", mediaType: "image/png", length: 100, width: 1600, height: 900,
                        alternativeText: "To cyklister") : nil,
                visibleUntil: number == 3 ? expiresIn.map { now + $0 } : nil)
        }
        shelf.publish(feed)
    }
}

@Suite struct ScreenPageTests {
    static let canDrive = Oracle.hasProgram("/usr/bin/chromium", "/usr/bin/chromedriver") && Oracle.hasPython("selenium")

    /// What the browser saw, one line a rule; empty when all held.
    @Test(
        .enabled(if: canDrive, "needs chromium, chromium-driver and PyPI selenium, axe-playwright-python"), .timeLimit(.minutes(10)),
        arguments: [(1920, 1080), (1080, 1920)])
    func `the page keeps its promises on a wall`(width: Int, height: Int) throws {
        let wall = try ScreenWall()
        wall.publish("Først")
        // What the browser's driver asks for while it looks.
        var control = Router()
        control.post("/stop") { _ in
            wall.stop()
            return .text("ok")
        }
        control.post("/start") { _ in
            do { try wall.start() } catch { return .text("\(error)", status: 500) }
            return .text("ok")
        }
        control.post("/empty") { _ in
            wall.shelf.publish(
                Feed(name: "vaeg", title: "Infoskærm", description: "", language: .da, publicURL: "https://x.example", publisher: "Køge"))
            return .text("ok")
        }
        control.post("/publish/{mark}") { request in
            wall.publish(request.captures["mark"] ?? "", expiresIn: request.query("expires").flatMap(Int64.init).map(Span.seconds))
            return .text("ok")
        }
        let controller = try Server(.ipv4("127.0.0.1", port: 0), handler: control.response)
        defer {
            controller.stop()
            wall.stop()
        }
        let script = Oracle.root + "/Tests/PushScreensTests/Oracles/screen_page.py"
        let output = try Oracle.run(
            script, ["http://127.0.0.1:\(wall.port)/screen/vaeg?screen=test", controller.address.url, "\(width)", "\(height)"],
            limit: .minutes(8))
        let broken = try JSONDecoder().decode([String].self, from: Data(output))
        #expect(broken.isEmpty, "\(broken.joined(separator: "\n"))")
    }

    @Test func `the page, its assets and its worker are served, with a policy that permits no inline script`() throws {
        let wall = try ScreenWall()
        wall.publish("Nyt")
        defer { wall.stop() }
        func get(_ path: String) throws -> (status: Int, headers: [String: String], text: String) {
            let answer = try RawHTTPClient(port: wall.port).request("GET", path)
            return (answer.status, answer.headers, answer.text)
        }
        let page = try get("/screen/vaeg?screen=kantinen")
        #expect(page.status == 200 && page.headers["content-security-policy"]?.contains("script-src 'self';") == true)
        #expect(!page.text.contains("<style") && page.text.contains("<noscript>") && page.text.contains("Kantinen, Rådhuset"))
        for match in page.text.matches(of: /"(assets\/[^"]+)"/) {
            let asset = try get("/screen/\(match.1)")
            #expect(asset.status == 200 && asset.headers["cache-control"]?.contains("immutable") == true)
        }
        #expect(try get("/screen/worker.js").headers["content-type"]?.hasPrefix("text/javascript") == true)
        let items = try get("/screen/vaeg/items.json")
        #expect(items.status == 200 && items.text.contains("\"../pictures/2.png\"") && items.text.contains("\"path\""))
        #expect(try get("/screen/unknown").status == 404)
        #expect(try get("/screen/unknown/items.json").status == 404)
        #expect(try get("/screen/unknown/events").status == 404)
        #expect(try get("/screen/assets/player.js").status == 404)
    }

    @Test func `an address that is not ASCII is encoded for its code`() {
        #expect(ScreenItemsFile.uri("https://x.example/blå?a=1&b=ø") == "https://x.example/bl%C3%A5?a=1&b=%C3%B8")
    }

    @Test func `a broken template leaves the last good page`() throws {
        let clock = ManualClock(noon)
        let shelf = FeedShelf(clock: clock)
        shelf.publish(sampleFeed([sampleEntry(1)]))
        let isBroken = Atomic(true)
        let isBrokenNow: @Sendable () -> Bool = { isBroken.load(ordering: .relaxed) }
        let pages = ScreenPages(shelf: shelf, watch: nil, clock: clock, log: Log("test", threshold: .alert)) { feed throws(Fault) in
            if isBrokenNow() { throw Fault("render", "screen/page.html", cause: "test", mend: "none") }
            return ("<p>\(feed.title)</p>", ScreenAssets(files: ["player.js": "1"], worker: "2"))
        }
        var router = Router()
        pages.addRoutes(to: &router)
        func status() throws -> Int {
            clock.advance(by: .seconds(10))
            return router.response(to: Request(.get, try #require(RequestTarget("/screen/infoskaerm")))).status
        }
        #expect(try status() == 503)
        isBroken.store(false, ordering: .relaxed)
        #expect(try status() == 200)
        isBroken.store(true, ordering: .relaxed)
        #expect(try status() == 200)
    }
}
