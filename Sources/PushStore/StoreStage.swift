import Core
import Dispatch
import Foundation
import Ledger
import Synchronization

/// Keeps a store told, for the content delivery network that reads it.
///
/// Comes in: a kick when editions or feeds change. Goes out: passes of the ``StorePublisher`` on a thread of its own, so that a store
/// that is slow or away holds up no other channel. At the start, after each outage and once a day what is there is compared with what
/// should be. On failure the next pass comes after 5 s, then after twice as long, a minute at most, for what is taken back must not
/// be read for longer than need be; or when the store says. From the third failure on an alarm stands until a pass has reached its end.
/// A stop lets the present request end, and cuts it off when that takes longer than ``grace``.
package final class StoreStage: Stage {
    package let name = "store"
    package var heartbeats: [Heartbeat] { [heartbeat] }

    private let access: StoreAccess
    private let content: StoreContent
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    /// Kicked when a feed has changed, too.
    package let kick = Kick()
    private let interruption = Interruption()
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()

    package static let alarmKind = "store"
    private static let failuresToAlarm = 3
    private static let lookEvery = Span.hours(24)
    /// From the start of one pass to the next: a crowd of changes is dealt with together.
    private static let gathering = Span.milliseconds(200)
    /// Within a pass what has come to be urgent is not looked for sooner, so that each pass gets on.
    private static let stretch = Duration.seconds(1)
    private static let stall = Span.minutes(10)
    private static let grace = DispatchTimeInterval.seconds(3)

    package init(access: StoreAccess, content: StoreContent, ledger: Ledger, clock: any WallClock, log: Log = Log("store")) {
        self.access = access
        self.content = content
        self.ledger = ledger
        self.clock = clock
        self.log = log
    }

    package func start() throws(Fault) {
        try ledger.forgetStores(except: access.store.name)
        ledger.kick(kick, on: [.editions])
        running.enter()
        let thread = Thread { [self] in
            while !kick.isStopped {
                heartbeat.beat(within: Self.stall)
                do throws(Fault) { try follow() } catch {
                    log.error("\(error)")
                    rest(until: clock.now() + .seconds(30))
                }
            }
            heartbeat.rest()
            running.leave()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    package func stop() {
        kick.stop()
        guard running.wait(timeout: .now() + Self.grace) == .timedOut else { return }
        log.warning("cutting off a store that does not answer")
        interruption.cut()
        running.wait()
    }

    /// Pass after pass until the stop, or until the ledger cannot be written: then what the store has is read from it again.
    private func follow() throws(Fault) {
        var began = ContinuousClock.now
        let publisher = try StorePublisher(
            access.store, client: StoreClient(access, interruption: interruption), content: content, ledger: ledger, clock: clock
        ) { [self] in
            heartbeat.beat(within: Self.stall)
            return kick.isStopped || kick.isKicked && ContinuousClock.now - began > Self.stretch
        }
        var looked: Instant?
        var failures = 0
        var hasWarned = false
        repeat {
            heartbeat.beat(within: Self.stall)
            began = .now
            if looked.map({ clock.now() - $0 >= Self.lookEvery }) ?? true {
                switch look(publisher) {
                case nil: looked = clock.now()
                case .answered(403, "AccessDenied", _)?:
                    // What the ledger says has to do, then.
                    if !hasWarned { log.warning("the store's key may not list the bucket, so what is there cannot be compared") }
                    (looked, hasWarned) = (clock.now(), true)
                case let setback?:
                    failures += 1
                    try note(setback, publisher, failures)
                    continue
                }
            }
            switch publisher.pass() {
            case .overtaken: break
            case .done:
                failures = 0
                try settle(publisher)
                kick.wait(until: nil, clock: clock)
                kick.gather(Self.gathering, since: began)
            case .failed(let setback):
                failures += 1
                looked = nil
                try note(setback, publisher, failures)
            }
        } while !kick.isStopped
    }

    private func look(_ publisher: StorePublisher) -> StoreSetback? {
        do throws(StoreSetback) {
            try publisher.look()
            return nil
        } catch {
            return error
        }
    }

    /// A pass has reached its end.
    private func settle(_ publisher: StorePublisher) throws(Fault) {
        let (sent, removed) = publisher.takeCounts()
        if sent + removed > 0 { log.info("the store has \(sent) objects more or anew, \(removed) fewer") }
        try ledger.noteStore(access.store.name, waiting: 0, failure: nil, at: clock.now())
        try ledger.endAlarm(Self.alarmKind, access.store.bucket, at: clock.now())
    }

    /// Notes a failure and sleeps until the next attempt.
    private func note(_ setback: StoreSetback, _ publisher: StorePublisher, _ failures: Int) throws(Fault) {
        guard !kick.isStopped else { return }
        let now = clock.now()
        log.warning("the store is not up to date, attempt \(failures): \(setback.reason)")
        try ledger.noteStore(access.store.name, waiting: max(1, publisher.waiting), failure: setback.reason, at: now)
        if failures >= Self.failuresToAlarm {
            try ledger.raiseAlarm(
                Self.alarmKind, access.store.bucket,
                "What is read from the store at \(access.store.endpoint) is not up to date: \(setback.reason). ‘budstikke check --endpoints’ tries it.",
                at: now)
        }
        rest(until: Self.next(failures, setback, now))
    }

    private static func next(_ failures: Int, _ setback: StoreSetback, _ now: Instant) -> Instant {
        // Other statuses are not asked for a time: as with endpoints.
        if case .answered(let status, _, let after?) = setback, [429, 503].contains(status),
            let instant = StoreClient.instant(after, now: now)
        {
            return instant
        }
        let delay = Double(min(60, 5 << min(failures - 1, 4))) * Double.random(in: 0.9..<1.1)
        return now + .milliseconds(Int64(delay * 1000))
    }

    private func rest(until instant: Instant) {
        while clock.now() < instant, kick.wait(until: instant, clock: clock) {}
    }
}
