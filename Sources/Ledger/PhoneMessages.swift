import Core
import Database

// What phones are told of released editions. A release notes in its own transaction that phones are to be told; their messages follow in
// parts, as its deliveries do, and a crash in between leaves what is missing in `phone_rest`. A message is unique for its edition and phone.
extension Ledger {
    /// How many messages are added in one transaction: some 20 ms.
    private static let phonePart = 1_000

    /// Adds the next part of the messages of released editions, an urgent one's first. Returns false when there is none left.
    package func addPhoneMessages(at now: Instant) throws(Fault) -> Bool {
        guard try read({ db throws(Fault) in try db.first("SELECT 1 FROM phone_rest LIMIT 1") { _ in true } ?? false }) else {
            return false
        }
        try write([.phones]) { db throws(Fault) in try db.addPhonePart(Self.phonePart, at: now) }
        return true
    }

    /// pending | deferred | ambiguous → sending: an urgent message first, else the one that is due for longest, to any push service but
    /// these. The attempt is on the disk before this returns.
    package func claimPhoneMessage(besides services: Set<String>, at now: Instant) throws(Fault) -> ClaimedPhoneMessage? {
        guard let due = try nextPhoneMessageDue(besides: services), due <= now else { return nil }
        return try write([]) { db throws(Fault) in
            let found = try db.first(
                """
                SELECT phone_message.id, phone_message.edition, phone_message.phone, phone_message.urgent, phone_message.attempt + 1,
                phone.address, phone.service, phone.key, phone.secret, phone.language
                FROM phone_message JOIN phone ON phone.id = phone_message.phone
                WHERE due <= ?1 AND service NOT IN (SELECT value FROM json_each(?2))
                ORDER BY phone_message.urgent DESC, due, phone_message.id LIMIT 1
                """, Value(now), Value(try Stored.text(services.sorted()))
            ) { row in
                (
                    message: PhoneMessageID(row.integer(0)), edition: EditionID(row.integer(1)), phone: PhoneID(row.integer(2)),
                    urgent: row.bool(3), attempt: row.int(4),
                    subscription: PhoneSubscription(
                        address: row.text(5), service: row.text(6), key: row.bytes(7), secret: row.bytes(8),
                        language: Language(rawValue: row.text(9)) ?? .da)
                )
            }
            guard let found,
                let edition = try db.first("\(EditionRecord.columns) WHERE id = ?", Value(found.edition), make: { EditionRecord($0) })
            else { return nil }
            try db.run(
                "UPDATE phone_message SET state = 'sending', attempt = ?, since = ?, due = NULL WHERE id = ?", Value(found.attempt),
                Value(now), Value(found.message))
            return ClaimedPhoneMessage(
                id: found.message, edition: edition, phone: found.phone, subscription: found.subscription, isUrgent: found.urgent,
                attempt: found.attempt)
        }
    }

    /// sending → what became of it. Throws when somebody else has settled it.
    package func settle(_ message: ClaimedPhoneMessage, _ outcome: PhoneOutcome, at now: Instant) throws(Fault) {
        let (state, due, reply): (DeliveryState, Instant?, String)
        switch outcome {
        case .sent(let said): (state, due, reply) = (.sent, nil, said)
        case .deferred(let said, let until): (state, due, reply) = (.deferred, until, said)
        case .ambiguous(let said, let until): (state, due, reply) = (.ambiguous, until, said)
        case .failed(let said), .gone(let said): (state, due, reply) = (.failed, nil, said)
        }
        // Whoever sleeps has to know of the next attempt.
        try write(due == nil ? [] : [.phones]) { db throws(Fault) in
            // Without its phone, which was switched off meanwhile, there is nobody left to try.
            let count = try db.run(
                """
                UPDATE phone_message SET state = iif(phone IS NULL AND ?2 IS NOT NULL, 'failed', ?1), due = iif(phone IS NULL, NULL, ?2),
                doubtful = doubtful + (?1 = 'ambiguous'), reply = ?3, since = ?4 WHERE id = ?5 AND state = 'sending' AND attempt = ?6
                """, Value(state.rawValue), Value(due), Value(String(reply.prefix(200))), Value(now), Value(message.id),
                Value(message.attempt))
            guard count == 1 else {
                throw Fault(
                    "settle", "the phone message \(message.id)", cause: "it is not being sent in this attempt any more",
                    mend: "Report this with the log.")
            }
            // Unless its browser has put another address in its place.
            if case .gone = outcome {
                let same = try db.first("SELECT address FROM phone WHERE id = ?", Value(message.phone)) { $0.text(0) }
                if same == message.subscription.address { try db.forgetPhone(message.phone) }
            }
        }
    }

    /// sending → pending: claimed and never begun.
    package func giveBack(_ message: ClaimedPhoneMessage, at now: Instant) throws(Fault) {
        try write([.phones]) { db throws(Fault) in
            _ = try db.run(
                """
                UPDATE phone_message SET state = 'pending', attempt = attempt - 1, since = ?1, due = ?1
                WHERE id = ?2 AND state = 'sending' AND attempt = ?3 AND phone IS NOT NULL
                """, Value(now), Value(message.id), Value(message.attempt))
        }
    }

