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

    /// Screens ask every minute or less often; longer would show an expired item for as long.
    static let cacheControl = "max-age=60"

    private let clock: any WallClock
    private let places = Mutex<[String: Place]>([:])
    private let listeners = Mutex<[Listener]>([])
    private let watch: ScreenWatch?

    /// `watch` is told who fetches what.
    package init(clock: any WallClock, watch: ScreenWatch? = nil) {
        self.clock = clock
        self.watch = watch
    }

    /// Calls `listener` after each change of what a screen page shows, on the thread that made it.
    package func onChange(_ listener: @escaping Listener) { listeners.withLock { $0.append(listener) } }

    /// Puts a feed on the shelf, in place of the former one of its name. Formats whose bytes are as before keep entity tag and time.
    package func publish(_ feed: Feed) {
        let now = clock.now()
        let isChanged = places.withLock { places in
            let former = places[feed.name]
            let new = Self.place(feed, at: now, former: former)
            places[feed.name] = new
            return former?.items !== new.items
        }
        if isChanged { for listener in listeners.withLock({ $0 }) { listener(feed.name) } }
    }

    /// Takes every other feed down: after a reload of the settings some may be gone.
    package func keep(_ names: Set<String>) { places.withLock { $0 = $0.filter { names.contains($0.key) } } }

    /// The bytes of a feed in a format, as they may be seen now; `nil` for a feed that is not on the shelf.
    package func resource(_ name: String, _ format: FeedFormat) -> Resource? { place(name)?.resources[format] }

    /// What the screen page of a feed shows now; `nil` for a feed that is not on the shelf.
    package func screenItems(_ name: String) -> Resource? { place(name)?.items }

    /// The feed as it was published; `nil` when it is not on the shelf.
    package func feed(_ name: String) -> Feed? { places.withLock { $0[name]?.feed } }

    private func place(_ name: String) -> Place? {
        let now = clock.now()
        return places.withLock { places in
            guard let place = places[name] else { return nil }
            guard let change = place.nextChange, change <= now else { return place }
            let renewed = Self.place(place.feed, at: now, former: place)
            places[name] = renewed
            return renewed
        }
    }

    /// When the next entry of any feed appears or expires.
    package func nextChange() -> Instant? { places.withLock { $0.values.compactMap(\.nextChange).min() } }

    /// Serves `/feeds/<feed>.rss`, `.atom`, `.json` and `.concerto.json`.
    package func addRoutes(to router: inout Router) {
        router.get("/feeds/{file}") { [self] request in
            guard let (name, format) = FeedFormat.parse(fileName: request.captures["file"] ?? ""), let resource = resource(name, format)
            else { return .refusal(404) }
            watch?.saw(request, feed: name, player: format.player)
            return resource.response(to: request)
        }
    }

    private static func place(_ feed: Feed, at now: Instant, former: Place?) -> Place {
        let visible = feed.visible(at: now)
        func resource(_ text: String, _ contentType: String, _ former: Resource?, _ cacheControl: String) -> Resource {
            let bytes = Bytes(text)
            if let former, former.bytes == bytes { return former }
            return Resource(
                bytes, contentType: contentType, digest: SHA256.hexadecimalDigest(bytes.array), lastModified: now,
                cacheControl: cacheControl)
        }
        var resources: [FeedFormat: Resource] = [:]
        for format in FeedFormat.allCases {
            resources[format] = resource(format.text(visible), format.contentType, former?.resources[format], cacheControl)
        }
        var codes: [String: QRCode] = [:]
        let items = ScreenItemsFile(visible) { address in
            codes[address] = codes[address] ?? former?.codes[address] ?? (try? QRCode(ScreenItemsFile.uri(address)))
            return codes[address]
        }
        return Place(
            feed: feed, nextChange: feed.nextChange(after: now), resources: resources,
            // A browser asks again each time, and is told 304 when nothing has changed.
            items: resource(items.text, "application/json; charset=utf-8", former?.items, "no-cache"), codes: codes)
    }
}
