import Core
import Database

// Phones that get a notification of an edition: a push service's address, keys, a language and what was chosen, and no person. Nothing
// else writes `phone` and `phone_choice`.
extension Ledger {
    /// Notes what a phone is to get; the same address again changes what it gets. An empty choice ends it.
    package func choosePhone(
        _ subscription: PhoneSubscription, _ publications: Set<String>, limit: Int, at now: Instant
    ) throws(Fault) -> PhoneAdmission {
        guard !publications.isEmpty else {
            _ = try endPhone(subscription.address, at: now)
            return .kept
        }
        return try write([]) { db throws(Fault) in
            let known = try db.first("SELECT 1 FROM phone WHERE address = ?", Value(subscription.address)) { _ in true } ?? false
            if !known {
                let count = try db.first("SELECT count(*) FROM phone", make: { $0.int(0) }) ?? 0
                guard count < limit else { return .full }
            }
            try db.run(
                """
                INSERT INTO phone (address, service, key, secret, language, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT (address) DO UPDATE SET service = ?2, key = ?3, secret = ?4, language = ?5
                """, Value(subscription.address), Value(subscription.service), .blob(subscription.key), .blob(subscription.secret),
                Value(subscription.language.rawValue), Value(now))
            guard let id = try db.phone(subscription.address) else { return .full }
            try db.run("DELETE FROM phone_choice WHERE phone = ?", Value(id))
            for publication in publications.sorted() {
                try db.run("INSERT INTO phone_choice (publication, phone) VALUES (?, ?)", Value(publication), Value(id))
            }
            return .kept
        }
    }

    /// What a phone gets; `nil` for one that is not known.
    package func phoneChoice(_ address: String) throws(Fault) -> Set<String>? {
        try read { db throws(Fault) in
            guard let id = try db.phone(address) else { return nil }
            return Set(try db.all("SELECT publication FROM phone_choice WHERE phone = ? LIMIT 1000", Value(id)) { $0.text(0) })
        }
    }

    /// A browser has exchanged its subscription by itself: what the former one got comes to the new one, what waits for it too. Returns false
    /// when the former one is not known.
    package func renewPhone(_ former: String, _ subscription: PhoneSubscription, at now: Instant) throws(Fault) -> Bool {
        try write([]) { db throws(Fault) in
            guard let id = try db.phone(former) else { return false }
            // The page was quicker.
            if let other = try db.phone(subscription.address), other != id { try db.forgetPhone(other) }
            return try db.run(
                "UPDATE phone SET address = ?, service = ?, key = ?, secret = ? WHERE id = ?", Value(subscription.address),
                Value(subscription.service), .blob(subscription.key), .blob(subscription.secret), Value(id)) == 1
        }
    }

    /// Forgets a phone and what waits for it. Returns false when it is not known.
    package func endPhone(_ address: String, at now: Instant) throws(Fault) -> Bool {
        try write([.phones]) { db throws(Fault) in
            guard let id = try db.phone(address) else { return false }
            try db.forgetPhone(id)
            return true
        }
    }

    package func phoneCount() throws(Fault) -> Int {
        try read { db throws(Fault) in try db.first("SELECT count(*) FROM phone") { $0.int(0) } ?? 0 }
    }
}

extension Connection {
    fileprivate func phone(_ address: String) throws(Fault) -> PhoneID? {
        try first("SELECT id FROM phone WHERE address = ?", Value(address)) { $0.identifier(0) }
    }

    func forgetPhone(_ id: PhoneID) throws(Fault) {
        try run("DELETE FROM phone_message WHERE phone = ? AND due IS NOT NULL", Value(id))
        try run("DELETE FROM phone WHERE id = ?", Value(id))
    }
}
