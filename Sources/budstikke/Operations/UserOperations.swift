import Core
import Desk
import Ledger

/// The accounts of those who come to the desk with a password.
struct UserOperations {
    var ledger: Ledger
    /// The sources that a role may be bound to.
    var sources: [String]
    var actor: String

    func list() throws(Fault) -> Answer {
        let accounts = try ledger.accounts()
        var table = TextTable("USER", "ROLES", "EMAIL")
        for account in accounts {
            table.add(account.name, account.roles.map(\.description).joined(separator: ", "), account.address?.text ?? "–")
        }
        return Answer(text: accounts.isEmpty ? "No users." : table.text, json: jsonText(accounts))
    }

    func add(_ name: String, _ address: EmailAddress?, _ roles: [DeskRole], _ hash: String, at now: Instant) throws(Fault) -> Answer {
        try check(roles)
        try ledger.addAccount(name, address: address, roles: roles, passwordHash: hash, by: actor, at: now)
        return done(name, "added")
    }

    func setRoles(_ name: String, _ roles: [DeskRole], at now: Instant) throws(Fault) -> Answer {
        try check(roles)
        try ledger.setRoles(roles, of: name, by: actor, at: now)
        return done(name, "changed; sessions have ended")
    }

    func setPassword(_ name: String, _ hash: String, at now: Instant) throws(Fault) -> Answer {
        try ledger.setPassword(hash: hash, of: name, by: actor, at: now)
        return done(name, "changed; sessions have ended")
    }

    func remove(_ name: String, at now: Instant) throws(Fault) -> Answer {
        try ledger.removeAccount(name, by: actor, at: now)
        return done(name, "removed")
    }

    private func check(_ roles: [DeskRole]) throws(Fault) {
        for source in roles.compactMap(\.source) where !sources.contains(source) {
            throw Fault(
                "give", "a role for ‘\(source)’", cause: "there is no such source",
                mend: nearestName(to: source, among: sources).map { "Did you mean ‘\($0)’?" } ?? "See [Source …] in the settings.")
        }
    }

    private func done(_ name: String, _ what: String) -> Answer {
        Answer(text: "User \(name) is \(what).", json: jsonText(["user": name]))
    }
}
