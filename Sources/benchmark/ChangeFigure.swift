import Core
import Crypto
import Foundation
import HTTPServer
import Ledger
import PushScreens
import Synchronization
import TestKit

/// How long a change in the ledger takes to be in the feed's bytes, and on a page that waits for it: 200 items on show, five feeds, a commit
/// that is on the disk, a client that is told by a server-sent event and then has fetched the items. The browser's own part is not in it.
enum ChangeFigure {
    private static let changes = 60
    private static let itemsOnShow = 200

    static func run() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let clock = SystemClock()
        for number in 0..<itemsOnShow { try accept(ledger, number, "Nyhed nummer \(number)") }
        var selection = Publication.Selection()
        selection.max = 1_000
        selection.order = .newest
        let feeds = FeedProfile.allCases.map { profile in
            var rule = FeedRule(name: "feed-\(profile.rawValue)", title: "Feed", content: .items(audiences: [], selection))
            rule.profile = profile
            return rule
        }
        let shelf = FeedShelf(clock: clock)
        let composition = FeedComposition(
            ledger: ledger, language: .da, publicURL: "https://nyt.koege.example", organisation: "Køge", key: .random(),
            words: AlertWords(Catalogue([:]))
        ) { _, live, _ throws(Fault) in try ledger.records(of: live) }
        let stage = ScreensStage(feeds: feeds, composition: composition, shelf: shelf, ledger: ledger, clock: clock)
        try stage.start()
        defer { stage.stop() }
        let pages = ScreenPages(shelf: shelf, watch: nil, clock: clock) { _ throws(Fault) in ("", ScreenAssets(files: [:], worker: "")) }
        var router = Router()
        pages.addRoutes(to: &router)
        shelf.addRoutes(to: &router)
        let server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
        defer { server.stop() }
        guard case .ipv4(_, let port) = server.address, let last = feeds.last?.name else { return }
        try measure(ledger, port, feed: last)
    }

    private static func measure(_ ledger: Ledger, _ port: UInt16, feed: String) throws {
        let listener = try RawHTTPClient(port: port)
        try listener.send("GET /screen/\(feed)/events HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try listener.read(until: "\"\n\n")
        let reader = try RawHTTPClient(port: port)
        var (inFeed, onPage): ([Double], [Double]) = ([], [])
        var tag = ""
        for number in 0..<changes {
            let title = "Rettet \(number)."
            let start = ContinuousClock.now
            try accept(ledger, number, title)
            // Conditional, as clients ask: thousands of whole feeds a second would take the processors from what makes the feed.
            while true {
                let answer = try reader.request("GET", "/feeds/\(feed).rss", ["If-None-Match: \(tag)"])
                tag = answer.headers["etag"] ?? ""
                if answer.status == 200, holds(answer.body, title) { break }
                usleep(500)
            }
            inFeed.append(milliseconds(since: start))
            _ = try listener.read(until: "\"\n\n")
            guard try holds(reader.request("GET", "/screen/\(feed)/items.json").body, title) else {
                throw Fault("measure", "the page", cause: "the event came before the change", mend: "Report this.")
            }
            onPage.append(milliseconds(since: start))
        }
        print(
            "change, \(itemsOnShow) items, \(FeedProfile.allCases.count) feeds: in the feed after \(spread(inFeed)), with the page after \(spread(onPage))"
        )
    }

    /// Without decoding: a search through text would take longer than what is measured.
    private static func holds(_ bytes: [UInt8], _ title: String) -> Bool {
        let text = bytes.map { CChar(bitPattern: $0) } + [0]
        return title.withCString { strstr(text, $0) } != nil
    }

    private static func accept(_ ledger: Ledger, _ number: Int, _ title: String) throws {
        let content = ItemContent(
            title: title, summary: "Vejarbejdet på Ringvejen begynder mandag.", link: LinkTarget("https://koege.example/\(number)"),
            body: Document([.paragraph([.text(String(repeating: "Ringvejen er spærret. ", count: 20))])]))
        let submission = Submission(source: "Teknik", name: "\(number)", digest: title, content: content, pictures: [])
        _ = try ledger.accept(submission, at: SystemClock().now())
    }

    private static func milliseconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .milliseconds(1) }

    private static func spread(_ values: [Double]) -> String {
        let sorted = values.sorted()
        return String(format: "%.0f ms (median), %.0f ms (longest)", sorted[sorted.count / 2], sorted[sorted.count - 1])
    }
}
