import Core
import Crypto
import HTTPServer
import QRCode
import Synchronization

/// The feeds as they are served: for each the last good bytes in every format, in memory, changed all at once.
///
/// Comes in: a whole feed from the ``ScreensStage``, with entries that will appear or expire. Goes out: always 200 (or 304) with whole
/// bytes. Whatever else fails, an entry is never served past its time: the shelf itself rebuilds from the entries it holds when a
/// request comes at or after the next change.
package final class FeedShelf: Sendable {
    private struct Place {
        var feed: Feed
        var nextChange: Instant?
        var resources: [FeedFormat: Resource]
        /// What the screen page shows.
        var items: Resource
        /// By address: a code takes longer to make than all else of an entry.
        var codes: [String: QRCode]
    }

    /// Told the name of a feed whose screen page shows something else from now on.
    package typealias Listener = @Sendable (_ feed: String) -> Void

    private let clock: any WallClock
    private let places = Mutex<[String: Place]>([:])
    private let listeners = Mutex<[Listener]>([])
    private let kicks = Mutex<[WeakKick]>([])
    private let watch: ScreenWatch?
    /// Compared with where there is no token to compare with.
    private let decoy: FeedToken

    /// `watch` is told who fetches what.
    package init(clock: any WallClock, watch: ScreenWatch? = nil) {
        self.clock = clock
        self.watch = watch
        decoy = FeedToken(feed: "", version: 0, key: .random())
    }

    private struct WeakKick {
        weak var kick: Kick?
    }

    /// Kicks `kick`, for as long as somebody else holds it, after each change of a feed's bytes in any format.
    package func kick(_ kick: Kick) {
        kicks.withLock { kicks in
            kicks.removeAll { $0.kick == nil }
            kicks.append(WeakKick(kick: kick))
        }
    }

    /// Calls `listener` after each change of what a screen page shows, on the thread that made it.
    package func onChange(_ listener: @escaping Listener) { listeners.withLock { $0.append(listener) } }

    /// Puts a feed on the shelf, in place of the former one of its name. Formats whose bytes are as before keep entity tag and time.
    package func publish(_ feed: Feed) {
        let now = clock.now()
        var change: (bytes: Bool, screen: Bool)?
        // Made beside the shelf: whoever asks meanwhile is answered with the former one at once.
        while change == nil {
            let former = places.withLock { $0[feed.name] }
            let new = Self.place(feed, at: now, former: former)
            change = places.withLock { places -> (Bool, Bool)? in
                // An entry has expired meanwhile: what was compared with is not there any more.
                guard places[feed.name]?.items === former?.items else { return nil }
                places[feed.name] = new
                return Self.change(from: former, to: new)
            }
        }
        if let change { tell(feed.name, change) }
    }

    private static func change(from former: Place?, to new: Place) -> (bytes: Bool, screen: Bool) {
        let isOther = FeedFormat.allCases.contains { former?.resources[$0] !== new.resources[$0] }
        return (isOther || former?.feed.token != new.feed.token, former?.items !== new.items)
    }

    private func tell(_ name: String, _ change: (bytes: Bool, screen: Bool)) {
        if change.screen { for listener in listeners.withLock({ $0 }) { listener(name) } }
        if change.bytes { for entry in kicks.withLock({ $0 }) { entry.kick?.kick() } }
    }

    /// Whether a feed is served to who names it so: an open one by its name alone, a private one behind its token. The time it takes tells
    /// nothing of a token, nor whether there is a feed of that name.
    func isServed(_ name: String, token: String?) -> Bool {
        let feed = places.withLock { $0[name]?.feed }
        guard let token else { return feed.map { $0.token == nil } ?? false }
        let isRight = (feed?.token ?? decoy).matches(token)
        return isRight && feed?.token != nil
    }

    /// Takes every other feed down: after a reload of the settings some may be gone.
    package func keep(_ names: Set<String>) { places.withLock { $0 = $0.filter { names.contains($0.key) } } }

    /// The bytes of a feed in a format, as they may be seen now; `nil` for a feed that is not on the shelf.
    package func resource(_ name: String, _ format: FeedFormat) -> Resource? { place(name)?.resources[format] }

    /// An open feed in each format, by its path without the slash before it; `nil` for one that is private or not on the shelf.
    package func openFiles(_ name: String) -> [String: Resource]? {
        guard isServed(name, token: nil), let place = place(name), place.feed.token == nil else { return nil }
        return Dictionary(uniqueKeysWithValues: place.resources.map { ("feeds/\(name)\($0.key.suffix)", $0.value) })
    }

    /// Another text whenever the bytes of a feed are others in any of the formats that hubs pass on; `nil` for a feed that is not on the shelf.
    package func version(_ name: String) -> String? {
        guard let resources = place(name)?.resources else { return nil }
        let tags = FeedFormat.passedOn.compactMap { resources[$0]?.entityTag }
        return String(SHA256.hexadecimalDigest(tags.joined().utf8).prefix(32))
    }

    /// What the screen page of a feed shows now; `nil` for a feed that is not on the shelf.
    package func screenItems(_ name: String) -> Resource? { place(name)?.items }

    /// The feed as it was published; `nil` when it is not on the shelf.
    package func feed(_ name: String) -> Feed? { places.withLock { $0[name]?.feed } }

    /// Brings a feed up to the present: entries that have appeared or expired. False when it is not on the shelf.
    @discardableResult
    func renew(_ name: String) -> Bool { place(name) != nil }

    private func place(_ name: String) -> Place? {
        let now = clock.now()
        let (place, change) = places.withLock { places -> (Place?, (bytes: Bool, screen: Bool)?) in
            guard let place = places[name] else { return (nil, nil) }
            guard let due = place.nextChange, due <= now else { return (place, nil) }
            let renewed = Self.place(place.feed, at: now, former: place)
            places[name] = renewed
            return (renewed, Self.change(from: place, to: renewed))
        }
        if let change { tell(name, change) }
        return place
    }

    /// When the next entry of any feed appears or expires.
    package func nextChange() -> Instant? { places.withLock { $0.values.compactMap(\.nextChange).min() } }

    /// Serves `/feeds/<feed>.rss`, `.atom`, `.json` and `.concerto.json`, those of private feeds behind their token.
    package func addRoutes(to router: inout Router) {
        router.get("/feeds/{file}") { [self] in serve($0) }
        router.get("/feeds/{token}/{file}") { [self] in serve($0) }
    }

    private func serve(_ request: Request) -> Response {
        guard let (name, format) = FeedFormat.parse(fileName: request.captures["file"] ?? ""),
            isServed(name, token: request.captures["token"]), let resource = resource(name, format)
        else { return .refusal(404) }
        watch?.saw(request, feed: name, player: format.player)
        return resource.response(to: request)
    }

    private static func place(_ feed: Feed, at now: Instant, former: Place?) -> Place {
        let visible = feed.visible(at: now)
        let isPrivate = feed.token != nil
        // One that was made open says other things of itself.
        let former = (former?.feed.token != nil) == isPrivate ? former : nil
        func resource(_ text: String, _ contentType: String, _ former: Resource?, _ cacheControl: String) -> Resource {
            let bytes = Bytes(text)
            if let former, former.bytes == bytes { return former }
            return Resource(
                bytes, contentType: contentType, digest: SHA256.hexadecimalDigest(bytes.array), lastModified: now,
                cacheControl: cacheControl, headers: isPrivate ? ["Referrer-Policy": "no-referrer"] : Headers())
        }
        var resources: [FeedFormat: Resource] = [:]
        for format in FeedFormat.allCases {
            resources[format] = resource(
                format.text(visible), format.contentType, former?.resources[format],
                isPrivate ? CacheControl.privateFeed : CacheControl.feed)
        }
        var codes: [String: QRCode] = [:]
        let items = ScreenItemsFile(visible) { address in
            codes[address] = codes[address] ?? former?.codes[address] ?? (try? QRCode(ScreenItemsFile.uri(address)))
            return codes[address]
        }
        return Place(
            feed: feed, nextChange: feed.nextChange(after: now), resources: resources,
            items: resource(
                items.text, "application/json; charset=utf-8", former?.items,
                isPrivate ? CacheControl.privateRevalidated : CacheControl.revalidated),
            codes: codes)
    }
}
