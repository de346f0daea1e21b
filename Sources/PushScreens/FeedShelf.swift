import Core
import Crypto
import HTTPServer
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
    }

    /// Screens ask every minute or less often; longer would show an expired item for as long.
    static let cacheControl = "max-age=60"

    private let clock: any WallClock
    private let places = Mutex<[String: Place]>([:])

    package init(clock: any WallClock) { self.clock = clock }

    /// Puts a feed on the shelf, in place of the former one of its name. Formats whose bytes are as before keep entity tag and time.
    package func publish(_ feed: Feed) {
        let now = clock.now()
        places.withLock { $0[feed.name] = Self.place(feed, at: now, former: $0[feed.name]) }
    }

    /// Takes every other feed down: after a reload of the settings some may be gone.
    package func keep(_ names: Set<String>) { places.withLock { $0 = $0.filter { names.contains($0.key) } } }

    /// The bytes of a feed in a format, as they may be seen now; `nil` for a feed that is not on the shelf.
    package func resource(_ name: String, _ format: FeedFormat) -> Resource? {
        let now = clock.now()
        return places.withLock { places in
            guard var place = places[name] else { return nil }
            if let change = place.nextChange, change <= now {
                place = Self.place(place.feed, at: now, former: place)
                places[name] = place
            }
            return place.resources[format]
        }
    }

    /// When the next entry of any feed appears or expires.
    package func nextChange() -> Instant? { places.withLock { $0.values.compactMap(\.nextChange).min() } }

    /// Serves `/feeds/<feed>.rss`, `.atom`, `.json` and `.concerto.json`.
    package func addRoutes(to router: inout Router) {
        router.get("/feeds/{file}") { [self] request in
            guard let (name, format) = FeedFormat.parse(fileName: request.captures["file"] ?? ""), let resource = resource(name, format)
            else { return .refusal(404) }
            return resource.response(to: request)
        }
    }

    private static func place(_ feed: Feed, at now: Instant, former: Place?) -> Place {
        let visible = feed.visible(at: now)
        var resources: [FeedFormat: Resource] = [:]
        for format in FeedFormat.allCases {
            let bytes = Bytes(format.text(visible))
            if let same = former?.resources[format], same.bytes == bytes {
                resources[format] = same
            } else {
                resources[format] = Resource(
                    bytes, contentType: format.contentType, digest: SHA256.hexadecimalDigest(bytes.array), lastModified: now,
                    cacheControl: cacheControl)
            }
        }
        return Place(feed: feed, nextChange: feed.nextChange(after: now), resources: resources)
    }
}
