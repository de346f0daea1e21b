import Core
import Foundation
import Ledger
import Synchronization

/// Carries deliveries that are due out of the ledger, over the channels.
///
/// Comes in: deliveries of released editions. Goes out: mails and posts, and for each delivery its outcome in the ledger. Each lane
/// is a thread (``OutboxLane``): it claims a batch (on the disk before the network is touched) as far as ``OutletTraffic`` permits,
/// opens its connection when it has none, delivers, notes each accepted one in the journal before the next is completed, records
/// the batch in one transaction, and sleeps until the ledger's next due time or a kick. On failure of one channel the others go on.
/// A stop lets each lane finish the message that it has on the wire, and cuts it off when that takes longer than ``grace``: that
/// message is ambiguous when it was complete, else it goes back.
package final class OutboxStage: Stage {
    private let channels: [any Channel]
    private let ledger: Ledger
    private let rules: OutboxRules
    private let clock: any WallClock
    private let instruments: Instruments
    private let log: Log
    private let handles = Mutex<[(kick: Kick, interruption: Interruption, heartbeat: Heartbeat)]>([])
    private let running = DispatchGroup()

    /// How long a stop waits for what is on the wire. The service as a whole has ten seconds.
    private static let grace = DispatchTimeInterval.seconds(3)

    package let name = "outbox"
    package var heartbeats: [Heartbeat] { handles.withLock { $0 }.map(\.heartbeat) }

    package init(
        channels: [any Channel], ledger: Ledger, rules: OutboxRules = OutboxRules(), clock: any WallClock,
        instruments: Instruments = Instruments(), log: Log = Log("outbox")
    ) {
        self.instruments = instruments
        self.channels = channels
        self.ledger = ledger
        self.rules = rules
        self.clock = clock
        self.log = log
    }

    /// Takes up what a killed process left, then starts the lanes.
    package func start() throws(Fault) {
        try ledger.throttle(Set(rules.domains.map(\.name)))
        let noted = try ledger.replayJournal()
        if noted > 0 { log.notice("\(noted) deliveries had been accepted when the service ended; they are recorded now") }
        let interrupted = try ledger.recoverInterrupted(at: clock.now())
        if interrupted > 0 { log.notice("resuming \(interrupted) deliveries that were under way when the service ended") }
        for (outlet, channels) in Dictionary(grouping: channels, by: \.outlet).sorted(by: { $0.key < $1.key }) {
            let traffic = OutletTraffic(outlet, channels, ledger, rules, at: clock.now())
            let places = channels.indices.flatMap { place in (0..<max(1, channels[place].lanes)).map { _ in place } }
            for (number, place) in places.enumerated() { start(traffic, place, number) }
        }
    }

    private func start(_ traffic: OutletTraffic, _ place: Int, _ number: Int) {
        let ready = DispatchSemaphore(value: 0)
        running.enter()
        let thread = Thread { [self] in
            // Made on its own thread: a lane is used by no other but for these two handles.
            let lane = OutboxLane(
                traffic, place: place, number: number, ledger: ledger, rules: rules, clock: clock, instruments: instruments, log: log
            ) { [weak self] in self?.wake() }
            ledger.kick(lane.kick, on: [.deliveries])
            handles.withLock { $0.append((lane.kick, lane.interruption, lane.heartbeat)) }
            ready.signal()
            lane.run()
            running.leave()
        }
        thread.name = "\(traffic.outlet) \(number)"
        thread.stackSize = 1 << 20
        thread.start()
        ready.wait()
    }

    private func wake() { for handle in handles.withLock({ $0 }) { handle.kick.kick() } }

    /// Lets each lane finish the message on the wire, for a while; returns when all have ended.
    package func stop() {
        for handle in handles.withLock({ $0 }) { handle.kick.stop() }
        guard running.wait(timeout: .now() + Self.grace) == .timedOut else { return }
        log.warning("cutting off connections whose other side does not answer")
        for handle in handles.withLock({ $0 }) { handle.interruption.cut() }
        running.wait()
    }
}
