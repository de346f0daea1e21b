import Core
import Database

extension Ledger {
    /// pending | deferred | ambiguous → sending: hands out deliveries that are due, the longest due first. The attempt is on the
    /// disk before this returns, so before the network is touched.
    package func claim(_ order: ClaimOrder, at now: Instant) throws(Fault) -> [ClaimedDelivery] {
        guard let due = try nextDue(order.outlet, in: order.queues.map(\.queue)), due <= now else { return [] }
        return try write([]) { db throws(Fault) in try db.claim(order, at: now) }
    }

    /// The same for an outlet without limits.
    package func claim(_ outlet: String, limit: Int, at now: Instant) throws(Fault) -> [ClaimedDelivery] {
        try claim(ClaimOrder(outlet, limit: limit), at: now)
    }

    /// sending → sent: the receiver has taken it over.
    package func acknowledge(_ delivery: ClaimedDelivery, reply: String, route: String, at now: Instant) throws(Fault) {
        try recordAlone(DeliveryResult(delivery, .acknowledge, reply: reply, route: route, at: now))
    }

    /// sending → deferred: a temporary refusal, or no conversation at all; tried again at `until`.
    package func deferUntil(_ until: Instant, _ delivery: ClaimedDelivery, reply: String, route: String, at now: Instant) throws(Fault) {
        try recordAlone(DeliveryResult(delivery, .deferUntil(until), reply: reply, route: route, at: now))
    }

    /// sending → ambiguous: complete on the wire, its answer lost; tried again at `until` under the same Message-ID.
    package func doubt(_ delivery: ClaimedDelivery, until: Instant, reply: String, route: String, at now: Instant) throws(Fault) {
        try recordAlone(DeliveryResult(delivery, .doubt(until: until), reply: reply, route: route, at: now))
    }

    /// sending → failed: a permanent refusal, or too late.
    package func fail(_ delivery: ClaimedDelivery, reply: String, route: String, at now: Instant) throws(Fault) {
        try recordAlone(DeliveryResult(delivery, .fail, reply: reply, route: route, at: now))
    }

    /// sending → pending: claimed but never touched, so the attempt does not count.
    package func giveBack(_ deliveries: [ClaimedDelivery], at now: Instant) throws(Fault) {
        guard !deliveries.isEmpty else { return }
        _ = try record(deliveries.map { DeliveryResult($0, .giveBack, reply: "", route: "", at: now) }, claiming: nil, at: now)
    }

    private func recordAlone(_ result: DeliveryResult) throws(Fault) {
        if let fault = try record([result], claiming: nil, at: result.at).refused.first { throw fault }
    }

    /// sending → sent, for what the lanes of a former process had noted in the journal as taken over and not recorded any more. To
    /// be called before ``recoverInterrupted(at:)``. Notes of anything that is not being sent in that attempt are passed over.
    /// Returns how many deliveries were acknowledged.
    package func replayJournal() throws(Fault) -> Int {
        let journal = try openedJournal()
        let notes = journal.abandoned()
        let count = notes.isEmpty ? 0 : try write([]) { db throws(Fault) in try db.acknowledge(notes) }
        journal.forgetAbandoned()
        return count
    }

    /// A lane's part of the journal. Throws a ``Fault`` when it cannot be opened or has no room for another lane.
    package func openJournalLane() throws(Fault) -> JournalLane { try openedJournal().lane() }

    /// sending → pending, for all that a former process left behind when it was killed. Whether the one in flight on each
    /// connection arrived cannot be known; it goes again under the same Message-ID. Returns how many there were.
    package func recoverInterrupted(at now: Instant) throws(Fault) -> Int {
        try write([.deliveries]) { db throws(Fault) in try db.recoverInterrupted(at: now) }
    }

    /// failed → pending for an edition: the editor has mended what was wrong. Who is suppressed stays so. Returns how many.
    package func retryFailed(_ edition: EditionID, by actor: String, stopBy: Instant, at now: Instant) throws(Fault) -> Int {
        try write([.deliveries, .alarms]) { db throws(Fault) in
            let state = try db.first("SELECT state FROM edition WHERE id = ?", Value(edition)) { $0.text(0) }
            guard state != EditionState.recalled.rawValue else {
                throw Fault(
                    "retry", "edition \(edition)", cause: "it is recalled, and nothing is left in it",
                    mend: "Who had got it can be told with ‘budstikke recall EDITION --mail’.")
            }
            let count = try db.retryFailed(edition, at: now)
            // Also when all that were held are suppressed by now: nothing waits for a person any more.
            try db.run(
                "UPDATE alarm SET ended = ? WHERE kind = ? AND ended IS NULL AND object = (SELECT slug FROM edition WHERE id = ?)",
                Value(now), Value(Ledger.setbackAlarm), Value(edition))
            if count > 0 {
                try db.run("UPDATE edition SET stop_by = max(stop_by, ?) WHERE id = ?", Value(stopBy), Value(edition))
                // They are answered anew: counted twice, the same few would pause the edition.
                try db.run(
                    "UPDATE dispatch SET answered = max(0, answered - ?1), refused = max(0, refused - ?1) WHERE edition = ?2",
                    Value(count), Value(edition))
                let slug = try db.first("SELECT slug FROM edition WHERE id = ?", Value(edition)) { $0.text(0) } ?? "\(edition)"
                try db.audit(now, actor, "retry", "edition \(slug)", Phrase.deliveries.written(["count": "\(count)"]))
            }
            return count
        }
    }

