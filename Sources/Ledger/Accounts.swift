import Core
import Database

/// Somebody who may come to the desk with a password of this installation.
package struct Account: Hashable, Codable, Sendable {
    /// Lower case; what is typed at the login.
    package var name: String
    /// Where test mails go; `nil` when there is none.
    package var address: EmailAddress?
    package var roles: [DeskRole]

    static let columns = "SELECT name, address, roles FROM account"

    init(_ row: borrowing Row) {
        name = row.text(0)
        address = row.optionalText(1).flatMap { EmailAddress($0) }
        roles = Self.roles(row.text(2))
    }

    static func text(_ roles: [DeskRole]) -> String { roles.map(\.description).joined(separator: "\n") }
    static func roles(_ text: String) -> [DeskRole] { text.split(separator: "\n").compactMap { DeskRole(String($0)) } }

    /// 2–64 letters, digits, `.`, `-`, `_` or `@`, which cannot be taken for one of the actors that are no person.
    package static func isName(_ text: String) -> Bool {
        (2...64).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || ("0"..."9").contains(Character($0)) || ".-_@".unicodeScalars.contains($0)
            }
            && text == text.lowercased()
            && ![
                "intake", "planner", "push", "cli", "desk", "recipient", "bounces", "directory", "service",
            ].contains(text)
    }
}

extension Ledger {
    /// Adds an account. Throws when the name is taken or is no name.
    package func addAccount(
        _ name: String, address: EmailAddress?, roles: [DeskRole], passwordHash: String, by actor: String, at now: Instant
    ) throws(Fault) {
        guard Account.isName(name) else {
            throw Fault(
                "add", "the user ‘\(name)’", cause: "it is no name for a user",
                mend: "Use 2 to 64 small letters, digits, full stops, hyphens, underlines or @.")
        }
        try write([]) { db throws(Fault) in
            guard try db.first("SELECT 1 FROM account WHERE name = ?", Value(name), make: { _ in true }) == nil else {
                throw Fault("add", "the user ‘\(name)’", cause: "there is one already", mend: "See ‘budstikke user list’.")
            }
            try db.run(
                "INSERT INTO account (name, address, roles, password, changed) VALUES (?, ?, ?, ?, ?)", Value(name), Value(address?.text),
                Value(Account.text(roles)), Value(passwordHash), Value(now))
            try db.audit(now, actor, "add user", "user \(name)", roles.map(\.description).joined(separator: ", "))
        }
    }

    /// Gives an account other roles; its sessions end.
    package func setRoles(_ roles: [DeskRole], of name: String, by actor: String, at now: Instant) throws(Fault) {
        try changeAccount(name, "change roles", roles.map(\.description).joined(separator: ", "), by: actor, at: now) { db throws(Fault) in
            try db.run("UPDATE account SET roles = ?, changed = ? WHERE name = ?", Value(Account.text(roles)), Value(now), Value(name))
        }
    }

    /// Gives an account another password; its sessions end.
    package func setPassword(hash: String, of name: String, by actor: String, at now: Instant) throws(Fault) {
        try changeAccount(name, "change password", "", by: actor, at: now) { db throws(Fault) in
            try db.run("UPDATE account SET password = ?, changed = ? WHERE name = ?", Value(hash), Value(now), Value(name))
            try db.run("DELETE FROM login_failure WHERE key = ?", Value("account " + name))
        }
    }

    package func removeAccount(_ name: String, by actor: String, at now: Instant) throws(Fault) {
        try changeAccount(name, "remove user", "", by: actor, at: now) { db throws(Fault) in
            try db.run("DELETE FROM account WHERE name = ?", Value(name))
        }
    }

    private func changeAccount(
        _ name: String, _ act: String, _ detail: String, by actor: String, at now: Instant, _ change: (Connection) throws(Fault) -> Void
    ) throws(Fault) {
        try write([]) { db throws(Fault) in
            guard try db.first("SELECT 1 FROM account WHERE name = ?", Value(name), make: { _ in true }) != nil else {
                throw Fault(act, "the user ‘\(name)’", cause: "there is no such user", mend: "See ‘budstikke user list’.")
            }
            try change(db)
            try db.run("DELETE FROM session WHERE account = ?", Value(name))
            try db.audit(now, actor, act, "user \(name)", detail)
        }
    }

    package func account(_ name: String) throws(Fault) -> Account? {
        try read { db throws(Fault) in try db.first("\(Account.columns) WHERE name = ?", Value(name)) { Account($0) } }
    }

    /// The hash of an account's password; `nil` when there is no such account.
    package func passwordHash(of name: String) throws(Fault) -> String? {
        try read { db throws(Fault) in try db.first("SELECT password FROM account WHERE name = ?", Value(name)) { $0.text(0) } }
    }

    package func accounts(limit: Int = 500) throws(Fault) -> [Account] {
        try read { db throws(Fault) in try db.all("\(Account.columns) ORDER BY name LIMIT ?", Value(limit)) { Account($0) } }
    }
}
