import Core
import Ledger
import Synchronization

/// Decides what each lane of an outlet may claim next.
///
/// Comes in: a lane that is free. Goes out: an order for the ledger, or how long to wait. By whom a delivery goes follows from, in
/// this order: who is in use (``CircuitBreaker``), quiet hours, the lowest priority number that has somebody in use, what the
/// channel's own limits permit, what receiving domains permit (``DomainGates``), and the weights (``WeightedTurns``). A channel all
/// of whose lanes have been busy for longer than two seconds is not waited for: others take its turns. Nothing here fails; what is
/// lost with the process is begun anew.
final class OutletTraffic: Sendable {
    enum Decision {
        case wait(until: Instant?)
        case claim(Grant)
    }

    /// A claim that a lane may make. It has to be reported by ``claimed(_:_:at:)``.
    struct Grant: Sendable {
        var order: ClaimOrder
        var isProbe: Bool
        /// Queues that this lane may have none of now, and when to ask again.
        var shut: [(queue: DeliveryQueue, until: Instant)]
        fileprivate let channel: Int
        fileprivate let lane: Int
        fileprivate let isShared: Bool
    }

    private struct State {
        var turns: WeightedTurns
        var gates: DomainGates
        /// What lanes may claim and have not reported yet.
        var granted = 0
        /// Since when each lane of a channel has been at its batch.
        var busy: [[Int: Instant]]
    }

    let outlet: String
    let channels: [any Channel]
    let breakers: [CircuitBreaker]
    private let ledger: Ledger
    private let rules: OutboxRules
    private let state: Mutex<State>

    private static let patience = Span.seconds(2)
    /// A lane claims what its channel may send in this time.
    private static let ahead = Span.seconds(2)
    private static let turnPause = Span.milliseconds(50)
    private static let countedBacklog = 4_096

    init(_ outlet: String, _ channels: [any Channel], _ ledger: Ledger, _ rules: OutboxRules, at now: Instant) {
        self.outlet = outlet
        self.channels = channels
        self.ledger = ledger
        self.rules = rules
        breakers = channels.map { _ in CircuitBreaker() }
        state = Mutex(
            State(
                turns: WeightedTurns(weights: channels.map(\.weight)),
                gates: DomainGates(outlet == Outlet.email ? rules.domains : [], at: now),
                busy: channels.map { _ in [:] }))
    }

    /// What a lane (a number of its own in the outlet) of a channel may do; it is done with its former batch.
    func decide(_ channel: Int, lane: Int, wanted: Int, at now: Instant) throws(Fault) -> Decision {
        state.withLock {
            $0.busy[channel][lane] = nil
            $0.gates.leave(lane)
        }
        let quietUntil = quietUntil(channel, now)
        let limit: Int
        switch channels[channel].allowance(at: now, within: Self.ahead) {
        case .unlimited: limit = wanted
        case .upTo(let count): limit = min(count, wanted)
        case .none(let until): return .wait(until: until)
        }
        switch breakers[channel].admission(at: now) {
        case .paused(let until): return .wait(until: until)
        case .probe: return .claim(grant(channel, lane, limit: 1, quietUntil, isProbe: true, isShared: false, now))
        case .inUse: break
        }
        guard isPreferred(channel, isQuiet: quietUntil != nil, now) else { return .wait(until: nil) }
        let round = round(with: channel, now)
        guard round.count(where: \.self) > 1 else {
            return .claim(grant(channel, lane, limit: limit, quietUntil, isProbe: false, isShared: false, now))
        }
        return try share(channel, lane, limit, quietUntil, round, now)
    }

    /// The part of what is waiting that is the channel's turn.
    private func share(
        _ channel: Int, _ lane: Int, _ limit: Int, _ quietUntil: Instant?, _ round: [Bool], _ now: Instant
    ) throws(Fault) -> Decision {
        let queues: [DeliveryQueue] =
            quietUntil != nil ? [.urgent] : [.urgent] + rules.domains.map { .domain($0.name) } + [.general]
        // Counted with the turns in hand: a claim between the count and the turn would give the same delivery to two.
        return try state.withLock { state throws(Fault) in
            let backlog = try ledger.dueCount(outlet, in: queues, limit: Self.countedBacklog, at: now) - state.granted
            guard backlog > 0 else {
                if state.granted > 0 { return .wait(until: now + Self.turnPause) }
                state.turns.finish()
                return .claim(empty(channel, lane, queues, quietUntil))
            }
            let turns = state.turns.take(channel, wanted: limit, backlog: backlog, inRound: round)
            guard turns > 0 else { return .wait(until: now + Self.turnPause) }
            state.granted += turns
            return .claim(grant(channel, lane, limit: turns, quietUntil, isProbe: false, isShared: true, now, &state))
        }
    }

