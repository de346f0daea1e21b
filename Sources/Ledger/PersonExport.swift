import Core
import Database

/// Everything that the ledger has about an address, for the person whose it is (GDPR, article 15).
package struct PersonRecord: Hashable, Codable, Sendable {
    package struct Choice: Hashable, Codable, Sendable {
        package var name: String
        package var at: Instant
    }

    package struct Mail: Hashable, Codable, Sendable {
        /// The edition's name, or what the service's own mail was about.
        package var about: String
        package var title: String
        package var state: DeliveryState
        package var since: Instant
        package var attempt: Int
        package var reply: String?
        /// The text of a mail of the service itself.
        package var text: String?
    }

    package struct Report: Hashable, Codable, Sendable {
        package var at: Instant
        package var verdict: String
        package var status: String
        package var reason: String
    }

    /// A correction that the person made with an account, or whose note names the address.
    package struct Correction: Hashable, Codable, Sendable {
        /// The edition's name.
        package var edition: String
        package var number: Int
        package var at: Instant
        package var actor: String
        package var note: String
    }

    package struct Mention: Hashable, Codable, Sendable {
        package var item: ItemID
        package var version: Int
        package var title: String
        package var received: Instant
    }

    package var address: String
    /// As the directory has or had it.
    package var person: Person?
    package var isInDirectory = false
    package var number: RecipientID?
    package var changed: Instant?
    package var chosenLanguage: String?
    package var unsubscribed: [Choice] = []
    package var mutedTopics: [Choice] = []
    package var suppression: Suppression?
    package var mails: [Mail] = []
    package var reports: [Report] = []
    package var accounts: [Account] = []
    package var audit: [AuditEntry] = []
    /// Items in whose text the address stands.
    package var mentions: [Mention] = []
    package var corrections: [Correction] = []

    package var isEmpty: Bool {
        person == nil && suppression == nil && mails.isEmpty && accounts.isEmpty && audit.isEmpty && mentions.isEmpty
            && corrections.isEmpty
    }
}

extension Ledger {
    /// At most so many of each kind are told, the newest.
    package static let exportLimit = 100_000

    /// Everything about an address, in one reading.
    package func person(_ address: EmailAddress) throws(Fault) -> PersonRecord {
        let key = address.key
        try continueImport()
        return try read { db throws(Fault) in
            var record = PersonRecord(address: address.text)
            try db.fillRecipient(&record, key)
            record.suppression = try db.first("SELECT address, since, reason FROM suppression WHERE address_key = ?", Value(key)) {
                Suppression(address: $0.text(0), since: $0.instant(1), reason: $0.text(2))
            }
            record.mails = try db.mails(to: record.number, key)
            record.accounts = try db.all("\(Account.columns) WHERE name = ?1 OR lower(address) = ?1 LIMIT 500", Value(key)) { Account($0) }
            try db.fillTrail(&record, key)
            let versions = try db.all(
                """
                SELECT item, version, title, received, content FROM item_version WHERE instr(lower(content), ?1) > 0
                OR instr(lower(title), ?1) > 0 ORDER BY item DESC, version DESC LIMIT ?2
                """, Value(key), Value(Self.exportLimit)
            ) { row in
                (
                    PersonRecord.Mention(item: row.identifier(0), version: row.int(1), title: row.text(2), received: row.instant(3)),
                    AddressInText.places(of: key, in: Array((row.text(2) + "\n" + row.text(4)).utf8)).isEmpty
                )
            }
            record.mentions = versions.filter { !$0.1 }.map(\.0)
            try db.fillCorrections(&record, key)
            return record
        }
    }
}

