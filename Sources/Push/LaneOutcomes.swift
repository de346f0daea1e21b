import Core
import Ledger

/// What one lane has found out and the ledger does not have yet; lives as long as the lane's thread.
///
/// Comes in: the outcome of each delivery. Goes out: one transaction for a batch of them, which claims the next batch too. Until
/// then an accepted delivery stands in the lane's journal, where it outlives a killed process. On failure of a transaction the
/// outcomes stay here and in the journal: nothing more is claimed until one has taken them.
final class LaneOutcomes {
    let channel: any Channel
    let clock: any WallClock
    private let ledger: Ledger
    private let attempts: Histogram?
    private var journal: JournalLane?
    private let breaker: CircuitBreaker
    private let rule: PauseRule?
    private let failures: DeliveryFailures?
    private var results: [DeliveryResult] = []
    private var paused: [PausedEdition] = []
    /// The words by which the channel was paused just now.
    private var refusal: String?
    /// Whether the last answer was against us.
    private(set) var isRefusedOnly = false

    /// How long an outcome waits for others of a batch, so that `deliveries` tells the truth when the receiver is slow.
    private static let longestWait = Span.seconds(1)

    init(
        _ channel: any Channel, _ ledger: Ledger, _ clock: any WallClock, breaker: CircuitBreaker = CircuitBreaker(),
        pause rule: PauseRule? = nil, failures: DeliveryFailures? = nil, attempts: Histogram? = nil
    ) {
        self.attempts = attempts
        self.channel = channel
        self.breaker = breaker
        self.rule = rule
        self.failures = failures
        self.ledger = ledger
        self.clock = clock
    }

    /// Opens the journal, without which nothing may be sent.
    func prepare() throws(Fault) { if journal == nil { journal = try ledger.openJournalLane() } }

    /// Takes an outcome. It outlives the process when this returns; with enough of them, or when one is old or in doubt, they are
    /// on the disk too. When this throws the outcome is kept, and the lane must not go on.
    func add(_ delivery: ClaimedDelivery, _ outcome: DeliveryOutcome) throws(Fault) {
        let now = clock.now()
        if case .sent = outcome { journal?.note(delivery, at: now) }
        let outcome = judged(outcome, at: now)
        let (transition, reply) = transition(delivery, outcome, now)
        add(delivery, transition, reply, now)
        try recordIfNeeded(transition, now)
    }

    /// Takes note of how long an attempt took.
    func took(_ duration: Duration) { attempts?.note(duration, channel.route) }

    /// Takes a delivery whose time is over.
    func giveUp(_ delivery: ClaimedDelivery, _ reply: String) throws(Fault) {
        let now = clock.now()
        add(delivery, .giveUp, reply, now)
        try recordIfNeeded(.giveUp, now)
    }

    private func recordIfNeeded(_ transition: DeliveryResult.Transition, _ now: Instant) throws(Fault) {
        let isDoubtful = if case .doubt = transition { true } else { false }
        let isOld = results.first.map { $0.at + Self.longestWait <= now } ?? false
        if isDoubtful || isOld || results.count >= JournalLane.capacity { try record() }
    }

    /// Takes deliveries that were not completed on the wire.
    func giveBack(_ deliveries: [ClaimedDelivery]) {
        let now = clock.now()
        for delivery in deliveries { add(delivery, .giveBack, "", now) }
    }

    /// Puts everything on the disk, and makes a claim.
    @discardableResult
    func record(claiming order: ClaimOrder? = nil) throws(Fault) -> [ClaimedDelivery] {
        guard !results.isEmpty else { return try order.map { order throws(Fault) in try ledger.claim(order, at: clock.now()) } ?? [] }
        let recording = try ledger.record(results, claiming: order, pausing: rule, at: clock.now())
        results.removeAll(keepingCapacity: true)
        journal?.forget()
        paused += recording.paused
        if let fault = recording.refused.first { throw fault }
        return recording.claimed
    }

    /// Editions that what was recorded has paused, told once.
    func takePaused() -> [PausedEdition] {
        defer { paused = [] }
        return paused
    }

    /// By which words the channel was paused, told once.
    func takeRefusal() -> String? {
        defer { refusal = nil }
        return refusal
    }

    /// Tells the channel's breaker what an answer says about us, and settles what is in doubt by what others got.
    private func judged(_ outcome: DeliveryOutcome, at now: Instant) -> DeliveryOutcome {
        switch outcome {
        case .sent:
            isRefusedOnly = false
            _ = breaker.note(.accepted, at: now)
            return outcome
        case .failed, .deferred:
            isRefusedOnly = false
            _ = breaker.note(.neutral, at: now)
            return outcome
        case .ambiguous: return outcome
        case .unwelcome(let reply):
            isRefusedOnly = true
            if breaker.note(.against, at: now) { refusal = reply }
            return .deferred(reply: reply)
        case .unproved(let reply):
            let isProved = breaker.hasProof
            isRefusedOnly = !isProved
            if breaker.note(.against, at: now) { refusal = reply }
            return isProved ? .failed(reply: reply) : .deferred(reply: reply)
        }
    }

    private func add(_ delivery: ClaimedDelivery, _ transition: DeliveryResult.Transition, _ reply: String, _ now: Instant) {
        results.append(DeliveryResult(delivery, transition, reply: reply, route: channel.route, at: now))
        switch transition {
        case .fail, .giveUp: failures?.tell(delivery, reply, route: channel.route)
        case .acknowledge, .deferUntil, .doubt, .giveBack: break
        }
    }

    /// What an outcome makes of a delivery: what is not done is tried again after a pause, unless its time is over by then.
    private func transition(
        _ delivery: ClaimedDelivery, _ outcome: DeliveryOutcome, _ now: Instant
    ) -> (DeliveryResult.Transition, reply: String) {
        let pause = channel.retryDelay(afterAttempt: delivery.attempt)
        switch outcome {
        case .sent(let reply): return (.acknowledge, reply)
        case .failed(let reply): return (.fail, reply)
        case .unwelcome(let reply), .unproved(let reply): return self.transition(delivery, .deferred(reply: reply), now)
        case .deferred(let reply, let until):
            if let next = until ?? pause.map({ now + $0 }), next < delivery.stopBy { return (.deferUntil(next), reply) }
            return (.giveUp, "given up after \(delivery.attempt) attempts: \(reply)")
        case .ambiguous(let reply):
            if let pause, now + pause < delivery.stopBy { return (.doubt(until: now + pause), reply) }
            return (.giveUp, "given up after \(delivery.attempt) attempts: \(reply)")
        }
    }
}