    /// sending → ambiguous, for what a former process left; whether it went out is not known. Returns how many.
    package func recoverPhoneMessages(at now: Instant) throws(Fault) -> Int {
        try write([.phones]) { db throws(Fault) in
            try db.run(
                "UPDATE phone_message SET state = 'failed', since = ?, reply = 'switched off' WHERE state = 'sending' AND phone IS NULL",
                Value(now))
            return try db.run(
                """
                UPDATE phone_message SET state = 'ambiguous', doubtful = doubtful + 1, since = ?1, due = ?1, reply = 'interrupted'
                WHERE state = 'sending'
                """, Value(now))
        }
    }

    /// → failed, for all that waits: phones are told nothing any more.
    package func endPhoneMessages(at now: Instant) throws(Fault) {
        let waits = try read { db throws(Fault) in
            try db.first(
                "SELECT 1 WHERE EXISTS (SELECT 1 FROM phone_rest) OR EXISTS (SELECT 1 FROM phone_message WHERE due IS NOT NULL)"
            ) { _ in true } ?? false
        }
        guard waits else { return }
        try write([.phones]) { db throws(Fault) in try db.stopPhones(nil, because: "WebPush= is off", at: now) }
    }

    /// When a message to any push service but these is due next.
    package func nextPhoneMessageDue(besides services: Set<String>) throws(Fault) -> Instant? {
        let named = try Stored.text(services.sorted())
        return try read { db throws(Fault) in
            if services.isEmpty {
                return try db.first("SELECT min(due) FROM phone_message WHERE due IS NOT NULL") { $0.optionalInstant(0) } ?? nil
            }
            return try db.first(
                """
                SELECT min(due) FROM phone_message JOIN phone ON phone.id = phone_message.phone
                WHERE due IS NOT NULL AND service NOT IN (SELECT value FROM json_each(?))
                """, Value(named)
            ) { $0.optionalInstant(0) } ?? nil
        }
    }

    /// How many messages are in each state, of one edition or of all.
    package func phoneMessageCounts(of edition: EditionID? = nil) throws(Fault) -> [DeliveryState: Int] {
        let counts = try read { db throws(Fault) in
            try db.all(
                "SELECT state, count(*) FROM phone_message WHERE ?1 IS NULL OR edition = ?1 GROUP BY state", Value(edition)
            ) { (DeliveryState(rawValue: $0.text(0)), $0.int(1)) }
        }
        return counts.reduce(into: [:]) { if let state = $1.0 { $0[state] = $1.1 } }
    }
}

extension Connection {
    /// Called in the release's own transaction: phones are told of what stands on the web, and of crisis messages.
    func planPhones(_ edition: EditionID, _ release: Release) throws(Fault) {
        try run(
            """
            INSERT OR IGNORE INTO phone_rest (edition, urgent, done, last)
            SELECT id, ?2, 0, (SELECT coalesce(max(id), 0) FROM phone) FROM edition
            WHERE id = ?1 AND (web OR publication = ?3)
            AND EXISTS (SELECT 1 FROM phone_choice WHERE phone_choice.publication = edition.publication)
            """, Value(edition), Value(release.urgency == .urgent), Value(AlertPublication.name))
    }

    /// The all-clear goes to who was told of the crisis message, or may have been.
    fileprivate func addPhonePart(_ size: Int, at now: Instant) throws(Fault) {
        let next = try first(
            "SELECT edition, urgent, done, last FROM phone_rest ORDER BY urgent DESC, edition LIMIT 1",
            make: { (edition: EditionID($0.integer(0)), urgent: $0.bool(1), done: $0.integer(2), last: $0.integer(3)) })
        guard let next else { return }
        let message: EditionID? = try first(
            "SELECT edition FROM alert WHERE all_clear = ? AND edition IS NOT NULL", Value(next.edition)
        ) { $0.identifier(0) }
        let phones = try all(
            """
            SELECT phone FROM phone_choice JOIN edition ON edition.publication = phone_choice.publication
            WHERE edition.id = ?1 AND phone > ?2 AND phone <= ?3 ORDER BY phone LIMIT ?4
            """, Value(next.edition), Value(next.done), Value(next.last), Value(size)
        ) { PhoneID($0.integer(0)) }
        for phone in phones {
            try run(
                """
                INSERT OR IGNORE INTO phone_message (edition, phone, urgent, state, since, due)
                SELECT ?1, ?2, ?3, 'pending', ?4, ?4 WHERE ?5 IS NULL OR EXISTS
                (SELECT 1 FROM phone_message WHERE edition = ?5 AND phone = ?2 AND (state IN ('sent', 'sending') OR doubtful > 0))
                """, Value(next.edition), Value(phone), Value(next.urgent), Value(now), Value(message))
        }
        if phones.count < size {
            try run("DELETE FROM phone_rest WHERE edition = ?", Value(next.edition))
        } else {
            try run("UPDATE phone_rest SET done = ? WHERE edition = ?", Value(phones.last), Value(next.edition))
        }
    }

    /// What waits is told to nobody: of one edition or of all.
    func stopPhones(_ edition: EditionID?, because reason: String, at now: Instant) throws(Fault) {
        try run("DELETE FROM phone_rest WHERE ?1 IS NULL OR edition = ?1", Value(edition))
        try run(
            """
            UPDATE phone_message SET state = 'failed', since = ?1, due = NULL, reply = ?2
            WHERE due IS NOT NULL AND (?3 IS NULL OR edition = ?3)
            """, Value(now), Value(reason), Value(edition))
    }
}
