import Core
import Database

/// What an erasure has taken away.
package struct Erasure: Hashable, Codable, Sendable {
    package var wasRecipient = false
    /// Deliveries and mails of the service itself that are counted without the person from now on.
    package var deliveries = 0
    package var bounces = 0
    package var wasSuppressed = false
    /// Publications whose unsubscription is remembered by a keyed digest.
    package var unsubscriptions = 0
    /// Accounts of the desk that were named as the address, and are gone.
    package var accountsRemoved: [String] = []
    /// Accounts that had the address and have none any more.
    package var accountsWithoutAddress: [String] = []
    /// Texts of items, editions, the audit trail and others in which the address stood, and `slettet@invalid` stands now.
    package var texts = 0

    package init() {}
}

// A person's address taken out of the ledger. Deliveries stay counted. What the person had chosen not to get is remembered by a keyed
// digest of the address alone, so that a later import cannot undo it.
extension Ledger {
    /// What stands where the address stood in texts that stay.
    package static let erasedAddress = "slettet@invalid"

    /// Has people who are erased remembered by a digest of their address that only this installation can make.
    package func rememberPeople(by digest: @escaping @Sendable (String) -> String) { personDigest.withLock { $0 = digest } }

    func digestOfPeople() throws(Fault) -> @Sendable (String) -> String {
        guard let digest = personDigest.withLock({ $0 }) else {
            throw Fault("erase", "a person", cause: "the installation's key is not known here", mend: "Report this with the log.")
        }
        return digest
    }

    /// Ends what waits to be sent to an address, as the first step of an erasure. Returns whether something to it is on its way right now.
    package func beginErasure(of address: EmailAddress, at now: Instant) throws(Fault) -> Bool {
        let key = address.key
        return try write([.deliveries, .recipients]) { db throws(Fault) in
            let recipient = try db.first("SELECT id FROM recipient WHERE address_key = ?", Value(key)) { $0.integer(0) }
            try db.run("UPDATE recipient SET active = 0, changed = ? WHERE address_key = ?", Value(now), Value(key))
            let theirs = "(recipient = ?1 OR notice IN (SELECT id FROM notice WHERE address_key = ?2))"
            try db.run(
                "UPDATE delivery SET state = 'failed', since = ?3, due = NULL, reply = 'erased' WHERE due IS NOT NULL AND \(theirs)",
                Value(recipient), Value(key), Value(now))
            return try db.isSending(to: key)
        }
    }

    /// Why an erasure has to wait.
    package static let onItsWay = Fault(
        "erase", "a person", cause: "a mail to the person is on its way at this moment, and nothing more will follow it",
        mend: "Ask again in a minute.")

    /// Takes everything about an address out of the ledger, in one transaction. To be called when ``beginErasure(of:at:)`` says that
    /// nothing is on its way. Throws a ``Fault``; nothing has changed then.
    package func erase(_ address: EmailAddress, by actor: String, at now: Instant) throws(Fault) -> Erasure {
        let key = address.key
        let digest = try digestOfPeople()(key)
        return try importing.withLock { _ throws(Fault) in
            // No part of an import that was taken, or was not, may hold the person.
            try continueImport()
            let places = try read { db throws(Fault) in try db.texts(holding: key) }
            let erasure = try write([]) { db throws(Fault) in
                guard try !db.isSending(to: key) else { throw Self.onItsWay }
                try db.run("DELETE FROM directory_rest")
                var erasure = Erasure()
                try db.erasePerson(key, digest, &erasure, now)
                try db.eraseAccounts(key, &erasure)
                try db.run("DELETE FROM login_failure WHERE instr(lower(key), ?) > 0", Value(key))
                for place in places { erasure.texts += try db.replace(key, in: place) }
                try db.audit(now, actor.lowercased() == key ? "cli" : actor, "erase", "person")
                return erasure
            }
            // What is kept in memory goes first: who is told makes feeds and pages anew at once.
            if !places.isEmpty { noteChangedTexts() }
            unwritten.withLock { alarms in
                for index in alarms.indices {
                    alarms[index].text = AddressInText.replaced(key, by: Self.erasedAddress, in: alarms[index].text) ?? alarms[index].text
                }
            }
            tell(Set(Topic.allCases))
            return erasure
        }
    }

    /// How many texts of the ledger hold an address, as a whole.
    package func textCount(holding address: EmailAddress) throws(Fault) -> Int {
        let key = address.key
        return try read { db throws(Fault) in
            var count = 0
            for place in try db.texts(holding: key) { count += try db.rows(place, holding: key).count }
            return count
        }
    }

