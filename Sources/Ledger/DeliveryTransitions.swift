import Core
import Database

/// The transitions of a delivery, one function each; nothing else writes `delivery.state`. See ``DeliveryState``.
///
/// Those from `sending` ask for the ``ClaimedDelivery``, which only a claim makes, and look at the attempt: a lane that has lost its
/// claim has no say. They return why not, when it has; the others return how many deliveries they moved.
extension Connection {
    /// pending | deferred | ambiguous → sending, in two statements for each queue. A paused edition's are in none of the queues.
    func claim(_ order: ClaimOrder, at now: Instant) throws(Fault) -> [ClaimedDelivery] {
        let limit = try share(order, now)
        var claimed: [ClaimedDelivery] = []
        for (queue, most) in order.queues where claimed.count < limit {
            claimed += try claim(order, queue, min(most, limit - claimed.count), now)
        }
        return claimed
    }

    /// What an order may take: its part of what is due, so that a small edition goes over all connections.
    private func share(_ order: ClaimOrder, _ now: Instant) throws(Fault) -> Int {
        guard order.lanes > 1, order.limit > ClaimOrder.leastShare else { return order.limit }
        let enough = order.limit * order.lanes
        var due = 0
        for (queue, _) in order.queues where due < enough { due += try dueCount(order.outlet, queue, enough - due, now) }
        return min(order.limit, max(ClaimOrder.leastShare, (due + order.lanes - 1) / order.lanes))
    }

    /// How many deliveries are due in a queue; counts no further than `limit`.
    func dueCount(_ outlet: String, _ queue: DeliveryQueue, _ limit: Int, _ now: Instant) throws(Fault) -> Int {
        try first(
            "SELECT count(*) FROM (SELECT 1 FROM delivery WHERE outlet = ? AND queue = ? AND due <= ? LIMIT ?)", Value(outlet),
            Value(queue.stored), Value(now), Value(limit)
        ) { $0.int(0) } ?? 0
    }

    private func claim(_ order: ClaimOrder, _ queue: DeliveryQueue, _ limit: Int, _ now: Instant) throws(Fault) -> [ClaimedDelivery] {
        guard limit > 0 else { return [] }
        let claimed: [ClaimedDelivery] = try all(
            """
            SELECT delivery.id, delivery.edition, delivery.attempt + 1, coalesce(edition.stop_by, notice.stop_by), recipient.id,
            recipient.address, recipient.name, coalesce(recipient.chosen_language, recipient.language), delivery.variant,
            recipient.department, notice.id, notice.address, delivery.correction, coalesce(edition.corrections, 0)
            FROM delivery LEFT JOIN edition ON edition.id = delivery.edition
            LEFT JOIN recipient ON recipient.id = delivery.recipient LEFT JOIN notice ON notice.id = delivery.notice
            WHERE delivery.outlet = ? AND delivery.queue = ? AND delivery.due <= ? ORDER BY delivery.due, delivery.id LIMIT ?
            """, Value(order.outlet), Value(queue.stored), Value(now), Value(limit)
        ) { row throws(Fault) in
            ClaimedDelivery(
                id: row.identifier(0), edition: row.isNull(1) ? nil : row.identifier(1), outlet: order.outlet, queue: queue,
                target: try ClaimedDelivery.target(row), attempt: row.int(2), stopBy: row.instant(3), variant: row.text(8),
                department: row.text(9), correction: row.int(12), content: row.int(13))
        }
        guard !claimed.isEmpty else { return [] }
        // The same rows: nothing else writes between two statements of a transaction.
        let count = try run(
            """
            UPDATE delivery SET state = 'sending', attempt = attempt + 1, since = ?1, due = NULL, route = coalesce(?5, route),
            content = coalesce(content, (SELECT corrections FROM edition WHERE edition.id = delivery.edition)) WHERE id IN
            (SELECT id FROM delivery WHERE outlet = ?2 AND queue = ?3 AND due <= ?1 ORDER BY due, id LIMIT ?4)
            """, Value(now), Value(order.outlet), Value(queue.stored), Value(limit), Value(order.route))
        guard count == claimed.count else {
            throw Fault(
                "claim", "deliveries of \(order.outlet)", cause: "\(claimed.count) were due and \(count) were claimed",
                mend: "Stop the service and check the ledger.")
        }
        return claimed
    }

