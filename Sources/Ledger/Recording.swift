import Core
import Database

/// What became of one claimed delivery, on its way into the ledger with those of the same lane.
package struct DeliveryResult: Sendable {
    /// The transitions that a delivery may make from `sending`, each a function of the ``Ledger``.
    package enum Transition: Hashable, Sendable {
        case acknowledge, fail, giveBack
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

/// What a lane gets for its results.
package struct Recording: Sendable {
    /// What it has claimed in the same transaction.
    package var claimed: [ClaimedDelivery] = []
    /// Results that were not taken, because their delivery is not being sent in that attempt; nothing is claimed then.
    package var refused: [Fault] = []
}

extension Ledger {
    /// Records a lane's results, and claims its next deliveries if it wants any, in one transaction. A result that makes no legal
    /// transition is left out and reported; the others are recorded nevertheless.
    package func record(_ results: [DeliveryResult], claiming limit: Int, of outlet: String, at now: Instant) throws(Fault) -> Recording {
        let topics: Set<Topic> = results.contains { $0.transition == .giveBack } ? [.deliveries] : []
        return try write(topics) { db throws(Fault) in
            var recording = Recording()
            for result in results {
                if let fault = try db.make(result) { recording.refused.append(fault) }
            }
            if recording.refused.isEmpty, limit > 0 { recording.claimed = try db.claim(outlet, limit, now) }
            return recording
        }
    }
}

extension Connection {
    /// Makes the transition; says why when the delivery is not held by who reports it.
    fileprivate func make(_ result: DeliveryResult) throws(Fault) -> Fault? {
        let (delivery, reply, route, at) = (result.delivery, result.reply, result.route, result.at)
        switch result.transition {
        case .acknowledge: return try settle(delivery, .sent, due: nil, reply, route, at)
        case .fail: return try settle(delivery, .failed, due: nil, reply, route, at)
        case .deferUntil(let due): return try settle(delivery, .deferred, due: due, reply, route, at)
        case .doubt(let due): return try settle(delivery, .ambiguous, due: due, reply, route, at)
        case .giveBack:
            try giveBack(delivery, at)
            return nil
        }
    }

    /// pending | deferred | ambiguous → sending, in two statements for however many.
    func claim(_ outlet: String, _ limit: Int, _ now: Instant) throws(Fault) -> [ClaimedDelivery] {
        let claimed: [ClaimedDelivery] = try all(
            """
            SELECT delivery.id, delivery.edition, delivery.attempt + 1, edition.stop_by, recipient.id, recipient.address, recipient.name,
            coalesce(recipient.chosen_language, recipient.language), delivery.variant, recipient.department FROM delivery JOIN edition ON edition.id = delivery.edition
            LEFT JOIN recipient ON recipient.id = delivery.recipient
            WHERE delivery.outlet = ? AND delivery.due <= ? ORDER BY delivery.due, delivery.id LIMIT ?
            """, Value(outlet), Value(now), Value(limit)
        ) { row in
            ClaimedDelivery(
                id: row.identifier(0), edition: row.identifier(1), outlet: outlet,
                target: EmailAddress(row.text(5)).map {
                    .recipient(row.identifier(4), $0, name: row.text(6), Language(rawValue: row.text(7)))
                } ?? .endpoint, attempt: row.int(2), stopBy: row.instant(3), variant: row.text(8), department: row.text(9))
        }
        guard !claimed.isEmpty else { return [] }
        // The same rows: nothing else writes between two statements of a transaction.
        let count = try run(
            """
            UPDATE delivery SET state = 'sending', attempt = attempt + 1, since = ?1, due = NULL WHERE id IN
            (SELECT id FROM delivery WHERE outlet = ?2 AND due <= ?1 ORDER BY due, id LIMIT ?3)
            """, Value(now), Value(outlet), Value(limit))
        guard count == claimed.count else {
            throw Fault(
                "claim", "deliveries of \(outlet)", cause: "\(claimed.count) were due and \(count) were claimed",
                mend: "Stop the service and check the ledger.")
        }
        return claimed
    }

    /// sending → sent, for those of the notes whose delivery is being sent in that attempt. Returns how many they were.
    func acknowledge(_ notes: [AcknowledgementJournal.Note]) throws(Fault) -> Int {
        var count = 0
        for note in notes {
            count += try run(
                """
                UPDATE delivery SET state = 'sent', since = ?, reply = 'accepted; recorded in the journal'
                WHERE id = ? AND state = 'sending' AND attempt = ?
                """, Value(note.at), Value(note.delivery), Value(note.attempt))
        }
        return count
    }

    func giveBack(_ delivery: ClaimedDelivery, _ now: Instant) throws(Fault) {
        try run(
            """
            UPDATE delivery SET state = 'pending', attempt = attempt - 1, since = ?1, due = ?1
            WHERE id = ?2 AND state = 'sending' AND attempt = ?3
            """, Value(now), Value(delivery.id), Value(delivery.attempt))
    }

    /// sending → one of the states that an attempt ends in. Returns why not, when the delivery is not being sent in this attempt.
    func settle(
        _ delivery: ClaimedDelivery, _ state: DeliveryState, due: Instant?, _ reply: String, _ route: String, _ now: Instant
    ) throws(Fault) -> Fault? {
        let count = try run(
            """
            UPDATE delivery SET state = ?, since = ?, due = ?, reply = ?, route = ?, doubtful = doubtful + ?
            WHERE id = ? AND state = 'sending' AND attempt = ?
            """, Value(state.rawValue), Value(now), Value(due), Value(String(reply.prefix(500))), Value(route),
            Value(state == .ambiguous ? 1 : 0), Value(delivery.id), Value(delivery.attempt))
        guard count != 1 else { return nil }
        return Fault(
            "make \(state.rawValue)", "delivery \(delivery.id)", cause: "it is not being sent by this lane any more",
            mend: "Report this with the log.")
    }
}
