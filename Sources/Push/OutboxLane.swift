import Core
import Ledger

/// One thread of the outbox: claims, carries and records for one channel, until it is stopped.
///
/// Comes in: what ``OutletTraffic`` lets it claim. Goes out: outcomes in the ledger. When the connection cannot be opened or breaks,
/// what was claimed goes back and the lane pauses, a second at first; the third failure of the channel's lanes in a row pauses
/// the channel, with an alarm, until one lane has tried it with success. When the ledger fails the lane pauses and tries again.
final class OutboxLane {
    let kick = Kick()
    let interruption = Interruption()
    let heartbeat = Heartbeat()

    private let traffic: OutletTraffic
    private let place: Int
    private let number: Int
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let outcomes: LaneOutcomes
    private var claimed: [ClaimedDelivery] = []
    private var isProbe = false
    /// ``Ledger/urgentCalls`` before the claim.
    private var calls = 0
    private var open: (any Lane)?
    private var idleSince: Instant?
    private var failures = 0
    private var wanted: Int
    /// Wakes the lanes of all channels: what one of them may do has changed.
    private let wakeOthers: @Sendable () -> Void

    private var channel: any Channel { traffic.channels[place] }
    private var breaker: CircuitBreaker { traffic.breakers[place] }

    /// A lane looks around every minute, and a message has its time-outs, which add up to ten minutes when a relay drips.
    private static let stall = Span.minutes(20)
    /// How long an idle lane keeps its connection.
    private static let idleLimit = Span.seconds(10)
    /// A batch that took longer is followed by a smaller one, so that a slow relay does not sit on what others could carry.
    private static let batchTime = Span.seconds(2)

    /// `place` is the channel's in the traffic, `number` the lane's own in it.
    init(
        _ traffic: OutletTraffic, place: Int, number: Int, ledger: Ledger, rules: OutboxRules, clock: any WallClock,
        instruments: Instruments, log: Log, wakeOthers: @escaping @Sendable () -> Void
    ) {
        self.traffic = traffic
        self.place = place
        self.number = number
        self.ledger = ledger
        self.clock = clock
        self.log = log
        self.wakeOthers = wakeOthers
        wanted = max(1, traffic.channels[place].batchSize)
        outcomes = LaneOutcomes(
            traffic.channels[place], ledger, clock, breaker: traffic.breakers[place], pause: rules.pause,
            failures: DeliveryFailures(ledger, log, pseudonym: rules.pseudonym), attempts: instruments.attempts)
    }

    func run() {
        while !kick.isStopped {
            heartbeat.beat(within: Self.stall)
            do throws(Fault) { try step() } catch { pause(after: error) }
        }
        heartbeat.rest()
        end()
    }

    private func step() throws(Fault) {
        guard claimed.isEmpty else { return try carry() }
        switch try traffic.decide(place, lane: number, wanted: wanted, at: clock.now()) {
        case .wait(let until): rest(until: until)
        case .claim(let grant):
            try claim(grant) { claiming throws(Fault) in try outcomes.record(claiming: claiming) }
            guard claimed.isEmpty else { return }
            if grant.isProbe { return try probeConnection() }
            let due = try ledger.nextDue(grant.order.outlet, in: grant.order.queues.map(\.queue))
            var waits = [due].compactMap { $0 }
            for shut in grant.shut {
                if let due = try ledger.nextDue(grant.order.outlet, in: [shut.queue]) { waits.append(max(due, shut.until)) }
            }
            rest(until: waits.min())
        }
    }

    /// Makes the claim of a grant by `record`, and tells the traffic of it whatever happens.
    private func claim(_ grant: OutletTraffic.Grant, _ record: (ClaimOrder) throws(Fault) -> [ClaimedDelivery]) throws(Fault) {
        calls = ledger.urgentCalls
        do throws(Fault) {
            claimed = try record(grant.order)
        } catch {
            traffic.claimed(grant, [], at: clock.now())
            if grant.isProbe { breaker.noteFruitlessProbe(at: clock.now()) }
            throw error
        }
        isProbe = grant.isProbe
        traffic.claimed(grant, claimed, at: clock.now())
    }

    /// Carries what is claimed, and claims the next batch in the transaction that records this one's outcomes.
    private func carry() throws(Fault) {
        let start = clock.now()
        let batch = Batch(
            claimed, outcomes, givesWay: { [ledger, calls] in ledger.urgentCalls != calls },
            isStopping: { [kick, breaker, isProbe, heartbeat] in
                // Asked before each message.
                heartbeat.beat(within: Self.stall)
                return kick.isStopped || breaker.isPaused && !isProbe
            })
        let count = claimed.count
        claimed = []
        do throws(Fault) {
            let lane: any Lane
            if let present = open { lane = present } else { lane = try channel.openLane(interruption) }
            open = lane
            try lane.carry(batch)
        } catch {
            open?.close()
            open = nil
            try batch.close()
            try raiseAlarms()
            try failed(error)
            return
        }
        idleSince = nil
        adapt(count, clock.now() - start)
        try close(batch)
        try raiseAlarms()
        try succeeded()
    }

