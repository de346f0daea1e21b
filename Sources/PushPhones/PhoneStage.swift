import Core
import Curl
import Dispatch
import Foundation
import Ledger
import Synchronization

/// Tells phones of released editions and crisis messages.
///
/// Comes in: a kick when messages change, and the time at which one is due. Goes out: messages, urgent ones first, on a few threads that
/// each keep their connections. The attempt is on the disk before the network is touched. On failure of the ledger a thread pauses and
/// tries again; what it had claimed is taken up at the next start, as something that may have arrived. A stop lets each thread's present
/// request end, and cuts it off when that takes longer than ``grace``.
package final class PhoneStage: Stage {
    package let name = "phones"

    private let sender: PhoneSender
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let kicks = Mutex<[Kick]>([])
    private let interruption = Interruption()
    private let running = DispatchGroup()

    /// At most so many messages are under way, and may come twice after a kill.
    package static let threads = 4
    private static let pause = Span.seconds(30)
    /// How long a stop waits for what is on the wire. The service as a whole has ten seconds.
    private static let grace = DispatchTimeInterval.seconds(3)

    package init(sender: PhoneSender, ledger: Ledger, clock: any WallClock, log: Log = Log("phones")) {
        self.sender = sender
        self.ledger = ledger
        self.clock = clock
        self.log = log
    }

    package func start() throws(Fault) {
        let interrupted = try ledger.recoverPhoneMessages(at: clock.now())
        if interrupted > 0 { log.notice("resuming \(interrupted) messages that were under way when the service ended") }
        run("planning", on: [.editions, .phones]) { [self] kick throws(Fault) in
            while !kick.isStopped, try ledger.addPhoneMessages(at: clock.now()) {}
            kick.wait(until: nil, clock: clock)
        }
        for number in 1...Self.threads {
            let line = Line()
            run("\(number)", on: [.phones]) { [self] kick throws(Fault) in try tell(line, kick) }
        }
    }

    package func stop() {
        for kick in kicks.withLock({ $0 }) { kick.stop() }
        guard running.wait(timeout: .now() + Self.grace) == .timedOut else { return }
        log.warning("cutting off push services that do not answer")
        interruption.cut()
        running.wait()
    }

    /// Used by its own thread alone.
    private final class Line: @unchecked Sendable { let connections = HTTPLine() }

    /// Does a step again and again on a thread of its own, until the stop.
    private func run(_ name: String, on topics: Set<Ledger.Topic>, _ step: @escaping @Sendable (Kick) throws(Fault) -> Void) {
        let kick = Kick()
        ledger.kick(kick, on: topics)
        kicks.withLock { $0.append(kick) }
        running.enter()
        let thread = Thread { [self] in
            while !kick.isStopped {
                do throws(Fault) { try step(kick) } catch {
                    log.error("\(error)")
                    let end = clock.now() + Self.pause
                    while clock.now() < end, kick.wait(until: end, clock: clock) {}
                }
            }
            running.leave()
        }
        thread.name = "phones \(name)"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// One message, or a sleep until one is due.
    private func tell(_ line: Line, _ kick: Kick) throws(Fault) {
        let paused = sender.pauses.standing(at: clock.now())
        guard let message = try ledger.claimPhoneMessage(besides: paused.services, at: clock.now()) else {
            let due = try ledger.nextPhoneMessageDue(besides: paused.services)
            kick.wait(until: [due, paused.next].compactMap { $0 }.min(), clock: clock)
            return
        }
        guard !kick.isStopped else { return try ledger.giveBack(message, at: clock.now()) }
        let outcome = try sender.carry(message, over: line.connections, interruption)
        try ledger.settle(message, outcome, at: clock.now())
        if case .failed(let reply) = outcome {
            log.error("a message is given up: \(reply)", ["EDITION": message.edition.slug, "SERVICE": message.subscription.service])
        }
    }
}
