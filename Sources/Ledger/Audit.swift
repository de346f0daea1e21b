import Core
import Database

/// One line of the audit trail: who did what to what, and when. Lines are only ever added.
package struct AuditEntry: Hashable, Codable, Sendable {
    package var at: Instant
    /// `intake`, `planner`, `push`, `cli`, or a user's name.
    package var actor: String
    package var act: String
    /// Such as `item 12`, `edition direktionens-nyhedsbrev-2026-12-01`; never a person's address.
    package var object: String
    package var detail: String
}

/// Which lines of the audit trail a page shows.
package struct AuditFilter: Hashable, Sendable {
    /// Words that stand in the actor, the act, the object or the detail, in capital letters or small; empty for all lines.
    package var search = ""
    /// Lines of these actors and acts are shown whatever they hold: whoever reads the page sees other words for them.
    package var actors: [String] = []
    package var acts: [String] = []
    /// And those that hold one of these phrases.
    package var phrases: [Phrase] = []
    /// Only lines with a lower number: the next page.
    package var before: Int64?

    package init() {}
}

extension Connection {
    /// The number of the oldest line that a page of a search looks at; `nil` when it looks at all that are left.
    fileprivate func oldestSearched(_ filter: AuditFilter) throws(Fault) -> Int64? {
        let before =
            if let before = filter.before { before } else { try first("SELECT max(id) FROM audit") { $0.integer(0) + 1 } ?? 0 }
        return before > Ledger.searchedLines ? before - Ledger.searchedLines : nil
    }

    func audit(_ at: Instant, _ actor: String, _ act: String, _ object: String, _ detail: String = "") throws(Fault) {
        try run(
            "INSERT INTO audit (at, actor, act, object, detail) VALUES (?, ?, ?, ?, ?)", Value(at), Value(actor), Value(act), Value(object),
            Value(detail))
    }
}

extension Ledger {
    /// Records that somebody sent an item with a browser: `object` is its source and name.
    package func recordSubmission(by actor: String, _ object: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in try db.audit(now, actor, "submit", object) }
    }

    /// So many lines are looked at for one page of a search; ``auditReach(_:)`` says where the next one goes on.
    package static let searchedLines: Int64 = 3_000

    /// A page of the audit trail, newest first. A search looks at the ``searchedLines`` newest ones before the page's beginning.
    package func auditPage(_ filter: AuditFilter, limit: Int) throws(Fault) -> [(number: Int64, entry: AuditEntry)] {
        let words = filter.search.searchText
        let (actors, acts) = (try Stored.text(filter.actors), try Stored.text(filter.acts))
        let phrases = try Stored.text(filter.phrases.map(\.longestPiece))
        return try read { db throws(Fault) in
            let oldest = words.isEmpty ? nil : try db.oldestSearched(filter)
            return try db.all(
                """
                SELECT id, at, actor, act, object, detail FROM audit
                WHERE (?1 = '' OR actor IN (SELECT value FROM json_each(?2)) OR act IN (SELECT value FROM json_each(?3))
                    OR EXISTS (SELECT 1 FROM json_each(?7) WHERE instr(detail, value))
                    OR holds(small(actor || ' ' || act || ' ' || object || ' ' || detail), ?1))
                AND id < coalesce(?4, 9223372036854775807) AND id >= coalesce(?5, 0) ORDER BY id DESC LIMIT ?6
                """, Value(words), Value(actors), Value(acts), Value(filter.before), Value(oldest), Value(limit),
                Value(phrases)
            ) { row in
                (
                    row.integer(0),
                    AuditEntry(at: row.instant(1), actor: row.text(2), act: row.text(3), object: row.text(4), detail: row.text(5))
                )
            }
        }
    }

    /// How far back a page of a search has looked; `nil` when nothing is left before that, or nothing is searched for.
    package func auditReach(_ filter: AuditFilter) throws(Fault) -> SearchReach? {
        guard !filter.search.searchText.isEmpty else { return nil }
        return try read { db throws(Fault) in
            guard let oldest = try db.oldestSearched(filter),
                try db.first("SELECT 1 FROM audit WHERE id < ? LIMIT 1", Value(oldest), make: { _ in true }) != nil
            else { return nil }
            return try db.first("SELECT at FROM audit WHERE id >= ? ORDER BY id LIMIT 1", Value(oldest)) { row in
                SearchReach(number: oldest, since: row.instant(0))
            }
        }
    }

    /// The audit trail of one object, or of all, newest first.
    package func auditTrail(of object: String? = nil, limit: Int = 100) throws(Fault) -> [AuditEntry] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT at, actor, act, object, detail FROM audit WHERE ?1 IS NULL OR object = ?1 ORDER BY id DESC LIMIT ?2", Value(object),
                Value(limit)
            ) { row in
                AuditEntry(at: row.instant(0), actor: row.text(1), act: row.text(2), object: row.text(3), detail: row.text(4))
            }
        }
    }
}
