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
    /// The people of the directory as it stands, by number.
    package func recipients() throws(Fault) -> [Recipient] {
        var recipients: [Recipient] = []
        try eachRecipient { recipients.append($0) }
        return recipients
    }

    /// Shows each person of the directory in turn, by number: a hundred thousand of them need not be in memory at once.
    /// An import that has been taken is finished first, so nobody is left out of the new directory or still in the former.
    package func eachRecipient(_ body: (Recipient) -> Void) throws(Fault) {
        try continueImport()
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

    /// Who has an address; `nil` for one that no directory has had, or that the present one has no more.
    package func recipient(at address: EmailAddress) throws(Fault) -> Recipient? {
        try read { db throws(Fault) in
            try db.first(
                "SELECT id, person, chosen_language FROM recipient WHERE active = 1 AND address_key = ?", Value(address.key)
            ) { row throws(Fault) in try Recipient(row) }
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
