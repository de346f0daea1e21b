import Core
import Database

/// What became of one claimed delivery, on its way into the ledger with those of the same lane.
package struct DeliveryResult: Sendable {
    /// The transitions that a delivery may make from `sending`, each a function of the ``Ledger``.
    package enum Transition: Hashable, Sendable {
        case acknowledge, giveBack
        /// The receiver refuses it for good.
        case fail
        /// Nobody refused it, its time is over.
        case giveUp
        case deferUntil(Instant)
        case doubt(until: Instant)
    }

    package let delivery: ClaimedDelivery
    package let transition: Transition
    package let reply: String
    package let route: String
    package let at: Instant

    package init(_ delivery: ClaimedDelivery, _ transition: Transition, reply: String, route: String, at now: Instant) {
        self.delivery = delivery
        self.transition = transition
        self.reply = reply
        self.route = route
        at = now
    }
}

extension DeliveryResult.Transition {
    /// The state that an attempt has led to; `nil` for what was no attempt.
    package var outcome: DeliveryState? {
        switch self {
        case .acknowledge: .sent
        case .fail, .giveUp: .failed
        case .deferUntil: .deferred
        case .doubt: .ambiguous
        case .giveBack: nil
        }
    }
}

/// What a lane gets for its results.
package struct Recording: Sendable {
    /// What it has claimed in the same transaction.
    package var claimed: [ClaimedDelivery] = []
    /// Results that were not taken, because their delivery is not being sent in that attempt; nothing is claimed then.
    package var refused: [Fault] = []
    /// Editions that these results have paused.
    package var paused: [PausedEdition] = []
}

extension Ledger {
    /// Records a lane's results, pauses editions of which too much is refused, and claims the lane's next deliveries if it wants
    /// any, in one transaction. A result that makes no legal transition is left out and reported; the others are recorded
    /// nevertheless.
    package func record(
        _ results: [DeliveryResult], claiming order: ClaimOrder?, pausing rule: PauseRule? = nil, at now: Instant
    ) throws(Fault) -> Recording {
        let topics: Set<Topic> = results.contains { $0.transition == .giveBack } ? [.deliveries] : []
        return try write(topics) { db throws(Fault) in
            var recording = Recording()
            var made: [DeliveryResult] = []
            for result in results {
                if let fault = try db.make(result) { recording.refused.append(fault) } else { made.append(result) }
            }
            try db.count(made, at: now)
            try db.noteMoments(of: results)
            recording.paused = try db.tally(results, rule, at: now)
            if recording.refused.isEmpty, let order, order.limit > 0 { recording.claimed = try db.claim(order, at: now) }
            return recording
        }
    }

    /// The same for an outlet without limits.
    package func record(_ results: [DeliveryResult], claiming limit: Int, of outlet: String, at now: Instant) throws(Fault) -> Recording {
        try record(results, claiming: limit > 0 ? ClaimOrder(outlet, limit: limit) : nil, at: now)
    }

    /// How many deliveries went over a route in each minute (counted from 1970) since an instant.
    package func use(of route: String, since: Instant) throws(Fault) -> [(minute: Int64, count: Int)] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT minute, count FROM route_use WHERE route = ? AND minute >= ? ORDER BY minute", Value(route),
                .integer(since.seconds / 60)
            ) { ($0.integer(0), $0.int(1)) }
        }
    }
}

extension Connection {
    /// Makes the transition; says why when the delivery is not held by who reports it.
    fileprivate func make(_ result: DeliveryResult) throws(Fault) -> Fault? {
        let said = Said(reply: result.reply, route: result.route, at: result.at)
        switch result.transition {
        case .acknowledge: return try acknowledge(result.delivery, said)
        case .fail, .giveUp: return try fail(result.delivery, said)
        case .deferUntil(let due): return try deferUntil(due, result.delivery, said)
        case .doubt(let due): return try doubt(result.delivery, until: due, said)
        case .giveBack:
            try giveBack(result.delivery, at: result.at)
            return nil
        }
    }

    /// Adds what was complete on the wire to its route's count, and forgets what is older than two days.
    fileprivate func count(_ results: [DeliveryResult], at now: Instant) throws(Fault) {
        var counts: [String: Int] = [:]
        for result in results {
            switch result.transition {
            case .acknowledge, .doubt: counts[result.route, default: 0] += 1
            case .fail, .giveUp, .giveBack, .deferUntil: break
            }
        }
        for (route, count) in counts {
            let minute = now.seconds / 60
            try run(
                """
                INSERT INTO route_use (route, minute, count) VALUES (?1, ?2, ?3)
                ON CONFLICT (route, minute) DO UPDATE SET count = count + ?3
                """, Value(route), .integer(minute), Value(count))
            try run("DELETE FROM route_use WHERE route = ? AND minute < ?", Value(route), .integer(minute - 2 * 24 * 60))
        }
        var outcomes: [[String]: Int] = [:]
        for result in results {
            guard let state = result.transition.outcome else { continue }
            outcomes[[result.route, state.rawValue], default: 0] += 1
        }
        for (labels, count) in outcomes { try add(count, to: .outcomes, labels[0], labels[1]) }
    }
}
