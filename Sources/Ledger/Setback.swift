import Core
import Database

/// What was held because the ledger had gone back in time.
package struct Setback: Hashable, Codable, Sendable {
    /// An edition, and how many of its deliveries are held.
    package struct Held: Hashable, Codable, Sendable {
        package var edition: String
        package var deliveries: Int
    }

    /// Editions whose time is past, or that were released in the ledger that stood there before.
    package var editions: [String] = []
    package var deliveries: [Held] = []
    /// Crisis messages that stood: each waits to be confirmed again.
    package var alerts: [AlertID] = []
    /// Notices (receipts, notes of refusal) that waited; they are given up.
    package var notices = 0

    /// For an operator, a line for each.
    package var lines: [String] {
        editions.map { "\($0) is held: it may have been released already. Release it with ‘budstikke run’, if it has not." }
            + deliveries.map {
                "\($0.edition): \($0.deliveries) deliveries are held, for they may have arrived already. "
                    + "‘budstikke retry \($0.edition)’ sends them."
            }
            + alerts.map {
                "The crisis message \($0) stood in it and is shown nowhere: it may be over. ‘budstikke alert --confirm \($0)’ brings it back."
            }
            + (notices > 0 ? ["\(notices) notices to editors are given up: they may have arrived already."] : [])
    }
}

extension Ledger {
    static let setbackAlarm = "held-deliveries"

    /// Holds what may have happened already, when the ledger is behind its ``LedgerMark``: an old backup, a rolled back snapshot, a lost
    /// log. Editions that are overdue, or are known to have been released, wait for an editor; deliveries under way become failed
    /// ones, which an editor sends again by `retry`, with an alarm for each edition. To be called before anything is sent. Returns `nil` when there is nothing to settle; a crash before it returns leaves it to be done again.
    package func settleSetback(at now: Instant) throws(Fault) -> Setback? {
        guard isSetBack.withLock({ $0 }) else { return nil }
        // What the lanes had noted as accepted need not be held. Of another ledger's deliveries the notes prove nothing.
        if isOfThisPlace { _ = try replayJournal() } else { try openedJournal().forgetAbandoned() }
        let (setback, generation) = try write(Set(Topic.allCases)) { db throws(Fault) in
            var setback = Setback()
            let open: [(id: EditionID, slug: String, publication: String, scheduled: String, release: Instant)] = try db.all(
                "SELECT id, slug, publication, scheduled, release FROM edition WHERE state IN ('open', 'closed', 'held') ORDER BY release"
            ) { row in (row.identifier(0), row.text(1), row.text(2), row.text(3), row.instant(4)) }
            for edition in open {
                let wasReleased = mark.hasReleased(edition.publication, edition.scheduled)
                guard wasReleased || edition.release <= now else { continue }
                let reason = wasReleased ? Phrase.releasedBefore : .maybeReleasedBefore
                _ = try db.moveEdition(edition.id, from: [.open, .closed, .held], to: .held, reason: reason.written())
                setback.editions.append(edition.slug)
            }
            (setback.deliveries, setback.notices) = try db.holdDeliveries(at: now)
            setback.alerts = try db.proposeStandingAlerts()
            // Who had logged out since, or lost a role, must not be back.
            try db.run("DELETE FROM session")
            try db.audit(
                now, "service", "settle", "ledger",
                Phrase.ledgerWentBack.written([
                    "editions": "\(setback.editions.count)", "count": "\(setback.deliveries.map(\.deliveries).reduce(0, +))",
                    "notices": "\(setback.notices)",
                ]))
            try Generation.pass(mark.count, db)
            return (setback, try Generation(in: db))
        }
        // Whether it counts on from the former or came from elsewhere: from here on it is the one that this folder knows.
        try mark.adopt(generation.ledger, generation.count)
        isSetBack.withLock { $0 = false }
        return setback
    }
}

extension Connection {
    /// pending | sending | deferred | ambiguous → failed, and the parts of releases that are not added yet become failed ones too.
    fileprivate func holdDeliveries(at now: Instant) throws(Fault) -> ([Setback.Held], notices: Int) {
        while try first("SELECT 1 FROM release_rest LIMIT 1", make: { _ in true }) ?? false { try addPart(at: now) }
        let held = try all(
            """
            SELECT edition.slug, count(*) FROM delivery JOIN edition ON edition.id = delivery.edition
            WHERE delivery.state IN ('pending', 'sending', 'deferred', 'ambiguous') GROUP BY edition.id ORDER BY edition.id
            """
        ) { Setback.Held(edition: $0.text(0), deliveries: $0.int(1)) }
        let notices = try first(
            "SELECT count(*) FROM delivery WHERE notice IS NOT NULL AND state IN ('pending', 'sending', 'deferred', 'ambiguous')"
        ) { $0.int(0) }
        try run(
            """
            UPDATE delivery SET state = 'failed', since = ?, due = NULL,
            reply = 'held: an older ledger was put in place, and this may have arrived before'
            WHERE state IN ('pending', 'sending', 'deferred', 'ambiguous')
            """, Value(now))
        for line in held {
            try run(
                "INSERT OR IGNORE INTO alarm (kind, object, text, raised) VALUES (?, ?, ?, ?)", Value(Ledger.setbackAlarm),
                Value(line.edition),
                Value(
                    "\(line.deliveries) deliveries of \(line.edition) are held: an older ledger was put in place, and they may have arrived "
                        + "already. See ‘budstikke deliveries \(line.edition)’; ‘budstikke retry \(line.edition)’ sends them."), Value(now))
        }
        // A receiver that has it under a name of ours would know a copy; the others would not.
        let posts = try run(
            """
            UPDATE post SET state = 'failed', uncertain = 1, since = ?, due = NULL,
            reply = 'held: an older ledger was put in place, and this may have been posted before'
            WHERE state IN ('pending', 'sending', 'deferred', 'ambiguous')
            """, Value(now))
        if posts > 0 {
            try run(
                "INSERT OR IGNORE INTO alarm (kind, object, text, raised) VALUES (?, 'posts', ?, ?)", Value(Ledger.setbackAlarm),
                Value(
                    "\(posts) intranet posts are held: an older ledger was put in place, and they may have been posted already. See "
                        + "‘budstikke posts --failed’; ‘budstikke posts retry’ posts them."), Value(now))
        }
        // News that is days old is no news on a phone.
        try stopPhones(nil, because: "given up: an older ledger was put in place, and this may have been shown before", at: now)
        return (held, notices ?? 0)
    }
}
