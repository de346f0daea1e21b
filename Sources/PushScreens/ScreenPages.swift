import Core
import Crypto
import HTTPServer
import Synchronization

/// The page's code and look, by the name under which it asks for them.
package struct ScreenAssets: Hashable, Sendable {
    /// `player.js` → its text.
    package var files: [String: String]
    /// The service worker: it has to lie above what it serves.
    package var worker: String

    package init(files: [String: String], worker: String) {
        self.files = files
        self.worker = worker
    }

    /// The file's name with a digest of its content in it, so that browsers may keep it for ever: `player.5f0c….js`.
    package func address(_ name: String) -> String {
        let digest = SHA256.hexadecimalDigest(Array((files[name] ?? "").utf8)).prefix(16)
        let parts = name.split(separator: ".", maxSplits: 1)
        return parts.count == 2 ? "\(parts[0]).\(digest).\(parts[1])" : name
    }
}

/// The page for any wall: `/screen/<feed>` (`/screen/<token>/<feed>` for a private feed, and so on), what it shows at `/screen/<feed>/items.json`, its assets and its service worker, and the
/// server-sent events at `/screen/<feed>/events` that say when to look again.
///
/// Comes in: a request. Goes out: the page as the templates make it, and the items from the ``FeedShelf``. When a template is broken the
/// last good page is served on, and the log says why; a page that was never good is 503.
package final class ScreenPages: Sendable {
    /// The page of a feed, with assets it names; pure apart from reading templates that have changed.
    package typealias Render = @Sendable (Feed) throws(Fault) -> (page: String, assets: ScreenAssets)

    fileprivate struct Made {
        var feed: Feed
        var page: Resource
        var assets: ScreenAssets
        var at: Instant
    }

    fileprivate struct State {
        var pages: [String: Made] = [:]
        /// Of the present and the former pages: a page that was loaded just before a change still finds its own.
        var assets: [String: Resource] = [:]
        var worker: Resource?
    }

    /// No inline script or style; the page shows nothing but what is here. Players show it within pages of their own, and there is nothing
    /// on it to be clicked, so any may frame it.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

    /// A page is looked at again after this; templates change rarely and a wall asks once a day.
    private static let freshness = Span.seconds(2)
    fileprivate static let keptAssets = 64

    private let shelf: FeedShelf
    private let watch: ScreenWatch?
    private let clock: any WallClock
    private let render: Render
    private let log: Log
    private let state = Mutex(State())
    /// By feed: the pages that wait for a change.
    private let topics = Mutex<[String: EventTopic]>([:])

    package init(shelf: FeedShelf, watch: ScreenWatch?, clock: any WallClock, log: Log = Log("screens"), render: @escaping Render) {
        self.shelf = shelf
        self.watch = watch
        self.clock = clock
        self.log = log
        self.render = render
        shelf.onChange { [weak self] feed in self?.tell(feed) }
    }

    /// The data of an event is the entity tag of what is to be fetched.
    private func tell(_ feed: String) {
        guard let topic = topics.withLock({ $0[feed] }), let items = shelf.screenItems(feed) else { return }
        topic.send(items.entityTag)
    }

    private func events(_ name: String, token: String? = nil, _ request: Request) -> Response {
        guard shelf.isServed(name, token: token), let items = shelf.screenItems(name) else { return .refusal(404) }
        watch?.saw(request, feed: name, player: "page")
        shelf.noteRequest(name)
        let topic = topics.withLock { topics in
            let topic = topics[name] ?? EventTopic()
            topics[name] = topic
            return topic
        }
        return .eventStream { stream in
            topic.add(stream)
            // What has changed since the page last asked, while nobody could tell it.
            stream.send(items.entityTag)
        }
    }

    package func addRoutes(to router: inout Router) {
        router.get("/screen/worker.js") { [self] request in
            state.withLock { $0.worker }?.response(to: request) ?? .refusal(404)
        }
        router.get("/screen/assets/{file}") { [self] request in
            state.withLock { $0.assets[request.captures["file"] ?? ""] }?.response(to: request) ?? .refusal(404)
        }
        router.get("/screen/{feed}") { [self] request in page(request.captures["feed"] ?? "", request) }
        router.get("/screen/{first}/{second}") { [self] request in
            let (first, second) = (request.captures["first"] ?? "", request.captures["second"] ?? "")
            // A private feed may have any name.
            guard shelf.isServed(first, token: nil) else { return page(second, token: first, request) }
            return switch second {
            case "items.json": items(first, request)
            case "events": events(first, request)
            default: .refusal(404)
            }
        }
        router.get("/screen/{token}/{feed}/items.json") { [self] request in
            items(request.captures["feed"] ?? "", token: request.captures["token"], request)
        }
        router.get("/screen/{token}/{feed}/events") { [self] request in
            events(request.captures["feed"] ?? "", token: request.captures["token"], request)
        }
    }

    private func items(_ name: String, token: String? = nil, _ request: Request) -> Response {
        guard shelf.isServed(name, token: token), let items = shelf.screenItems(name) else { return .refusal(404) }
        watch?.saw(request, feed: name, player: "page")
        shelf.noteRequest(name)
        return items.response(to: request)
    }

    private func page(_ name: String, token: String? = nil, _ request: Request) -> Response {
        guard shelf.isServed(name, token: token) else { return .refusal(404) }
        return made(name)?.page.response(to: request) ?? .refusal(503, headers: ["Retry-After": "30"])
    }

    private func made(_ name: String) -> Made? {
        guard var feed = shelf.feed(name) else { return nil }
        // The page itself shows none of the entries.
        feed.entries = []
        let now = clock.now()
        let former = state.withLock { $0.pages[name] }
        if let former, former.feed == feed, now - former.at < Self.freshness { return former }
        do throws(Fault) {
            let (page, assets) = try render(feed)
            let new = Made(feed: feed, page: Self.page(page, feed, now, former), assets: assets, at: now)
            state.withLock { $0.keep(new, name, now) }
            return new
        } catch {
            log.error("\(error)")
            return former
        }
    }

    private static func page(_ text: String, _ feed: Feed, _ now: Instant, _ former: Made?) -> Resource {
        let isPrivate = feed.token != nil
        return resource(
            text, "text/html", isPrivate ? CacheControl.privateRevalidated : CacheControl.revalidated, now,
            (former?.feed.token != nil) == isPrivate ? former?.page : nil)
    }

    fileprivate static func resource(_ text: String, _ type: String, _ cacheControl: String, _ now: Instant, _ former: Resource? = nil)
        -> Resource
    {
        let bytes = Bytes(text)
        if let former, former.bytes == bytes { return former }
        return Resource(
            bytes, contentType: "\(type); charset=utf-8", digest: SHA256.hexadecimalDigest(bytes.array), lastModified: now,
            cacheControl: cacheControl, headers: ["Content-Security-Policy": contentSecurityPolicy])
    }

    fileprivate static func mediaType(_ name: String) -> String { name.hasSuffix(".css") ? "text/css" : "text/javascript" }
}

extension ScreenPages.State {
    fileprivate mutating func keep(_ made: ScreenPages.Made, _ name: String, _ now: Instant) {
        pages[name] = made
        worker = ScreenPages.resource(made.assets.worker, "text/javascript", CacheControl.revalidated, now, worker)
        if assets.count > ScreenPages.keptAssets { assets = [:] }
        for (file, text) in made.assets.files {
            let address = made.assets.address(file)
            guard assets[address] == nil else { continue }
            assets[address] = ScreenPages.resource(
                text, ScreenPages.mediaType(file), CacheControl.immutable, now)
        }
    }
}