    /// Takes what became of a grant; to be called for each, also when nothing could be claimed.
    func claimed(_ grant: Grant, _ deliveries: [ClaimedDelivery], at now: Instant) {
        state.withLock { state in
            if grant.isShared {
                state.granted -= grant.order.limit
                state.turns.refund(grant.channel, grant.order.limit - deliveries.count)
            }
            let counts = Dictionary(grouping: deliveries, by: \.queue).mapValues(\.count)
            state.gates.claimed(grant.lane, grant.order.queues, counts, at: now)
            if !deliveries.isEmpty { state.busy[grant.channel][grant.lane] = now }
        }
    }

    // MARK: Grants

    private func grant(
        _ channel: Int, _ lane: Int, limit: Int, _ quietUntil: Instant?, isProbe: Bool, isShared: Bool, _ now: Instant
    ) -> Grant {
        state.withLock { grant(channel, lane, limit: limit, quietUntil, isProbe: isProbe, isShared: isShared, now, &$0) }
    }

    private func grant(
        _ channel: Int, _ lane: Int, limit: Int, _ quietUntil: Instant?, isProbe: Bool, isShared: Bool, _ now: Instant,
        _ state: inout State
    ) -> Grant {
        var queues: [(queue: DeliveryQueue, most: Int)] = [(.urgent, limit)]
        var shut: [(queue: DeliveryQueue, until: Instant)] = []
        if let quietUntil {
            shut = [(.general, quietUntil)]
        } else {
            let shares = state.gates.enter(lane, most: limit, at: now)
            queues += shares.queues + [(.general, limit)]
            shut = shares.shut
        }
        let order = ClaimOrder(
            outlet, route: channels[channel].route, limit: limit, queues: queues, lanes: channels[channel].lanes)
        return Grant(order: order, isProbe: isProbe, shut: shut, channel: channel, lane: lane, isShared: isShared)
    }

    /// Nothing is due: a grant of nothing, from which the lane learns when something will be.
    private func empty(_ channel: Int, _ lane: Int, _ queues: [DeliveryQueue], _ quietUntil: Instant?) -> Grant {
        let order = ClaimOrder(outlet, route: channels[channel].route, limit: 0, queues: queues.map { ($0, 0) })
        return Grant(
            order: order, isProbe: false, shut: quietUntil.map { [(.general, $0)] } ?? [], channel: channel, lane: lane, isShared: false)
    }

    // MARK: Who is in the round

    /// A crisis message is urgent and goes at any hour: see ``DeliveryQueue/urgent``.
    private func quietUntil(_ channel: Int, _ now: Instant) -> Instant? {
        guard outlet == Outlet.email else { return nil }
        let ends = [rules.quietHours, channels[channel].quietHours].compactMap { $0?.end(holding: now, in: rules.zone) }
        return ends.max()
    }

    private func isInUse(_ channel: Int, orQuiet: Bool, _ now: Instant) -> Bool {
        !breakers[channel].isPaused && (orQuiet || quietUntil(channel, now) == nil)
    }

    /// Whether nobody with a lower priority number is in use. In quiet hours the others are those that are quiet too.
    private func isPreferred(_ channel: Int, isQuiet: Bool, _ now: Instant) -> Bool {
        let first = channels.indices.filter { isInUse($0, orQuiet: isQuiet, now) }.map { channels[$0].priority }.min()
        return first.map { channels[channel].priority <= $0 } ?? true
    }

    /// Who shares with a channel: the same priority, in use, permitted to send, and with a lane that is or soon will be free.
    private func round(with channel: Int, _ now: Instant) -> [Bool] {
        guard channels.count > 1 else { return [true] }
        let isQuiet = quietUntil(channel, now) != nil
        return channels.indices.map { other in
            if other == channel { return true }
            guard channels[other].priority == channels[channel].priority, isInUse(other, orQuiet: isQuiet, now) else { return false }
            if case .none = channels[other].allowance(at: now, within: Self.ahead) { return false }
            return state.withLock { state in
                let busy = state.busy[other]
                return busy.count < channels[other].lanes || busy.values.contains { now - $0 < Self.patience }
            }
        }
    }
}