    /// sending → sent: the receiver has taken it over.
    func acknowledge(_ delivery: ClaimedDelivery, _ said: Said) throws(Fault) -> Fault? {
        try end(delivery, "sent", said)
    }

    /// sending → failed: refused for good, or too late.
    func fail(_ delivery: ClaimedDelivery, _ said: Said) throws(Fault) -> Fault? { try end(delivery, "failed", said) }

    /// sending → deferred: to be tried again at `until`.
    func deferUntil(_ until: Instant, _ delivery: ClaimedDelivery, _ said: Said) throws(Fault) -> Fault? {
        try wait(delivery, "deferred", until, said, doubts: 0)
    }

    /// sending → ambiguous: complete on the wire, its answer lost; to be tried again at `until`.
    func doubt(_ delivery: ClaimedDelivery, until: Instant, _ said: Said) throws(Fault) -> Fault? {
        try wait(delivery, "ambiguous", until, said, doubts: 1)
    }

    /// sending → pending: claimed and never touched, so the attempt does not count. No fault when the claim is lost already.
    func giveBack(_ delivery: ClaimedDelivery, at now: Instant) throws(Fault) {
        if try isSuppressed(delivery) {
            _ = try end(delivery, "failed", Said(reply: Ledger.suppressedReply, route: "", at: now))
            return
        }
        try run(
            """
            UPDATE delivery SET state = 'pending', attempt = attempt - 1, since = ?1, due = ?1, queue = \(DeliveryQueue.expression()),
            route = iif(attempt > 1, route, NULL), \(Self.notArrived) WHERE id = ?2 AND state = 'sending' AND attempt = ?3
            """, Value(now), Value(delivery.id), Value(delivery.attempt))
    }

    /// sending → sent, for those of a former process's notes whose delivery is being sent in that attempt.
    func acknowledge(_ notes: [AcknowledgementJournal.Note]) throws(Fault) -> Int {
        var count = 0
        for note in notes {
            let moved = try run(
                """
                UPDATE delivery SET state = 'sent', since = ?, reply = 'accepted; recorded in the journal'
                WHERE id = ? AND state = 'sending' AND attempt = ?
                """, Value(note.at), Value(note.delivery), Value(note.attempt))
            guard moved > 0 else { continue }
            count += moved
            let edition: EditionID? = try first(
                "SELECT edition FROM delivery WHERE id = ? AND edition IS NOT NULL AND correction = 0", Value(note.delivery)
            ) { $0.identifier(0) }
            if let edition { try noteMoment(edition, ReleaseChannel.email, first: note.at, last: note.at) }
            let route = try first("SELECT route FROM delivery WHERE id = ?", Value(note.delivery)) { $0.optionalText(0) } ?? nil
            if let route { try add(moved, to: .outcomes, route, DeliveryState.sent.rawValue) }
        }
        return count
    }

    /// sending → pending, for all that a former process left; sending → failed for those whose address is suppressed.
    func recoverInterrupted(at now: Instant) throws(Fault) -> Int {
        try run(
            """
            UPDATE delivery SET state = 'failed', since = ?1, reply = ?2 WHERE state = 'sending' AND (recipient IN (
            SELECT recipient.id FROM suppression JOIN recipient ON recipient.address_key = suppression.address_key)
            OR notice IN (SELECT notice.id FROM suppression JOIN notice ON notice.address_key = suppression.address_key))
            """, Value(now), Value(Ledger.suppressedReply))
        return try run(
            """
            UPDATE delivery SET state = 'pending', since = ?1, due = ?1, reply = 'interrupted', queue = \(DeliveryQueue.expression())
            WHERE state = 'sending'
            """, Value(now))
    }

    /// failed → pending, for an edition; not for those whose address is suppressed.
    func retryFailed(_ edition: EditionID, at now: Instant) throws(Fault) -> Int {
        try run(
            """
            UPDATE delivery SET state = 'pending', attempt = 0, since = ?1, due = ?1, queue = \(DeliveryQueue.expression())
            WHERE edition = ?2 AND state = 'failed'
            AND (recipient IS NULL OR recipient NOT IN (SELECT recipient.id FROM suppression
                 JOIN recipient ON recipient.address_key = suppression.address_key))
            """, Value(now), Value(edition))
    }

