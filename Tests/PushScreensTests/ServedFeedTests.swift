import Core
import Dispatch
import Foundation
import HTTPServer
import Synchronization
import TestKit
import Testing

@testable import PushScreens

/// A shelf behind a server on a free port.
private struct ServedShelf {
    let clock = ManualClock(noon)
    let shelf: FeedShelf
    let server: Server

    init() throws {
        shelf = FeedShelf(clock: clock)
        var router = Router()
        shelf.addRoutes(to: &router)
        server = try Server(.ipv4("127.0.0.1", port: 0), handler: router.response)
    }

    func client() throws -> RawHTTPClient {
        guard case .ipv4(_, let port) = server.address else { throw CancellationError() }
        return try RawHTTPClient(port: port, server: server)
    }
}

/// Publishes one version after the other, as fast as it can, until it is stopped.
private final class Publisher: Sendable {
    private let isDone = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)
    private let shelf: FeedShelf
    private let versions: [Feed]

    init(_ shelf: FeedShelf, _ versions: [Feed]) {
        self.shelf = shelf
        self.versions = versions
    }

    func start() {
        Thread { [self] in
            var turn = 0
            while !isDone.load(ordering: .relaxed) {
                turn += 1
                shelf.publish(versions[turn % versions.count])
            }
            ended.signal()
        }.start()
    }

    func stop() {
        isDone.store(true, ordering: .relaxed)
        ended.wait()
    }
}

@Suite struct ServedFeedTests {
    /// OS2display's API server (feed-io): HEAD, then GET, both as of the year 1800; anything but 200 with a body blanks the slide.
    @Test(arguments: ["Wed, 01 Jan 1800 00:00:00 GMT", "Wed, 01 Jan 1800 00:00:00 +0000"])
    func `OS2display gets a whole feed every time`(since: String) throws {
        let served = try ServedShelf()
        served.shelf.publish(sampleFeed([sampleEntry(3)]))
        let client = try served.client()
        for format in [FeedFormat.rss, .atom, .json] {
            let path = "/feeds/infoskaerm\(format.suffix)"
            for _ in 0..<2 {
                let head = try client.request("HEAD", path, ["If-Modified-Since: \(since)"])
                #expect(head.status == 200 && head.body.isEmpty)
                let get = try client.request("GET", path, ["If-Modified-Since: \(since)"])
                #expect(get.status == 200)
                #expect(get.text == format.text(sampleFeed([sampleEntry(3)])))
                #expect(head.headers["content-length"] == String(get.body.count))
                #expect(head.headers["etag"] == get.headers["etag"])
                // It tells the format by the first character.
                #expect(get.text.first == (format == .json ? "{" : "<"))
            }
        }
    }

    @Test func `Xibo finds an XML type and a picture without a query`() throws {
        let served = try ServedShelf()
        served.shelf.publish(sampleFeed([sampleEntry(3)]))
        for suffix in [".rss", ".atom"] {
            let answer = try served.client().request("GET", "/feeds/infoskaerm\(suffix)")
            #expect(answer.headers["content-type"]?.contains("xml") == true)
            #expect(answer.text.contains("https://nyt.koege.example/pictures/3.jpg"))
        }
    }

    @Test func `Concerto gets an array`() throws {
        let served = try ServedShelf()
        served.shelf.publish(sampleFeed([sampleEntry(3)]))
        let answer = try served.client().request("GET", "/feeds/infoskaerm.concerto.json")
        #expect(answer.headers["content-type"] == "application/json; charset=utf-8")
        let contents = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]]
        #expect(contents?.compactMap { $0["type"] as? String } == ["RichText", "Graphic"])
    }

    @Test func `an unknown feed is 404`() throws {
        let served = try ServedShelf()
        served.shelf.publish(sampleFeed([]))
        for path in ["/feeds/other.rss", "/feeds/infoskaerm", "/feeds/infoskaerm.xml", "/feeds/"] {
            #expect(try served.client().request("GET", path).status == 404)
        }
        served.shelf.keep([])
        #expect(try served.client().request("GET", "/feeds/infoskaerm.rss").status == 404)
    }

    @Test func `an item is gone at the second it expires, and one to come appears, though nothing is published again`() throws {
        let served = try ServedShelf()
        let (expiry, start) = (noon + .seconds(10), noon + .seconds(20))
        served.shelf.publish(sampleFeed([sampleEntry(1, until: expiry), sampleEntry(2, from: start), sampleEntry(4)]))
        let client = try served.client()
        func titles() throws -> [Bool] {
            let text = try client.request("GET", "/feeds/infoskaerm.json").text
            return [1, 2, 4].map { text.contains("Nyhed \($0)") }
        }
        #expect(try titles() == [true, false, true])
        served.clock.set(expiry - .milliseconds(1))
        #expect(try titles() == [true, false, true])
        served.clock.set(expiry)
        #expect(try titles() == [false, false, true])
        served.clock.set(start)
        #expect(try titles() == [false, true, true])
        #expect(served.shelf.nextChange() == nil)
    }

    @Test func `tag and time stay while the bytes do`() throws {
        let served = try ServedShelf()
        let client = try served.client()
        served.shelf.publish(sampleFeed([sampleEntry(1)]))
        let first = try client.request("GET", "/feeds/infoskaerm.atom")
        served.clock.advance(by: .hours(1))
        served.shelf.publish(sampleFeed([sampleEntry(1)]))
        let tag = "If-None-Match: \(first.headers["etag"] ?? "")"
        #expect(try client.request("GET", "/feeds/infoskaerm.atom", [tag]).status == 304)
        #expect(try client.request("GET", "/feeds/infoskaerm.atom").headers["last-modified"] == first.headers["last-modified"])
        served.shelf.publish(sampleFeed([sampleEntry(2)]))
        let changed = try client.request("GET", "/feeds/infoskaerm.atom", [tag])
        #expect(changed.status == 200)
        #expect(changed.headers["last-modified"] != first.headers["last-modified"])
    }

    @Test func `a thousand reads while feeds change see only whole feeds`() throws {
        let served = try ServedShelf()
        let versions = (0..<8).map { version in
            sampleFeed((0..<40).map { sampleEntry($0, title: "Udgave \(version) nr. \($0)", text: String(repeating: "ord ", count: 100)) })
        }
        let whole = Dictionary(uniqueKeysWithValues: FeedFormat.allCases.map { format in (format, Set(versions.map(format.text))) })
        served.shelf.publish(versions[0])
        let publisher = Publisher(served.shelf, versions)
        publisher.start()
        // On threads of its own: while a task waits for its turn among all tests' tasks, the publisher would go on.
        let seen = Mutex((good: 0, kinds: 0))
        DispatchQueue.concurrentPerform(iterations: 4) { lane in
            let format = FeedFormat.allCases[lane]
            var (good, kinds) = (0, Set<String>())
            guard let client = try? served.client() else { return }
            for _ in 0..<250 {
                guard let answer = try? client.request("GET", "/feeds/infoskaerm\(format.suffix)") else { return }
                if answer.status == 200, whole[format]?.contains(answer.text) == true { good += 1 }
                kinds.insert(answer.text)
            }
            seen.withLock { $0 = ($0.good + good, max($0.kinds, kinds.count)) }
        }
        publisher.stop()
        #expect(seen.withLock { $0.good } == 1_000)
        #expect(seen.withLock { $0.kinds } > 1, "the feed never changed while it was read")
    }
}