extension Connection {
    fileprivate func fillRecipient(_ record: inout PersonRecord, _ key: String) throws(Fault) {
        let found: (RecipientID, Person, Bool, Instant, String?)? = try first(
            "SELECT id, person, active, changed, chosen_language FROM recipient WHERE address_key = ?", Value(key)
        ) { row throws(Fault) in
            (row.identifier(0), try Stored.value(Person.self, row.text(1)), row.bool(2), row.instant(3), row.optionalText(4))
        }
        guard let (id, person, isActive, changed, language) = found else { return }
        record.number = id
        record.person = person
        record.isInDirectory = isActive
        record.changed = changed
        record.chosenLanguage = language
        record.unsubscribed = try all("SELECT publication, at FROM unsubscription WHERE recipient = ? ORDER BY at LIMIT 1000", Value(id)) {
            .init(name: $0.text(0), at: $0.instant(1))
        }
        record.mutedTopics = try all("SELECT topic, at FROM muted_topic WHERE recipient = ? ORDER BY at LIMIT 1000", Value(id)) {
            .init(name: $0.text(0), at: $0.instant(1))
        }
        record.reports = try all(
            "SELECT at, verdict, status, reason FROM bounce WHERE recipient = ? ORDER BY at DESC LIMIT ?", Value(id),
            Value(Ledger.exportLimit)
        ) { .init(at: $0.instant(0), verdict: $0.text(1), status: $0.text(2), reason: $0.text(3)) }
    }

    fileprivate func mails(to recipient: RecipientID?, _ key: String) throws(Fault) -> [PersonRecord.Mail] {
        try all(
            """
            SELECT coalesce(edition.slug || iif(correction > 0, ' correction ' || correction, ''), notice.kind || ' ' || notice.object), coalesce(edition.title, notice.subject), delivery.state,
            delivery.since, delivery.attempt, delivery.reply, notice.text FROM delivery
            LEFT JOIN edition ON edition.id = delivery.edition LEFT JOIN notice ON notice.id = delivery.notice
            WHERE delivery.recipient = ?1 OR notice.address_key = ?2 ORDER BY delivery.id DESC LIMIT ?3
            """, Value(recipient), Value(key), Value(Ledger.exportLimit)
        ) { row in
            PersonRecord.Mail(
                about: row.text(0), title: row.text(1), state: DeliveryState(rawValue: row.text(2)) ?? .failed, since: row.instant(3),
                attempt: row.int(4), reply: row.optionalText(5), text: row.optionalText(6))
        }
    }

    fileprivate func fillCorrections(_ record: inout PersonRecord, _ key: String) throws(Fault) {
        let found = try all(
            """
            SELECT slug, correction.number, at, actor, note FROM correction JOIN edition ON edition.id = correction.edition
            WHERE instr(lower(note), ?1) > 0 OR actor = ?1 OR actor IN (SELECT name FROM account WHERE lower(address) = ?1)
            ORDER BY at DESC LIMIT ?2
            """, Value(key), Value(Ledger.exportLimit)
        ) {
            PersonRecord.Correction(edition: $0.text(0), number: $0.int(1), at: $0.instant(2), actor: $0.text(3), note: $0.text(4))
        }
        let names = Set(record.accounts.map(\.name))
        record.corrections = found.filter { correction in
            names.contains(correction.actor)
                || !AddressInText.places(of: key, in: Array((correction.actor + "\n" + correction.note).utf8)).isEmpty
        }
    }

    /// What the trail says of the person by number, address or account.
    fileprivate func fillTrail(_ record: inout PersonRecord, _ key: String) throws(Fault) {
        let names = Set(record.accounts.map(\.name))
        try each(
            "SELECT at, actor, act, object, detail FROM audit WHERE object = ?1 OR detail = ?1 OR instr(lower(actor || ' ' || object || ' ' || detail), ?2) > 0 ORDER BY id DESC LIMIT ?3",
            [Value(record.number.map { "recipient \($0)" } ?? "–"), Value(key), Value(Ledger.exportLimit)]
        ) { row in record.audit.append(Self.entry(row)) }
        for name in names where name != key {
            try each(
                "SELECT at, actor, act, object, detail FROM audit WHERE actor = ?1 OR object = 'user ' || ?1 ORDER BY id DESC LIMIT ?2",
                [Value(name), Value(Ledger.exportLimit)]
            ) { row in record.audit.append(Self.entry(row)) }
        }
        record.audit = Array(Set(record.audit)).sorted { ($0.at, $0.act, $0.object) > ($1.at, $1.act, $1.object) }
    }

    private static func entry(_ row: borrowing Row) -> AuditEntry {
        AuditEntry(at: row.instant(0), actor: row.text(1), act: row.text(2), object: row.text(3), detail: row.text(4))
    }
}
