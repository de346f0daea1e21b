import Core
import Database

// Who is at the desk. The ledger holds only a digest of the cookie's value, so whoever reads a backup cannot come in with it. A session
// ends when it was idle or has lasted too long, at the logout, and when its account's roles or password change or the account goes.
extension Ledger {
    /// How many failed logins of one account or address are free before each further one must wait.
    package static let freeFailures = 5
    /// After this time a failure is forgotten, and no wait is longer than a quarter of an hour.
    private static let failureMemory = Span.days(1)
    private static let longestWait = Span.minutes(15)

    /// Begins a session for an account: `digest` names it.
    package func beginSession(_ digest: String, of account: String, from address: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in
            try db.run("DELETE FROM login_failure WHERE key = ?", Value("account " + account))
            try db.run(
                "INSERT INTO session (digest, account, began, seen) VALUES (?, ?, ?, ?)", Value(digest), Value(account), Value(now),
                Value(now))
            try db.audit(now, account, "log in", "desk", address)
        }
    }

    /// Whose session it is, when it has been used within `idle` and began within `lasting`; else it is over. Notes its use once a minute.
    /// That is left out when `isActivity` is false.
    package func session(
        _ digest: String, idle: Span, lasting: Span, isActivity: Bool = true, at now: Instant
    ) throws(Fault) -> Account? {
        let found: (account: Account, began: Instant, seen: Instant)? = try read { db throws(Fault) in
            try db.first(
                """
                SELECT account.name, account.address, account.roles, session.began, session.seen
                FROM session JOIN account ON account.name = session.account WHERE session.digest = ?
                """, Value(digest)
            ) { (Account($0), $0.instant(3), $0.instant(4)) }
        }
        guard let found else { return nil }
        guard now - found.seen < idle, now - found.began < lasting else {
            try write([]) { db throws(Fault) in
                try db.run("DELETE FROM session WHERE digest = ?", Value(digest))
                try db.audit(
                    now, found.account.name, "session ends", "desk",
                    (now - found.seen < idle ? Phrase.sessionTooLong : .sessionIdle).written())
            }
            return nil
        }
        if isActivity, now - found.seen >= .minutes(1) {
            _ = try write([]) { db throws(Fault) in
                try db.run("UPDATE session SET seen = ? WHERE digest = ?", Value(now), Value(digest))
            }
        }
        return found.account
    }

    package func endSession(_ digest: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in
            guard let account = try db.first("SELECT account FROM session WHERE digest = ?", Value(digest), make: { $0.text(0) }) else {
                return
            }
            try db.run("DELETE FROM session WHERE digest = ?", Value(digest))
            try db.audit(now, account, "log out", "desk")
        }
    }

    /// Until when a login with these keys (an account's, an address's) must wait; `nil` when it may be tried now.
    package func loginWait(_ keys: [String], at now: Instant) throws(Fault) -> Instant? {
        try read { db throws(Fault) in
            var latest: Instant?
            for key in keys {
                let until = try db.first("SELECT count, last FROM login_failure WHERE key = ?", Value(key)) { row in
                    row.instant(1) + Self.wait(after: row.int(0))
                }
                if let until, now < until, latest.map({ $0 < until }) ?? true { latest = until }
            }
            return latest
        }
    }

    /// Half a minute after the fifth failure, twice as long after each further one.
    private static func wait(after failures: Int) -> Span {
        guard failures >= freeFailures else { return Span(milliseconds: 0) }
        return min(longestWait, Span.seconds(30) * (Int64(1) << Int64(min(failures - freeFailures, 10))))
    }

    /// Counts a failed login under each key and writes it down; `name` is what was typed, when it is an account's name.
    package func recordLoginFailure(_ keys: [String], account name: String?, from address: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in
            try db.run("DELETE FROM login_failure WHERE last < ?", Value(now - Self.failureMemory))
            for key in keys {
                try db.run(
                    "INSERT INTO login_failure (key, count, last) VALUES (?1, 1, ?2) ON CONFLICT (key) DO UPDATE SET count = count + 1, last = ?2",
                    Value(key), Value(now))
            }
            try db.audit(now, name ?? "desk", "login refused", "desk", address)
        }
    }

    /// Writes down that the desk refused an act.
    package func recordRefusal(by actor: String, of act: String, _ object: String, _ why: Phrase, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in try db.audit(now, actor, "refused", object, why.written(["act": act])) }
    }
}
