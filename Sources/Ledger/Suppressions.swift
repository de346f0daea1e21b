import Core
import Database

/// An address that is sent nothing any more.
package struct Suppression: Hashable, Codable, Sendable {
    package var address: String
    package var since: Instant
    package var reason: String

    package init(address: String, since: Instant, reason: String) {
        self.address = address
        self.since = since
        self.reason = reason
    }
}

extension Ledger {
    /// The reply of a delivery that was not made because its address is suppressed.
    package static let suppressedReply = "suppressed"

    /// The addresses that are sent nothing any more, the latest first.
    package func suppressions(limit: Int = 1_000) throws(Fault) -> [Suppression] {
        try read { db throws(Fault) in
            try db.all("SELECT address, since, reason FROM suppression ORDER BY since DESC, address_key LIMIT ?", Value(limit)) {
                Suppression(address: $0.text(0), since: $0.instant(1), reason: $0.text(2))
            }
        }
    }

    /// A page of them: those whose address or reason holds some words, behind one of the page before.
    package func suppressions(holding words: String, after last: Suppression?, limit: Int) throws(Fault) -> [Suppression] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT address, since, reason FROM suppression
                WHERE (?1 = '' OR instr(address_key, ?1) > 0 OR instr(lower(reason), ?1) > 0)
                AND (?2 IS NULL OR since < ?2 OR (since = ?2 AND address_key > ?3)) ORDER BY since DESC, address_key LIMIT ?4
                """, Value(words.lowercased()), Value(last?.since), Value(last?.address.lowercased()), Value(limit)
            ) { Suppression(address: $0.text(0), since: $0.instant(1), reason: $0.text(2)) }
        }
    }

    package func suppression(of address: EmailAddress) throws(Fault) -> Suppression? {
        try read { db throws(Fault) in
            try db.first(
                "SELECT address, since, reason FROM suppression WHERE address_key = ?", Value(address.key)
            ) { Suppression(address: $0.text(0), since: $0.instant(1), reason: $0.text(2)) }
        }
    }

    package func suppressionCount() throws(Fault) -> Int {
        try read { db throws(Fault) in try db.first("SELECT count(*) FROM suppression") { $0.int(0) } ?? 0 }
    }

    /// Sends to an address again; its former bounces do not count any more. Returns whether it was suppressed.
    @discardableResult
    package func liftSuppression(_ address: EmailAddress, by actor: String, at now: Instant) throws(Fault) -> Bool {
        let key = address.key
        return try write([.recipients]) { db throws(Fault) in
            guard try db.run("DELETE FROM suppression WHERE address_key = ?", Value(key)) > 0 else { return false }
            try db.run(
                "UPDATE bounce SET counts = 0 WHERE recipient = (SELECT id FROM recipient WHERE address_key = ?)", Value(key))
            let recipient = try db.first("SELECT id FROM recipient WHERE address_key = ?", Value(key)) { $0.integer(0) }
            try db.audit(now, actor, "lift suppression", recipient.map { "recipient \($0)" } ?? "address", "")
            return true
        }
    }
}

extension Connection {
    /// Suppresses a recipient's address: what was still to be sent to it fails, in the same transaction. Returns whether it is new.
    func suppress(_ recipient: RecipientID, _ reason: String, _ now: Instant) throws(Fault) -> Bool {
        let new = try run(
            """
            INSERT OR IGNORE INTO suppression (address_key, address, since, reason)
            SELECT address_key, address, ?, ? FROM recipient WHERE id = ?
            """, Value(now), Value(reason), Value(recipient))
        guard new > 0 else { return false }
        let failed = try giveUpWaiting(to: recipient, reply: Ledger.suppressedReply, at: now)
        try audit(
            now, "bounces", "suppress", "recipient \(recipient)",
            failed > 0 ? Phrase.deliveriesEnded.written(["count": "\(failed)"]) : "")
        return true
    }

    /// Whether nothing is sent to an address; `key` is the address in lower case.
    func isSuppressed(_ key: String) throws(Fault) -> Bool {
        try first("SELECT 1 FROM suppression WHERE address_key = ?", Value(key)) { _ in true } ?? false
    }

    /// The recipients whose address is suppressed.
    func suppressedRecipients() throws(Fault) -> Set<RecipientID> {
        Set(
            try all("SELECT recipient.id FROM suppression JOIN recipient ON recipient.address_key = suppression.address_key") {
                $0.identifier(0)
            })
    }
}