    /// When the next delivery of an outlet may be claimed, whatever limits and quiet hours say; paused ones never.
    package func nextDue(_ outlet: String) throws(Fault) -> Instant? {
        try read { db throws(Fault) in
            try db.first(
                """
                SELECT min(due) FROM (SELECT (SELECT due FROM delivery WHERE outlet = ? AND queue = known.name AND due IS NOT NULL
                ORDER BY due, id LIMIT 1) AS due FROM (SELECT '' AS name UNION ALL SELECT '!' UNION ALL SELECT name FROM throttled_domain)
                AS known)
                """, Value(outlet)
            ) { $0.optionalInstant(0) } ?? nil
        }
    }

    /// The same for some of its queues.
    package func nextDue(_ outlet: String, in queues: [DeliveryQueue]) throws(Fault) -> Instant? {
        try read { db throws(Fault) in
            var earliest: Instant?
            for queue in queues {
                let due = try db.first(
                    "SELECT due FROM delivery WHERE outlet = ? AND queue = ? AND due IS NOT NULL ORDER BY due, id LIMIT 1", Value(outlet),
                    Value(queue.stored)
                ) { $0.instant(0) }
                if let due { earliest = min(due, earliest ?? due) }
            }
            return earliest
        }
    }

    /// How many deliveries are due in some queues of an outlet; counts no further than `limit` in each.
    package func dueCount(_ outlet: String, in queues: [DeliveryQueue], limit: Int, at now: Instant) throws(Fault) -> Int {
        try read { db throws(Fault) in
            var count = 0
            for queue in queues { count += try db.dueCount(outlet, queue, limit, now) }
            return count
        }
    }

    /// An edition's deliveries by number, those after `last`; a million at most.
    package func deliveries(
        of edition: EditionID, failedOnly: Bool = false, after last: DeliveryID? = nil, limit: Int = 1_000_000
    ) throws(Fault) -> [DeliveryRecord] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT delivery.id, outlet, recipient.address, state, attempt, since, due, doubtful, route, reply,
                (SELECT trim(verdict || ' ' || status || ' ' || reason) FROM bounce WHERE bounce.recipient = delivery.recipient
                 AND bounce.edition = delivery.edition AND verdict != 'none' ORDER BY at DESC LIMIT 1), correction FROM delivery
                LEFT JOIN recipient ON recipient.id = delivery.recipient
                WHERE edition = ? AND (NOT ? OR state = 'failed') AND delivery.id > coalesce(?, 0) ORDER BY delivery.id LIMIT ?
                """, Value(edition), Value(failedOnly), Value(last), Value(limit)
            ) { row in
                DeliveryRecord(
                    id: row.identifier(0), outlet: row.text(1), address: row.optionalText(2), correction: row.int(11),
                    state: DeliveryState(rawValue: row.text(3)) ?? .failed, attempt: row.int(4), since: row.instant(5),
                    due: row.optionalInstant(6), doubtful: row.int(7), route: row.optionalText(8), reply: row.optionalText(9),
                    bounce: row.optionalText(10))
            }
        }
    }

    /// Stops posting to an endpoint for good (it answered 410 Gone) until an operator allows it again.
    package func stopEndpoint(_ name: String, reason: String, at now: Instant) throws(Fault) {
        try write([.posts]) { db throws(Fault) in
            try db.run(
                "INSERT OR REPLACE INTO endpoint_stop (endpoint, reason, at) VALUES (?, ?, ?)", Value(name), Value(reason), Value(now))
            try db.audit(now, "push", "stop", "endpoint \(name)", reason)
        }
    }

    /// Why an endpoint is stopped; `nil` when it is not.
    package func endpointStop(_ name: String) throws(Fault) -> String? {
        try read { db throws(Fault) in try db.first("SELECT reason FROM endpoint_stop WHERE endpoint = ?", Value(name)) { $0.text(0) } }
    }
}
