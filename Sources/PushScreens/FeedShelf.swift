import Core
import Crypto
import HTTPServer
import Synchronization

/// The feeds as they are served: for each the last good bytes in every format, in memory, changed all at once.
///
/// Comes in: a whole feed from the ``ScreensStage``, with entries that will appear or expire. Goes out: always 200 (or 304) with whole
/// bytes. Whatever else fails, an entry is never served past its time: the shelf itself rebuilds from the entries it holds when a
/// request comes at or after the next change. Each feed is made beside the shelf, so nobody waits for another feed's making.
package final class FeedShelf: Sendable {
    /// Told the name of a feed whose screen page shows something else from now on.
    package typealias Listener = @Sendable (_ feed: String) -> Void

    private let clock: any WallClock
    private let places = Mutex<[String: FeedPlace]>([:])
    private let listeners = Mutex<[Listener]>([])
    private let kicks = Mutex<[WeakKick]>([])
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
        let start = ContinuousClock.now
        replace(feed.name) { FeedPlace(feed, at: $1, former: $0) }
        instruments.feedRenderings.note(.now - start)
    }

    /// Replaces a feed's place by what `make` makes of it, beside the shelf: whoever asks meanwhile is answered with the former one, unless
    /// an entry of it has expired; who finds that makes the next one too, and the first to be done has made it for all.
    @discardableResult
    private func replace(_ name: String, _ make: (FeedPlace?, Instant) -> FeedPlace?) -> FeedPlace? {
        while true {
            let former = kept(name)
            guard let new = make(former, clock.now()), new !== former else { return former }
            let isReplaced = places.withLock { places in
                // Replaced meanwhile: what this one was made after is not there any more.
                guard places[name] === former else { return false }
                places[name] = new
                return true
            }
            guard isReplaced else { continue }
            tell(name, Self.change(from: former, to: new))
            return new
        }
    }

    private static func change(from former: FeedPlace?, to new: FeedPlace) -> (bytes: Bool, screen: Bool) {
        let isOther = FeedFormat.allCases.contains { former?.resources[$0] !== new.resources[$0] }
        return (isOther || former?.feed.token != new.feed.token, former?.items !== new.items)
    }

    private func tell(_ name: String, _ change: (bytes: Bool, screen: Bool)) {
        if change.screen { for listener in listeners.withLock({ $0 }) { listener(name) } }
        if change.bytes { for entry in kicks.withLock({ $0 }) { entry.kick?.kick() } }
    }

    /// Whether a feed is served to who names it so: an open one by its name alone, a private one behind its token. The time it takes tells
    /// nothing of a token, nor whether there is a feed of that name.
    func isServed(_ name: String, token: String?) -> Bool { isServed(kept(name), token) }

    private func isServed(_ place: FeedPlace?, _ token: String?) -> Bool {
        guard let token else { return place.map { $0.feed.token == nil } ?? false }
        let isRight = (place?.feed.token ?? decoy).matches(token)
        return isRight && place?.feed.token != nil
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
    package func feed(_ name: String) -> Feed? { kept(name)?.feed }

    /// Brings a feed up to the present: entries that have appeared or expired. False when it is not on the shelf.
    @discardableResult
    func renew(_ name: String) -> Bool { place(name) != nil }

    private func place(_ name: String) -> FeedPlace? { kept(name).flatMap(current) }

    /// As it was made last.
    private func kept(_ name: String) -> FeedPlace? { places.withLock { $0[name] } }

    /// As it may be seen now; `nil` when it has been taken off the shelf.
    private func current(_ place: FeedPlace) -> FeedPlace? {
        guard place.isOutdated(at: clock.now()) else { return place }
        return replace(place.feed.name) { place, now in
            guard let place, place.isOutdated(at: now) else { return place }
            return FeedPlace(place.feed, at: now, former: place)
        }
    }

    /// When the next entry of any feed appears or expires.
    package func nextChange() -> Instant? { places.withLock { $0.values.compactMap(\.nextChange).min() } }

    /// Serves `/feeds/<feed>.rss`, `.atom`, `.json` and `.concerto.json`, those of private feeds behind their token.
    package func addRoutes(to router: inout Router) {
        router.get("/feeds/{file}") { [self] in serve($0) }
        router.get("/feeds/{token}/{file}") { [self] in serve($0) }
    }

    private func serve(_ request: Request) -> Response {
        guard let (name, format) = FeedFormat.parse(fileName: request.captures["file"] ?? "") else { return .refusal(404) }
        let place = kept(name)
        guard isServed(place, request.captures["token"]), let resource = place.flatMap(current)?.resources[format] else {
            return .refusal(404)
        }
        watch?.saw(request, feed: name, player: format.player)
        noteRequest(name)
        return resource.response(to: request)
    }

    /// Counts a request for a feed that is there.
    func noteRequest(_ name: String) { instruments.feedRequests.note(name, at: clock.now()) }
}
