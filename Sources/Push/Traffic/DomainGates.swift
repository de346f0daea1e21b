import Core
import Ledger

/// The limits of receiving domains, over all lanes of an outlet. A lane that claims mail for a domain holds one of the domain's
/// connections until its batch is done; a mail counts in the domain's minute when it is claimed.
struct DomainGates {
    private struct Gate {
        let limit: DomainLimit
        let rate: SendingRate?
        var lanes: Set<Int> = []
    }

    /// How many a lane may claim for each domain, and when it may be worth asking again for those it may not.
    struct Shares {
        var queues: [(queue: DeliveryQueue, most: Int)] = []
        var shut: [(queue: DeliveryQueue, until: Instant)] = []
    }

    /// When another lane may have left a domain.
    private static let lookAgain = Span.milliseconds(100)

    private var gates: [Gate]

    init(_ limits: [DomainLimit], at now: Instant) {
        gates = limits.map { limit in
            Gate(limit: limit, rate: limit.perMinute.map { SendingRate(perMinute: $0, at: now) })
        }
    }

    /// Reserves for a lane what each domain permits, at most `most` each.
    mutating func enter(_ lane: Int, most: Int, at now: Instant) -> Shares {
        var shares = Shares()
        for index in gates.indices {
            let queue = DeliveryQueue.domain(gates[index].limit.name)
            if let connections = gates[index].limit.connections, gates[index].lanes.count >= connections, !gates[index].lanes.contains(lane)
            {
                shares.shut.append((queue, now + Self.lookAgain))
                continue
            }
            var count = 0
            var due: Instant?
            while count < most, due == nil {
                due = gates[index].rate?.take(at: now)
                if due == nil { count += 1 }
            }
            if count > 0 { shares.queues.append((queue, count)) } else if let due { shares.shut.append((queue, due)) }
            if count > 0 { gates[index].lanes.insert(lane) }
        }
        return shares
    }

    /// Takes back what a lane did not claim of its shares.
    mutating func claimed(_ lane: Int, _ shares: [(queue: DeliveryQueue, most: Int)], _ counts: [DeliveryQueue: Int], at now: Instant) {
        for index in gates.indices {
            let queue = DeliveryQueue.domain(gates[index].limit.name)
            guard let share = shares.first(where: { $0.queue == queue }) else { continue }
            let count = counts[queue] ?? 0
            gates[index].rate?.refund(share.most - count, at: now)
            if count == 0 { gates[index].lanes.remove(lane) }
        }
    }

    /// The lane's batch is done.
    mutating func leave(_ lane: Int) { for index in gates.indices { gates[index].lanes.remove(lane) } }
}
