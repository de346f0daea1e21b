import Core
import Dispatch
import Foundation
import Ledger
import Synchronization

/// Keeps intranet endpoints told.
///
/// Comes in: a kick when items, editions or posts change, and the time at which the next item appears, expires or is tried again. Goes
/// out: each endpoint's posts, one after the other in the order in which they came to be due, each endpoint on a thread of its own, so
/// that one that is slow holds up no other. The attempt is on the disk before the network is touched. On failure of the ledger a thread
/// pauses and tries again; what it had claimed is taken up at the next start, as something that may have arrived. A stop lets each
/// endpoint's present request end, and cuts it off when that takes longer than ``grace``. When it has nothing else to do, an endpoint that takes
/// pictures ahead is given those of the editions that are closed; a failure of that is tried again later and told in the log alone.
package final class PostStage: Stage {
    package let name = "posts"
    package var heartbeats: [Heartbeat] { handles.withLock { $0 }.map(\.heartbeat) }

    private let posters: [EndpointPoster]
    private let planning: PostPlanning
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let handles = Mutex<[(kick: Kick, interruption: Interruption, heartbeat: Heartbeat)]>([])
    private let running = DispatchGroup()

    private static let pause = Span.seconds(30)
    private static let preparationPause = Span.minutes(5)
    /// A thread looks around every minute, and a request has its time-outs.
    private static let stall = Span.minutes(20)
    /// How long a stop waits for what is on the wire. The service as a whole has ten seconds.
    private static let grace = DispatchTimeInterval.seconds(3)

    package init(
        posters: [EndpointPoster], planning: PostPlanning, ledger: Ledger, clock: any WallClock, log: Log = Log("posts")
    ) {
        self.posters = posters
        self.planning = planning
        self.ledger = ledger
        self.clock = clock
        self.log = log
    }

    package func start() throws(Fault) {
        guard !posters.isEmpty else { return }
        let interrupted = try ledger.recoverPosts(at: clock.now())
        if interrupted > 0 { log.notice("resuming \(interrupted) posts that were under way when the service ended") }
        run("planning", on: [.items, .editions]) { [self] (kick, _) throws(Fault) in
            let next = try planning.pass(at: clock.now())
            kick.wait(until: next, clock: clock)
        }
        for poster in posters {
            let preparation = Preparation()
            let topics: Set<Ledger.Topic> = poster.connector.takesPicturesAhead ? [.posts, .editions] : [.posts]
            run(poster.endpoint.name, on: topics) { [self] (kick, interruption) throws(Fault) in
                try tell(poster, preparation, kick, interruption)
            }
        }
    }

    package func stop() {
        for handle in handles.withLock({ $0 }) { handle.kick.stop() }
        guard running.wait(timeout: .now() + Self.grace) == .timedOut else { return }
        log.warning("cutting off endpoints that do not answer")
        for handle in handles.withLock({ $0 }) { handle.interruption.cut() }
        running.wait()
    }

    /// Does a step again and again on a thread of its own, until the stop.
    private func run(
        _ name: String, on topics: Set<Ledger.Topic>, _ step: @escaping @Sendable (Kick, Interruption) throws(Fault) -> Void
    ) {
        let kick = Kick()
        ledger.kick(kick, on: topics)
        let interruption = Interruption()
        let heartbeat = Heartbeat()
        handles.withLock { $0.append((kick, interruption, heartbeat)) }
        running.enter()
        let thread = Thread { [self] in
            while !kick.isStopped {
                heartbeat.beat(within: Self.stall)
                do throws(Fault) { try step(kick, interruption) } catch {
                    log.error("\(error)", ["ENDPOINT": name])
                    rest(until: clock.now() + Self.pause, kick)
                }
            }
            heartbeat.rest()
            running.leave()
        }
        thread.name = "posts \(name)"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// One post, or a sleep until one is due.
    private func tell(
        _ poster: EndpointPoster, _ preparation: Preparation, _ kick: Kick, _ interruption: Interruption
    ) throws(Fault) {
        let endpoint = poster.endpoint.name
        guard let post = try ledger.claimPost(endpoint, at: clock.now()) else {
            // One at a time: a post that has come to be due goes before the next.
            guard try !prepare(poster, preparation, interruption) else { return }
            let again = preparation.next
            kick.wait(until: [try ledger.nextPostDue(endpoint), again].compactMap { $0 }.min(), clock: clock)
            return
        }
        guard !kick.isStopped else { return try ledger.giveBack(post, at: clock.now()) }
        let outcome = try poster.carry(post, interruption)
        try ledger.settle(post, outcome, at: clock.now())
        if case .failed(let reply) = outcome { log.error("a post is given up: \(reply)", ["ENDPOINT": endpoint]) }
        if poster.connector.pace > .milliseconds(0) { rest(until: clock.now() + poster.connector.pace, kick) }
    }

    /// Sends one picture ahead. Returns whether there may be more.
    private func prepare(_ poster: EndpointPoster, _ preparation: Preparation, _ interruption: Interruption) throws(Fault) -> Bool {
        guard poster.connector.takesPicturesAhead, try ledger.endpointStop(poster.endpoint.name) == nil else { return false }
        if let next = preparation.next, clock.now() < next { return false }
        preparation.next = nil
        let coming = try planning.coming(for: poster.endpoint)
        do throws(PostSetback) { return try poster.prepare(coming, &preparation.ready, interruption) } catch {
            log.warning("a picture cannot be sent ahead: \(error.reply)", ["ENDPOINT": poster.endpoint.name])
            preparation.next = clock.now() + Self.preparationPause
            return false
        }
    }

    private func rest(until instant: Instant, _ kick: Kick) {
        while clock.now() < instant, kick.wait(until: instant, clock: clock) {}
    }
}

/// What one endpoint has been sent ahead. Used by its thread alone.
private final class Preparation: @unchecked Sendable {
    /// Names of the pictures that are there.
    var ready: Set<String> = []
    /// When to try again what has failed.
    var next: Instant?
}