    /// Writes the whole file anew, so that nothing but what is in the tables is in it; everybody else waits meanwhile, some seconds for
    /// each 100 MB. Returns false when the log could not be emptied after it.
    package func rewrite() throws(Fault) -> Bool {
        try alone { db throws(Fault) in
            try db.execute("VACUUM")
            return try db.emptyLog()
        }
    }
}

/// A column of a table that may hold texts, with what names its rows.
struct TextPlace: Hashable {
    var table: String
    var column: String
    var keys: [String]
}

extension Connection {
    fileprivate func isSending(to key: String) throws(Fault) -> Bool {
        try first(
            """
            SELECT 1 FROM delivery WHERE state = 'sending' AND (recipient IN (SELECT id FROM recipient WHERE address_key = ?1)
            OR notice IN (SELECT id FROM notice WHERE address_key = ?1)) LIMIT 1
            """, Value(key)
        ) { _ in true } ?? false
    }

    fileprivate func erasePerson(_ key: String, _ digest: String, _ erasure: inout Erasure, _ now: Instant) throws(Fault) {
        let recipient: RecipientID? = try first("SELECT id FROM recipient WHERE address_key = ?", Value(key)) { $0.identifier(0) }
        erasure.wasSuppressed = try isSuppressed(key)
        if let recipient {
            erasure.wasRecipient = true
            erasure.unsubscriptions = try remember(recipient, key, as: digest, now)
            let deliveries = try all("SELECT id FROM delivery WHERE recipient = ?", Value(recipient)) { $0.integer(0) }
            try remove(deliveries: deliveries)
            erasure.deliveries = deliveries.count
            erasure.bounces = try removePerson(recipient)
        } else if erasure.wasSuppressed {
            try remember("", as: digest, now)
        }
        try run("DELETE FROM suppression WHERE address_key = ?", Value(key))
        let notices = try all(
            "SELECT delivery.id FROM notice JOIN delivery ON delivery.notice = notice.id WHERE notice.address_key = ?", Value(key)
        ) { $0.integer(0) }
        try remove(deliveries: notices)
        erasure.deliveries += notices.count
    }

    fileprivate func eraseAccounts(_ key: String, _ erasure: inout Erasure) throws(Fault) {
        erasure.accountsRemoved = try all("SELECT name FROM account WHERE name = ?", Value(key)) { $0.text(0) }
        try run("DELETE FROM account WHERE name = ?", Value(key))
        erasure.accountsWithoutAddress = try all("SELECT name FROM account WHERE lower(address) = ?", Value(key)) { $0.text(0) }
        try run("UPDATE account SET address = NULL WHERE lower(address) = ?", Value(key))
    }

    /// Keeps what a person had chosen not to get, and whether the address is dead. Returns how many publications it is.
    @discardableResult
    func remember(_ recipient: RecipientID, _ key: String, as digest: String, _ now: Instant) throws(Fault) -> Int {
        if try isSuppressed(key) { try remember("", as: digest, now) }
        return try run(
            "INSERT OR REPLACE INTO former_choice (digest, publication, at) SELECT ?1, publication, at FROM unsubscription WHERE recipient = ?2",
            Value(digest), Value(recipient))
    }

    private func remember(_ publication: String, as digest: String, _ now: Instant) throws(Fault) {
        try run(
            "INSERT OR REPLACE INTO former_choice (digest, publication, at) VALUES (?, ?, ?)", Value(digest), Value(publication), Value(now)
        )
    }

    /// Takes a person of the directory away whose deliveries have gone before; reports stay counted. Returns how many reports it was.
    @discardableResult
    func removePerson(_ recipient: RecipientID) throws(Fault) -> Int {
        let bounces = try run("UPDATE bounce SET recipient = NULL, reason = '' WHERE recipient = ?", Value(recipient))
        try run("DELETE FROM unsubscription WHERE recipient = ?", Value(recipient))
        try run("DELETE FROM muted_topic WHERE recipient = ?", Value(recipient))
        try run("DELETE FROM suppression WHERE address_key = (SELECT address_key FROM recipient WHERE id = ?)", Value(recipient))
        try run("DELETE FROM recipient WHERE id = ?", Value(recipient))
        return bounces
    }

