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
    private let watch: ScreenWatch?
    private let instruments: Instruments
    /// Compared with where there is no token to compare with.
    private let decoy: FeedToken

    /// `watch` is told who fetches what.
    package init(clock: any WallClock, watch: ScreenWatch? = nil, instruments: Instruments = Instruments()) {
        self.clock = clock
        self.instruments = instruments
        self.watch = watch
        decoy = FeedToken(feed: "", version: 0, key: .random())
    }

    /// Calls `listener` after each change of what a screen page shows, on the thread that made it.
    package func onChange(_ listener: @escaping Listener) { listeners.withLock { $0.append(listener) } }

    /// Puts a feed on the shelf, in place of the former one of its name. Formats whose bytes are as before keep entity tag and time.
    package func publish(_ feed: Feed) {
        let now = clock.now()
        let start = ContinuousClock.now
        var isChanged: Bool?
        // Made beside the shelf: whoever asks meanwhile is answered with the former one at once.
        while isChanged == nil {
            let former = places.withLock { $0[feed.name] }
            let new = Self.place(feed, at: now, former: former)
            isChanged = places.withLock { places -> Bool? in
                // An entry has expired meanwhile: what was compared with is not there any more.
                guard places[feed.name]?.items === former?.items else { return nil }
                places[feed.name] = new
                return former?.items !== new.items
            }
        }
        instruments.feedRenderings.note(.now - start)
        if isChanged == true { tell(feed.name) }
    }

    private func tell(_ name: String) {
        for listener in listeners.withLock({ $0 }) { listener(name) }
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
        let (place, isChanged) = places.withLock { places -> (Place?, Bool) in
            guard let place = places[name] else { return (nil, false) }
            guard let change = place.nextChange, change <= now else { return (place, false) }
            let renewed = Self.place(place.feed, at: now, former: place)
            places[name] = renewed
            return (renewed, renewed.items !== place.items)
        }
        if isChanged { tell(name) }
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
        noteRequest(name)
        return resource.response(to: request)
    }

    /// Counts a request for a feed that is there.
    func noteRequest(_ name: String) { instruments.feedRequests.note(name, at: clock.now()) }

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
