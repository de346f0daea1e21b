import Core
import Database

/// An edition whose deliveries wait for a person, because too many were refused.
package struct PausedEdition: Hashable, Sendable {
    package var slug: String
    package var reason: String
}

/// The pause of a released edition's deliveries.
///
///     running ──pause──▶ paused ──resume──▶ running
///                           └────stop──────▶ over: what waited has failed
///
/// Paused means: what waits stands in the queue that nobody claims from. What lanes hold already, at most a batch each, is finished,
/// and what of it has to wait goes into that queue too. Posts that no endpoint has been told of wait as well (``PostRecord``).
extension Ledger {
    /// running → paused, by a person. Throws a ``Fault`` when the edition is not released, or paused already.
    package func pauseDeliveries(of edition: EditionID, reason: String, by actor: String, at now: Instant) throws(Fault) {
        try write([.deliveries, .editions]) { db throws(Fault) in
            let slug = try db.slug(ofDispatched: edition, isPaused: false, "pause")
            try db.pause(edition, reason)
            try db.audit(now, actor, "pause", "edition \(slug)", reason)
        }
    }

    /// paused → running. What was refused so far does not count any more, so that it is not paused again at once.
    package func resumeDeliveries(of edition: EditionID, by actor: String, at now: Instant) throws(Fault) {
        try write([.deliveries, .editions, .posts]) { db throws(Fault) in
            let slug = try db.slug(ofDispatched: edition, isPaused: true, "resume")
            try db.run("UPDATE dispatch SET paused = NULL, answered = 0, refused = 0 WHERE edition = ?", Value(edition))
            try db.requeue(edition)
            try db.audit(now, actor, "resume", "edition \(slug)", "")
        }
    }

    /// running | paused → over: pending | deferred | ambiguous → failed for all that wait. Returns how many did. Deliveries of a release
    /// that are not added yet are added first, paused, so that they are over too and not sent after the stop; a crash in between
    /// leaves the edition paused.
    package func stopDeliveries(of edition: EditionID, by actor: String, at now: Instant) throws(Fault) -> Int {
        try write([.deliveries, .editions]) { db throws(Fault) in
            _ = try db.slug(ofDispatched: edition, isPaused: nil, "stop")
            if try db.hasRest(of: edition) { try db.pause(edition, "stopped by \(actor)") }
        }
        try continueReleases(at: now)
        return try write([.deliveries, .editions, .posts]) { db throws(Fault) in
            let slug = try db.slug(ofDispatched: edition, isPaused: nil, "stop")
            let count = try db.giveUpWaiting(edition, reply: "stopped by \(actor)", at: now)
            let posts = try db.giveUpUntold(edition, reply: "stopped by \(actor)", at: now)
            try db.run("UPDATE dispatch SET paused = NULL, answered = 0, refused = 0 WHERE edition = ?", Value(edition))
            try db.audit(
                now, actor, "stop", "edition \(slug)",
                Phrase.deliveriesAndPosts.written(["count": "\(count)", "posts": "\(posts)"]))
            return count
        }
    }

    /// Why the deliveries of an edition are paused; `nil` when they are not.
    package func pause(of edition: EditionID) throws(Fault) -> String? {
        try read { db throws(Fault) in
            try db.first("SELECT paused FROM dispatch WHERE edition = ?", Value(edition)) { $0.optionalText(0) } ?? nil
        }
    }

    /// Names the receiving domains that have limits: deliveries to them stand in queues of their own from now on.
    package func throttle(_ domains: Set<String>) throws(Fault) {
        let former = try read { db throws(Fault) in try db.all("SELECT name FROM throttled_domain") { $0.text(0) } }
        guard Set(former) != domains else { return }
        try write([.deliveries]) { db throws(Fault) in
            try db.run("DELETE FROM throttled_domain")
            for name in domains.sorted() { try db.run("INSERT INTO throttled_domain (name) VALUES (?)", Value(name)) }
            try db.run("UPDATE delivery SET queue = \(DeliveryQueue.expression()) WHERE due IS NOT NULL")
        }
    }
}