    /// Gives people who come in what was remembered of them; from here on it stands with the person again.
    func recallChoices(of addresses: [EmailAddress], _ digest: (@Sendable (String) -> String)?, _ now: Instant) throws(Fault) {
        guard let digest, try first("SELECT 1 FROM former_choice LIMIT 1", make: { _ in true }) ?? false else { return }
        for address in addresses {
            let key = address.key
            let mark = digest(key)
            for publication in try all("SELECT publication FROM former_choice WHERE digest = ?", Value(mark), make: { $0.text(0) }) {
                if publication.isEmpty {
                    try run(
                        "INSERT OR IGNORE INTO suppression (address_key, address, since, reason) VALUES (?, ?, ?, 'known from before')",
                        Value(key), Value(address.text), Value(now))
                } else {
                    try run(
                        """
                        INSERT OR IGNORE INTO unsubscription (recipient, publication, at)
                        SELECT id, ?, ? FROM recipient WHERE address_key = ?
                        """, Value(publication), Value(now), Value(key))
                }
            }
            try run("DELETE FROM former_choice WHERE digest = ?", Value(mark))
        }
    }

    /// Every column of every table that holds an address somewhere; `key` is the address in lower case.
    fileprivate func texts(holding key: String) throws(Fault) -> [TextPlace] {
        var places: [TextPlace] = []
        let tables = try all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name") {
            $0.text(0)
        }
        for table in tables {
            let columns = try all("SELECT name, type, pk FROM pragma_table_info(?)", Value(table)) { ($0.text(0), $0.text(1), $0.int(2)) }
            let keys = columns.filter { $0.2 > 0 }.map(\.0)
            for (column, type, _) in columns where type == "TEXT" {
                let place = TextPlace(table: table, column: column, keys: keys)
                if try first("SELECT 1 FROM \(table) WHERE instr(lower(\(column)), ?) > 0 LIMIT 1", Value(key), make: { _ in true })
                    ?? false
                {
                    places.append(place)
                }
            }
        }
        return places
    }

    /// The rows of a place in which the address stands as a whole, with the text that shall stand there.
    fileprivate func rows(_ place: TextPlace, holding key: String) throws(Fault) -> [(keys: [Value], text: String)] {
        let names = place.keys.joined(separator: ", ")
        let types = place.keys.map { "typeof(\($0))" }.joined(separator: ", ")
        let count = place.keys.count
        var found: [(keys: [Value], text: String)] = []
        try each(
            "SELECT \(place.column), \(names), \(types) FROM \(place.table) WHERE instr(lower(\(place.column)), ?) > 0", [Value(key)]
        ) { row in
            guard let text = AddressInText.replaced(key, by: Ledger.erasedAddress, in: row.text(0)) else { return }
            var keys: [Value] = []
            for column in 1...count {
                keys.append(row.text(column + count) == "integer" ? .integer(row.integer(column)) : .text(row.text(column)))
            }
            found.append((keys, text))
        }
        return found
    }

    /// Puts ``Ledger/erasedAddress`` in the address's place. Returns in how many rows.
    fileprivate func replace(_ key: String, in place: TextPlace) throws(Fault) -> Int {
        let rows = try rows(place, holding: key)
        for (keys, text) in rows {
            if place.table == "audit" {
                try replaceInTrail(keys, place.column, text)
                continue
            }
            var sql = "UPDATE OR REPLACE \(place.table) SET \(place.column) = ?\(keys.count + 1) WHERE "
            sql += place.keys.enumerated().map { "\($1) = ?\($0 + 1)" }.joined(separator: " AND ")
            try each(sql, keys + [Value(text)]) { _ in }
        }
        return rows.count
    }

    /// The trail's lines are only ever added: the line goes, and stands again under its number without the address.
    private func replaceInTrail(_ keys: [Value], _ column: String, _ text: String) throws(Fault) {
        let columns = ["at", "actor", "act", "object", "detail"]
        var line: [Value] = []
        try each("SELECT \(columns.joined(separator: ", ")) FROM audit WHERE id = ?", keys) { row in
            line = [.integer(row.integer(0))]
            for number in 1..<columns.count { line.append(.text(columns[number] == column ? text : row.text(number))) }
        }
        guard !line.isEmpty else { return }
        try each("DELETE FROM audit WHERE id = ?", keys) { _ in }
        try each("INSERT INTO audit (id, at, actor, act, object, detail) VALUES (?, ?, ?, ?, ?, ?)", keys + line) { _ in }
    }
}