    /// pending | deferred | ambiguous → failed, for an edition: a person has stopped it.
    func giveUpWaiting(_ edition: EditionID, reply: String, at now: Instant) throws(Fault) -> Int {
        try run(
            "UPDATE delivery SET state = 'failed', since = ?, due = NULL, reply = ? WHERE edition = ? AND due IS NOT NULL", Value(now),
            Value(reply), Value(edition))
    }

    /// pending | deferred | ambiguous → failed, for all to a recipient, notices to the same address too: the address is suppressed.
    func giveUpWaiting(to recipient: RecipientID, reply: String, at now: Instant) throws(Fault) -> Int {
        try run(
            """
            UPDATE delivery SET state = 'failed', since = ?1, due = NULL, reply = ?2 WHERE due IS NOT NULL AND (recipient = ?3
            OR notice IN (SELECT notice.id FROM notice JOIN recipient ON recipient.address_key = notice.address_key WHERE recipient.id = ?3))
            """, Value(now), Value(reply), Value(recipient))
    }

    /// What the receiver said, over which way, and when.
    struct Said {
        var reply: String
        var route: String
        var at: Instant
    }

    /// It was refused whole, so what it said has not been read; unless an earlier attempt may have arrived.
    private static let notArrived = "content = iif(doubtful > 0, content, NULL)"

    private func end(_ delivery: ClaimedDelivery, _ state: String, _ said: Said) throws(Fault) -> Fault? {
        let count = try run(
            """
            UPDATE delivery SET state = ?, since = ?, reply = ?, route = ?\(state == "failed" ? ", " + Self.notArrived : "")
            WHERE id = ? AND state = 'sending' AND attempt = ?
            """,
            Value(state), Value(said.at), Value(String(said.reply.prefix(500))), Value(said.route), Value(delivery.id),
            Value(delivery.attempt))
        return count == 1 ? nil : lost(delivery, state)
    }

    private func wait(
        _ delivery: ClaimedDelivery, _ state: String, _ until: Instant, _ said: Said, doubts: Int
    ) throws(Fault) -> Fault? {
        // The report that suppressed the address may have come while this was under way.
        if try isSuppressed(delivery) {
            return try end(delivery, "failed", Said(reply: Ledger.suppressedReply, route: said.route, at: said.at))
        }
        let count = try run(
            """
            UPDATE delivery SET state = ?, since = ?, due = ?, reply = ?, route = ?, doubtful = doubtful + ?,
            queue = \(DeliveryQueue.expression())\(doubts == 0 ? ", " + Self.notArrived : "")
            WHERE id = ? AND state = 'sending' AND attempt = ?
            """, Value(state), Value(said.at), Value(until), Value(String(said.reply.prefix(500))), Value(said.route), Value(doubts),
            Value(delivery.id), Value(delivery.attempt))
        return count == 1 ? nil : lost(delivery, state)
    }

    private func isSuppressed(_ delivery: ClaimedDelivery) throws(Fault) -> Bool {
        switch delivery.target {
        case .recipient(_, let address, _, _), .notice(_, let address): try isSuppressed(address.key)
        }
    }

    private func lost(_ delivery: ClaimedDelivery, _ state: String) -> Fault {
        Fault(
            "make \(state)", "delivery \(delivery.id)", cause: "it is not being sent by this lane any more",
            mend: "Report this with the log.")
    }
}

extension ClaimedDelivery {
    /// Of the columns of a claim.
    fileprivate static func target(_ row: borrowing Row) throws(Fault) -> Target {
        if let address = EmailAddress(row.text(11)) { return .notice(row.identifier(10), address) }
        if let address = EmailAddress(row.text(5)) {
            return .recipient(row.identifier(4), address, name: row.text(6), Language(rawValue: row.text(7)))
        }
        throw Fault("claim", "a delivery", cause: "it has no address", mend: "Restore the ledger from a backup.")
    }
}
