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

extension Connection {
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

    /// A page of the audit trail, newest first: lines whose actor, act, object or detail hold some words, before the line of a number.
    package func auditPage(holding words: String, before: Int64?, limit: Int) throws(Fault) -> [(number: Int64, entry: AuditEntry)] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT id, at, actor, act, object, detail FROM audit
                WHERE (?1 = '' OR instr(actor || ' ' || act || ' ' || object || ' ' || detail, ?1) > 0) AND (?2 IS NULL OR id < ?2)
                ORDER BY id DESC LIMIT ?3
                """, Value(words), Value(before), Value(limit)
            ) { row in
                (
                    row.integer(0),
                    AuditEntry(at: row.instant(1), actor: row.text(2), act: row.text(3), object: row.text(4), detail: row.text(5))
                )
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
