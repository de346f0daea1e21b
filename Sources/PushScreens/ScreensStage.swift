import Core
import Dispatch
import Foundation
import Ledger
import Synchronization

/// Keeps the feeds as the ledger says.
///
/// Comes in: a kick when items, editions or crisis messages change, or the time at which the next item appears or expires. Goes out: each
/// feed, whole, onto the ``FeedShelf``. When a feed cannot be made (the ledger cannot be read), the former one stays on the shelf, an
/// alarm is raised until it works again, and it is tried again after half a minute; the other feeds go on.
///
/// Hubs are told when the bytes of an open feed change: by a post each, which the ledger keeps until it is taken.
///
/// A crowd of changes, such as a thousand files taken in, is dealt with in few passes, and a feed whose items are the same is not made again.
package final class ScreensStage: Stage {
    package let name = "screens"

    private let feeds: [FeedRule]
    private let composition: FeedComposition
    private let shelf: FeedShelf
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let kick = Kick()
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()

    package var heartbeats: [Heartbeat] { [heartbeat] }

    private static let retryPause = Span.seconds(30)
    /// From the start of one pass to the next. The first change after a quiet time is dealt with at once; one that follows it waits so long at
    /// most, which leaves most of the 100 ms in which a change is to be in the feeds.
    private static let gathering = Span.milliseconds(20)

    /// What a feed on the shelf was made of.
    private struct Made {
        struct Part: Hashable {
            var id: ItemID
            var version: Int

            init(_ item: ItemRecord) { (id, version) = (item.id, item.version) }
        }

        var parts: [Part]
        var alerts: [AlertRecord]
        /// Of the ledger's texts: a person may have been erased from a version.
        var revision: Int
        /// What was made of each item: the feed's rule stands, so another version alone, or an erasure, makes another entry.
        var entries: [Part: FeedEntry]
    }

    private let made = Mutex<[String: Made]>([:])
    /// Editions whose moment in the feeds is in the ledger.
    private let noted = Mutex<Set<EditionID>>([])
    /// The names of the WebSub hubs among the endpoints.
    private let hubs: [String]
    /// Of which bytes the hubs are to be told, by feed, as far as the ledger knows it.
    private let told = Mutex<[String: String]>([:])

    package init(
        feeds: [FeedRule], composition: FeedComposition, shelf: FeedShelf, hubs: [String] = [], ledger: Ledger, clock: any WallClock,
        log: Log = Log("screens")
    ) {
        self.hubs = hubs
        self.feeds = feeds
        self.composition = composition
        self.shelf = shelf
        self.ledger = ledger
        self.clock = clock
        self.log = log
        ledger.kick(kick, on: [.items, .editions, .alerts])
    }

    /// Builds every feed, then follows the ledger on a thread of its own. Start the web server after this: a screen that asks too
    /// early would be told that there is no such feed.
    package func start() throws(Fault) {
        shelf.keep(Set(feeds.map(\.name)))
        let first = pass()
        running.enter()
        let thread = Thread { [self] in
            var due = first
            repeat { heartbeat.beat(within: .minutes(5)) } while follow(&due)
            heartbeat.rest()
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    package func stop() {
        kick.stop()
        running.wait()
    }

    /// One sleep and what is due after it; false when the stage is to end.
    private func follow(_ due: inout Instant?) -> Bool {
        guard kick.wait(until: due, clock: clock) else { return false }
        let start = ContinuousClock.now
        due = pass()
        kick.gather(Self.gathering, since: start)
        return true
    }

    /// Builds every feed as of now; returns when the next one changes by itself.
    @discardableResult
    package func pass() -> Instant? {
        let now = clock.now()
        let live: [LiveItem]
        let alerts: [AlertRecord]
        let alarmed: Set<String>
        let fresh: [String: EditionID]
        // Before the texts are read: what changes meanwhile makes them old.
        let revision = ledger.textRevision
        do throws(Fault) {
            // Asked for before the feeds are made: what is released meanwhile is noted by the next pass.
            fresh = try freshEditions()
            live = try ledger.liveItems(at: now)
            alerts = try ledger.standingAlerts(at: now)
            alarmed = Set(try ledger.standingAlarms().filter { $0.kind == "feed" }.map(\.object))
        } catch {
            for feed in feeds { raise(feed, error, at: now) }
            return now + Self.retryPause
        }
        var next = live.compactMap(\.facts.visibleFrom).filter { $0 > now }.min()
        for feed in feeds {
            do throws(Fault) {
                try renew(feed, live: live, alerts, revision, at: now)
                if let edition = fresh[feed.name] { try note(edition) }
                try tellHubs(feed, at: now)
                if alarmed.contains(feed.name) { try ledger.endAlarm("feed", feed.name, at: now) }
            } catch {
                next = [next, now + Self.retryPause].compactMap { $0 }.min()
                raise(feed, error, at: now)
            }
        }
        return [next, shelf.nextChange()].compactMap { $0 }.min()
    }

    /// The latest released edition of each publication with a feed, as far as its moment in the feeds is not in the ledger.
    private func freshEditions() throws(Fault) -> [String: EditionID] {
        var fresh: [String: EditionID] = [:]
        for feed in feeds {
            guard case .publication(let publication) = feed.content, publication.timing != .continuous,
                let edition = try ledger.lastReleased(of: publication.name), !noted.withLock({ $0.contains(edition.id) })
            else { continue }
            fresh[feed.name] = edition.id
        }
        return fresh
    }

    /// Notes when an edition's items were in its feed first.
    private func note(_ edition: EditionID) throws(Fault) {
        try ledger.noteRelease(edition, on: ReleaseChannel.feeds, at: clock.now())
        noted.withLock { _ = $0.insert(edition) }
    }

    /// Has the hubs told of a feed's bytes, unless they know them. A feed that not everybody may read is not told of.
    private func tellHubs(_ feed: FeedRule, at now: Instant) throws(Fault) {
        guard !hubs.isEmpty, feed.access == .open, let version = shelf.version(feed.name) else { return }
        guard told.withLock({ $0[feed.name] }) != version else { return }
        let topic = PostTopic.feed(try ledger.feedNumber(feed.name))
        try ledger.plan(hubs.map { PostPlan(endpoint: $0, topic: topic, version: version) }, at: now)
        told.withLock { $0[feed.name] = version }
    }

    private func renew(_ feed: FeedRule, live: [LiveItem], _ alerts: [AlertRecord], _ revision: Int, at now: Instant) throws(Fault) {
        let items = try composition.items(feed, live: live, at: now)
        let parts = items.map(Made.Part.init)
        let former = made.withLock { $0[feed.name] }.flatMap { $0.revision == revision ? $0 : nil }
        if let former, former.parts == parts, former.alerts == alerts, shelf.renew(feed.name) { return }
        let fresh = try composition.feed(feed, of: items, alerts) { former?.entries[.init($0)] }
        shelf.publish(fresh)
        // The crisis messages stand before the items.
        let entries = Dictionary(zip(parts, fresh.entries.dropFirst(alerts.count))) { first, _ in first }
        made.withLock { $0[feed.name] = Made(parts: parts, alerts: alerts, revision: revision, entries: entries) }
    }

    private func raise(_ feed: FeedRule, _ fault: Fault, at now: Instant) {
        log.error("the feed of \(feed.name) stays as it was: \(fault)")
        do throws(Fault) {
            try ledger.raiseAlarm("feed", feed.name, fault.description, at: now)
        } catch {
            log.error("\(error)")
        }
    }
}