extension Connection {
    /// Counts what was answered for each edition, and pauses those of which too much is refused.
    func tally(_ results: [DeliveryResult], _ rule: PauseRule?, at now: Instant) throws(Fault) -> [PausedEdition] {
        var counts: [EditionID: (answered: Int, refused: Int)] = [:]
        for result in results {
            // A notice belongs to no edition.
            guard let edition = result.delivery.edition else { continue }
            switch result.transition {
            case .acknowledge: counts[edition, default: (0, 0)].answered += 1
            case .fail:
                counts[edition, default: (0, 0)].answered += 1
                counts[edition, default: (0, 0)].refused += 1
            case .giveUp, .giveBack, .deferUntil, .doubt: break
            }
        }
        var paused: [PausedEdition] = []
        for (edition, count) in counts {
            try run(
                "UPDATE dispatch SET answered = answered + ?, refused = refused + ? WHERE edition = ?", Value(count.answered),
                Value(count.refused), Value(edition))
            guard let rule, count.refused > 0, let reason = try reasonToPause(edition, rule) else { continue }
            try pause(edition, reason)
            let slug = try first("SELECT slug FROM edition WHERE id = ?", Value(edition)) { $0.text(0) } ?? "\(edition)"
            try audit(now, "push", "pause", "edition \(slug)", reason)
            paused.append(PausedEdition(slug: slug, reason: reason))
        }
        return paused
    }

    private func reasonToPause(_ edition: EditionID, _ rule: PauseRule) throws(Fault) -> String? {
        // A crisis message is not held back for the sake of those who cannot be reached.
        let counts = try first(
            "SELECT answered, refused FROM dispatch WHERE edition = ? AND paused IS NULL AND NOT urgent", Value(edition)
        ) {
            (answered: $0.int(0), refused: $0.int(1))
        }
        guard let counts, rule.isMet(refused: counts.refused, of: counts.answered) else { return nil }
        return Phrase.manyRefused.written(["refused": "\(counts.refused)", "count": "\(counts.answered)"])
    }

    fileprivate func pause(_ edition: EditionID, _ reason: String) throws(Fault) {
        try run("UPDATE dispatch SET paused = ? WHERE edition = ?", Value(reason), Value(edition))
        try requeue(edition)
    }

    /// pending | deferred | ambiguous → failed, for an edition's posts that no endpoint has been told of. Returns how many.
    func giveUpUntold(_ edition: EditionID, reply: String, at now: Instant) throws(Fault) -> Int {
        try run(
            """
            UPDATE post SET state = 'failed', since = ?, due = NULL, reply = ? WHERE edition = ? AND told IS NULL AND wanted IS NOT NULL
            AND due IS NOT NULL
            """, Value(now), Value(reply), Value(edition))
    }

    fileprivate func hasRest(of edition: EditionID) throws(Fault) -> Bool {
        try first("SELECT 1 FROM release_rest WHERE edition = ? LIMIT 1", Value(edition)) { _ in true } ?? false
    }

    fileprivate func requeue(_ edition: EditionID) throws(Fault) {
        try run("UPDATE delivery SET queue = \(DeliveryQueue.expression()) WHERE edition = ? AND due IS NOT NULL", Value(edition))
    }

    /// Throws when the edition was not released, or its deliveries are paused or not against the wish.
    fileprivate func slug(ofDispatched edition: EditionID, isPaused wanted: Bool?, _ operation: String) throws(Fault) -> String {
        let found = try first(
            "SELECT slug, paused IS NOT NULL FROM edition JOIN dispatch ON dispatch.edition = edition.id WHERE edition.id = ?",
            Value(edition)
        ) { (slug: $0.text(0), isPaused: $0.bool(1)) }
        guard let found, wanted == nil || wanted == found.isPaused else {
            throw Fault(
                operation, found.map { "edition \($0.slug)" } ?? "edition \(edition)",
                cause: found.map { $0.isPaused ? "it is paused already" : "it is not paused" } ?? "it has no deliveries yet",
                mend: "See the editions with ‘budstikke status’.")
        }
        return found.slug
    }
}
