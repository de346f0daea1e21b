import Core
import Database

/// A person of the directory with their number in the ledger; the number stays the same over every import.
package struct Recipient: Hashable, Codable, Sendable {
    package var id: RecipientID
    package var person: Person
}

extension Recipient {
    /// Number, person and chosen language; what they chose themselves goes before what the directory says.
    init(_ row: borrowing Row) throws(Fault) {
        self.init(id: row.identifier(0), person: try Stored.value(Person.self, row.text(1)))
        if let chosen = Language(rawValue: row.text(2)) { person.language = chosen }
    }
}

/// What an import of the directory changed.
package struct DirectoryChange: Hashable, Codable, Sendable {
    package var added = 0
    package var changed = 0
    package var removed = 0
    package var total = 0
}

extension Ledger {
    /// Makes the directory exactly these people, all or nothing. Who is no longer in it receives nothing more, but keeps number
    /// and unsubscriptions, so that a return next month is no new subscription.
    package func replaceDirectory(_ people: [Person], at now: Instant) throws(Fault) -> DirectoryChange {
        let rows = try people.map { person throws(Fault) in (person, try Stored.text(person)) }
        return try write([.recipients]) { db throws(Fault) in
            var change = DirectoryChange(total: people.count)
            var former: [String: (id: Int64, person: String, active: Bool)] = [:]
            try db.each("SELECT address_key, id, person, active FROM recipient", []) { row in
                former[row.text(0)] = (row.integer(1), row.text(2), row.bool(3))
            }
            for (person, stored) in rows {
                let key = person.address.text.lowercased()
                if let known = former.removeValue(forKey: key) {
                    guard known.person != stored || !known.active else { continue }
                    try db.run(
                        "UPDATE recipient SET address = ?, name = ?, language = ?, department = ?, person = ?, active = 1, changed = ? WHERE id = ?",
                        Value(person.address.text), Value(person.name), Value(person.language?.rawValue), Value(person.department),
                        Value(stored), Value(now), .integer(known.id))
                    if known.active { change.changed += 1 } else { change.added += 1 }
                } else {
                    try db.run(
                        """
                        INSERT INTO recipient (address, address_key, name, language, department, person, active, changed)
                        VALUES (?, ?, ?, ?, ?, ?, 1, ?)
                        """, Value(person.address.text), Value(key), Value(person.name), Value(person.language?.rawValue),
                        Value(person.department), Value(stored), Value(now))
                    change.added += 1
                }
            }
            for gone in former.values where gone.active {
                try db.run("UPDATE recipient SET active = 0, changed = ? WHERE id = ?", Value(now), .integer(gone.id))
                change.removed += 1
            }
            if change.added + change.changed + change.removed > 0 {
                try db.audit(
                    now, "directory", "import", "directory", "\(change.added) added, \(change.changed) changed, \(change.removed) removed")
            }
            return change
        }
    }

    /// The people of the directory as it stands, by number.
    package func recipients() throws(Fault) -> [Recipient] {
        var recipients: [Recipient] = []
        try eachRecipient { recipients.append($0) }
        return recipients
    }

    /// Shows each person of the directory in turn, by number: a hundred thousand of them need not be in memory at once.
    package func eachRecipient(_ body: (Recipient) -> Void) throws(Fault) {
        try read { db throws(Fault) in
            try db.each("SELECT id, person, chosen_language FROM recipient WHERE active = 1 ORDER BY id", []) { row throws(Fault) in
                body(try Recipient(row))
            }
        }
    }

    package func recipientCount() throws(Fault) -> Int {
        try read { db throws(Fault) in try db.first("SELECT count(*) FROM recipient WHERE active = 1") { $0.int(0) } ?? 0 }
    }

    package func recipient(_ id: RecipientID) throws(Fault) -> Recipient? {
        try read { db throws(Fault) in
            try db.first("SELECT id, person, chosen_language FROM recipient WHERE id = ?", Value(id)) { row throws(Fault) in
                try Recipient(row)
            }
        }
    }

    /// Ends a recipient's subscription to a publication; it stays ended over every import. Returns whether it was there before.
    @discardableResult
    package func unsubscribe(_ recipient: RecipientID, from publication: String, at now: Instant) throws(Fault) -> Bool {
        try write([.recipients]) { db throws(Fault) in
            let new = try db.run(
                "INSERT OR IGNORE INTO unsubscription (recipient, publication, at) VALUES (?, ?, ?)", Value(recipient), Value(publication),
                Value(now))
            if new > 0 { try db.audit(now, "recipient", "unsubscribe", "publication \(publication)", "recipient \(recipient)") }
            return new > 0
        }
    }

    /// Begins it again.
    package func resubscribe(_ recipient: RecipientID, to publication: String, at now: Instant) throws(Fault) {
        try write([.recipients]) { db throws(Fault) in
            if try db.run("DELETE FROM unsubscription WHERE recipient = ? AND publication = ?", Value(recipient), Value(publication)) > 0 {
                try db.audit(now, "recipient", "resubscribe", "publication \(publication)", "recipient \(recipient)")
            }
        }
    }

    package func isUnsubscribed(_ recipient: RecipientID, from publication: String) throws(Fault) -> Bool {
        try read { db throws(Fault) in
            try db.first("SELECT 1 FROM unsubscription WHERE recipient = ? AND publication = ?", Value(recipient), Value(publication)) {
                _ in
                true
            } ?? false
        }
    }
}
