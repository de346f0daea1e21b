import Core
import Database

extension Ledger {
    /// → proposed, or at once standing: a crisis message. One that stands and came from a file of the same name is over with it. The
    /// same item's version is proposed once: asked again, as after a kill, this returns the first one's number.
    package func proposeAlert(_ proposal: AlertProposal, needsTwoPeople: Bool, at now: Instant) throws(Fault) -> AlertID {
        try write([.alerts, .items, .posts]) { db throws(Fault) in
            let same: AlertID? = try db.first(
                "SELECT id FROM alert WHERE item = ? AND version = ?", Value(proposal.item), Value(proposal.version)
            ) { $0.identifier(0) }
            if let same { return same }
            let replaced: [AlertID] = try db.all(
                """
                SELECT alert.id FROM alert JOIN item ON item.id = alert.item JOIN item new ON new.id = ?
                WHERE alert.state IN ('proposed', 'standing') AND item.source = new.source AND item.name = new.name
                """, Value(proposal.item)
            ) { $0.identifier(0) }
            for id in replaced { try db.endAlert(id, .replaced, by: proposal.proposer, farewell: nil, at: now) }
            try db.run(
                """
                INSERT INTO alert (state, drill, item, version, audience, until, proposed, proposer, raised)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, Value(needsTwoPeople ? "proposed" : "standing"), Value(proposal.isDrill), Value(proposal.item),
                Value(proposal.version), Value(proposal.audience), Value(proposal.until), Value(now), Value(proposal.proposer),
                Value(needsTwoPeople ? nil : now))
            let id = AlertID(db.lastInserted)
            try db.audit(
                now, proposal.proposer, needsTwoPeople ? "propose" : "raise", "alert \(id)",
                (proposal.isDrill ? Phrase.drillTo : .messageTo).written(["item": "\(proposal.item)", "audience": proposal.audience]))
            return id
        }
    }

    /// proposed → standing: a second person agrees. Throws when it is the one who proposed it, or its own time is over.
    package func confirmAlert(_ id: AlertID, by actor: String, at now: Instant) throws(Fault) {
        let mend = "See them with ‘budstikke alert --list’."
        try write([.alerts]) { db throws(Fault) in
            let found = try db.first("SELECT state, proposer, until FROM alert WHERE id = ?", Value(id)) {
                (AlertState(rawValue: $0.text(0)), $0.text(1), $0.optionalInstant(2))
            }
            guard let (state, proposer, until) = found else { throw Self.unknownAlert(id) }
            guard state == .proposed else {
                throw Fault("confirm", "the crisis message \(id)", cause: "it is \(state?.rawValue ?? "unknown")", mend: mend)
            }
            guard proposer != actor else {
                throw Fault(
                    "confirm", "the crisis message \(id)", cause: "\(actor) has proposed it", mend: "Have somebody else confirm it.")
            }
            guard until.map({ now < $0 }) ?? true else {
                throw Fault("confirm", "the crisis message \(id)", cause: "its time is over", mend: "Write it anew.")
            }
            try db.run("UPDATE alert SET state = 'standing', raised = ?, confirmer = ? WHERE id = ?", Value(now), Value(actor), Value(id))
            try db.audit(now, actor, "confirm", "alert \(id)")
        }
    }

    /// standing → ended, or proposed → rejected. Mails and posts of it that have not gone yet never go. Throws when it is over already.
    package func endAlert(
        _ id: AlertID, _ ending: AlertEnding, by actor: String, farewell: String? = nil, at now: Instant
    ) throws(Fault) {
        try write([.alerts, .items, .deliveries, .posts]) { db throws(Fault) in
            try db.endAlert(id, ending, by: actor, farewell: farewell, at: now)
        }
    }

    /// Makes the edition of a standing message, or of its all-clear, in the state closed: it can be released. Returns its number.
    package func planAlertEdition(_ id: AlertID, _ kind: AlertMark.Kind, _ plan: EditionPlan, at now: Instant) throws(Fault) -> EditionID {
        try write([.deliveries, .posts]) { db throws(Fault) in
            // It may have been released at the very moment at which it was ended.
            let former: EditionID? = try db.first("SELECT edition FROM alert WHERE id = ? AND edition IS NOT NULL", Value(id)) {
                $0.identifier(0)
            }
            if kind == .ended, let former { try db.stopAlert(former, at: now) }
            try db.run(
                """
                INSERT INTO edition (publication, number, slug, title, audience, scheduled, release, cut_off, state, leader_notes)
                VALUES (?, 0, ?, ?, ?, ?, ?, ?, 'closed', 0)
                """, Value(plan.publication), Value(try db.freeSlug(plan.slug, besides: nil)), Value(plan.title), Value(plan.audience),
                Value(plan.scheduled), Value(plan.release), Value(plan.cutOff))
            let edition = EditionID(db.lastInserted)
            try db.run("UPDATE alert SET \(kind == .raised ? "edition" : "all_clear") = ? WHERE id = ?", Value(edition), Value(id))
            return edition
        }
    }

    package func alert(_ id: AlertID) throws(Fault) -> AlertRecord {
        let found = try read { db throws(Fault) in
            try db.first("\(AlertRecord.columns) WHERE alert.id = ?", Value(id)) { row throws(Fault) in try AlertRecord(row) }
        }
        guard let found else { throw Self.unknownAlert(id) }
        return found
    }

    /// The crisis message that an edition is, or is the all-clear of; `nil` for any other edition.
    package func alert(of edition: EditionRecord) throws(Fault) -> AlertRecord? {
        guard edition.publication == AlertPublication.name else { return nil }
        return try read { db throws(Fault) in
            try db.first("\(AlertRecord.columns) WHERE alert.edition = ?1 OR alert.all_clear = ?1", Value(edition.id)) {
                row throws(Fault) in try AlertRecord(row)
            }
        }
    }

    /// Crisis messages in some states, or in any, the newest first.
    package func alerts(_ states: Set<AlertState> = Set(AlertState.allCases), limit: Int = 100) throws(Fault) -> [AlertRecord] {
        let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try read { db throws(Fault) in
            try db.all("\(AlertRecord.columns) WHERE alert.state IN (\(names)) ORDER BY alert.id DESC LIMIT ?", Value(limit)) {
                row throws(Fault) in try AlertRecord(row)
            }
        }
    }

    /// What every screen shows in place of all else, the newest first: while a real one stands, no drill.
    package func standingAlerts(at now: Instant) throws(Fault) -> [AlertRecord] {
        let standing = try alerts([.standing]).filter { alert in alert.isShown && alert.until.map { now < $0 } ?? true }
        return standing.contains { !$0.isDrill } ? standing.filter { !$0.isDrill } : standing
    }

    /// Crisis messages with something left to do: what stands or waits, and what is over and has not been told.
    package func unsettledAlerts() throws(Fault) -> [AlertRecord] {
        try read { db throws(Fault) in
            try db.all(
                """
                \(AlertRecord.columns) LEFT JOIN edition ON edition.id = alert.edition LEFT JOIN edition clear ON clear.id = alert.all_clear
                WHERE alert.state IN ('proposed', 'standing') OR (alert.state = 'ended' AND alert.ending != 'replaced'
                AND edition.released IS NOT NULL AND clear.released IS NULL) ORDER BY alert.id LIMIT 100
                """
            ) { row throws(Fault) in try AlertRecord(row) }
        }
    }

    /// Who got an edition by mail, or may have.
    package func readers(of edition: EditionID) throws(Fault) -> Set<RecipientID> {
        Set(
            try read { db throws(Fault) in
                try db.all(
                    """
                    SELECT recipient FROM delivery WHERE edition = ? AND recipient IS NOT NULL AND (state IN ('sent', 'sending') OR doubtful > 0)
                    """, Value(edition)
                ) { $0.identifier(0) }
            })
    }

    private static func unknownAlert(_ id: AlertID) -> Fault {
        Fault("find", "the crisis message \(id)", cause: "there is none of this number", mend: "See them with ‘budstikke alert --list’.")
    }
}

extension Connection {
    func endAlert(_ id: AlertID, _ ending: AlertEnding, by actor: String, farewell: String?, at now: Instant) throws(Fault) {
        let found = try first("SELECT state, item, edition FROM alert WHERE id = ?", Value(id)) { row in
            (AlertState(rawValue: row.text(0)), ItemID(row.integer(1)), row.isNull(2) ? nil : EditionID(row.integer(2)))
        }
        guard let (state, item, edition) = found, let state, [.proposed, .standing].contains(state) else {
            throw Fault(
                "end", "the crisis message \(id)", cause: found?.0.map { "it is \($0.rawValue)" } ?? "there is none of this number",
                mend: "See them with ‘budstikke alert --list’.")
        }
        let next = state == .standing ? AlertState.ended : .rejected
        try run(
            "UPDATE alert SET state = ?, ended = ?, ender = ?, ending = ?, farewell = ? WHERE id = ?", Value(next.rawValue), Value(now),
            Value(actor), Value(ending.rawValue), Value(farewell), Value(id))
        // So that the same file, dropped again, is a new message. A new version of it has taken its place already.
        if ending != .replaced {
            try run(
                "UPDATE item SET state = 'superseded', changed = ? WHERE id = ? AND state IN ('accepted', 'approved', 'held')", Value(now),
                Value(item))
        }
        if let edition { try stopAlert(edition, at: now) }
        try audit(now, actor, next == .ended ? "end" : "reject", "alert \(id)", ending.rawValue)
    }

    /// What is not on its way is not sent behind the all-clear; what a lane holds and cannot deliver is given up by the edition's end.
    func stopAlert(_ edition: EditionID, at now: Instant) throws(Fault) {
        try run("UPDATE edition SET stop_by = min(coalesce(stop_by, ?1), ?1) WHERE id = ?2", Value(now), Value(edition))
        try run("DELETE FROM release_rest WHERE edition = ?", Value(edition))
        try run(
            """
            UPDATE delivery SET state = 'failed', since = ?1, due = NULL, reply = 'the crisis message was over'
            WHERE edition = ?2 AND due IS NOT NULL
            """, Value(now), Value(edition))
        try run(
            """
            UPDATE post SET state = 'failed', since = ?1, due = NULL, reply = 'the crisis message was over'
            WHERE kind = 'edition' AND subject = ?2 AND wanted IS NOT NULL AND due IS NOT NULL
            """, Value(now), Value(edition))
        try stopPhones(edition, because: "the crisis message was over", at: now)
    }

    /// standing → proposed, for all: this ledger may not know that they are over.
    func proposeStandingAlerts() throws(Fault) -> [AlertID] {
        let standing: [AlertID] = try all("SELECT id FROM alert WHERE state = 'standing' ORDER BY id") { $0.identifier(0) }
        // Confirmed anew, it is told anew.
        try run("UPDATE alert SET state = 'proposed', proposer = 'an older ledger', edition = NULL WHERE state = 'standing'")
        return standing
    }
}