    private func close(_ batch: Batch) throws(Fault) {
        guard let grant = try nextGrant(else: batch) else {
            try batch.close()
            return
        }
        try claim(grant) { claiming throws(Fault) in try batch.close(claiming: claiming) }
    }

    /// What the lane may claim at once behind its batch; `nil` when it has to look around first.
    private func nextGrant(else batch: Batch) throws(Fault) -> OutletTraffic.Grant? {
        guard !kick.isStopped, !isProbe, !breaker.isPaused else { return nil }
        do throws(Fault) {
            guard case .claim(let grant) = try traffic.decide(place, lane: number, wanted: wanted, at: clock.now()) else { return nil }
            return grant
        } catch {
            // The batch must not hang on the next one's claim.
            try batch.close()
            throw error
        }
    }

    /// A slow batch halves the next, a quick one doubles it.
    private func adapt(_ count: Int, _ took: Span) {
        if took > Self.batchTime { wanted = max(1, count / 2) } else if count >= wanted { wanted = min(channel.batchSize, wanted * 2) }
    }

    // MARK: The channel's health

    /// With nothing to send, a connection is what can be tried.
    private func probeConnection() throws(Fault) {
        do throws(Fault) {
            if open == nil { open = try channel.openLane(interruption) }
        } catch {
            try failed(error)
            return
        }
        try succeeded()
    }

    private func succeeded() throws(Fault) {
        failures = 0
        if outcomes.isRefusedOnly, isProbe {
            breaker.noteFruitlessProbe(at: clock.now())
        } else if breaker.noteSuccess() {
            try ledger.endAlarm("channel", channel.route, at: clock.now())
            wakeOthers()
        }
        isProbe = false
    }

    private func failed(_ fault: Fault) throws(Fault) {
        isProbe = false
        guard !kick.isStopped else { return }
        if breaker.noteFailure(at: clock.now()) {
            try alarm(fault.description)
        } else if breaker.isPaused {
            log.warning("\(fault)", ["RELAY": channel.route])
        } else {
            failures += 1
            pause(after: fault)
        }
    }

    private func raiseAlarms() throws(Fault) {
        for edition in outcomes.takePaused() {
            let text =
                "\(edition.slug) is paused: \(edition.reason). See why with ‘budstikke deliveries \(edition.slug) --failed’; go on with "
                + "‘budstikke resume \(edition.slug)’, or end it with ‘budstikke stop \(edition.slug)’."
            try ledger.raiseAlarm("paused-edition", edition.slug, text, at: clock.now())
        }
        if let reply = outcomes.takeRefusal() {
            let text =
                "it refuses us, not the recipients: ‘\(reply)’. Nobody has lost a mail by it. Ask the relay's postmaster to let this machine "
                + "send; one mail is tried now and then, and the rest follows when it is taken."
            try alarm("\(channel.route): \(text)")
        }
    }

    private func alarm(_ text: String) throws(Fault) {
        try ledger.raiseAlarm("channel", channel.route, text, at: clock.now())
        wakeOthers()
    }

    // MARK: Waiting

    /// Sleeps until then or a kick; a connection that lies idle for long is closed meanwhile.
    private func rest(until: Instant?) {
        let now = clock.now()
        if idleSince == nil { idleSince = now }
        let idleUntil = open == nil ? nil : (idleSince ?? now) + Self.idleLimit
        kick.wait(until: [until, idleUntil].compactMap { $0 }.min(), clock: clock)
        if let idleUntil, idleUntil <= clock.now() {
            open?.close()
            open = nil
        }
    }

    private func pause(after fault: Fault) {
        guard !kick.isStopped else { return }
        let pause = Span.seconds(min(300, 1 << Int64(min(max(failures, 1) - 1, 9))))
        log.warning("\(fault)", ["RELAY": channel.route, "PAUSE": "\(pause)"])
        let until = clock.now() + pause
        while clock.now() < until, kick.wait(until: until, clock: clock), !breaker.isPaused {}
    }

    /// The stop came: what was claimed meanwhile goes back, what was done is recorded.
    private func end() {
        outcomes.giveBack(claimed)
        claimed = []
        do throws(Fault) {
            try outcomes.record()
        } catch {
            log.error("\(error) What was accepted stands in the journal and is taken up at the next start.")
        }
        open?.close()
        open = nil
    }
}
