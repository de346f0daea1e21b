import Core
import Database

// A directory is exchanged in three steps, none of which keeps others from writing for longer than a part takes: the changes are
// written down in parts, one short transaction takes them all, and they are applied part by part. Until they are taken the former
// directory stands, and a crash leaves it so; from then on a crash leaves the parts that are missing, and whoever wants to read the
// directory applies them first.
extension Ledger {
    /// How many people are in a part: some 20 ms.
    private static let partSize = 500

    /// Makes the directory exactly these people, all or nothing. Who is no longer in it receives nothing more, but keeps number
    /// and unsubscriptions, so that a return next month is no new subscription.
    package func replaceDirectory(_ people: [Person], at now: Instant) throws(Fault) -> DirectoryChange {
        try importing.withLock { _ throws(Fault) in
            try continueImport()
            var change = DirectoryChange(total: people.count)
            // What an import left that was never taken.
            _ = try write([]) { db throws(Fault) in try db.run("DELETE FROM directory_rest") }
            try writeDownPeople(people, &change)
            try writeDownGone(people, &change)
            guard change.added + change.changed + change.removed > 0 else { return change }
            try write([]) { [change] db throws(Fault) in
                try db.run("INSERT INTO directory_import (one, at) VALUES (1, ?)", Value(now))
                try db.audit(
                    now, "directory", "import", "directory",
                    Phrase.imported.written(
                        ["added": "\(change.added)", "changed": "\(change.changed)", "removed": "\(change.removed)"]))
            }
            try continueImport()
            return change
        }
    }

    /// How many of those who are in the directory would not be in it any more, were it these people, and how many there are.
    package func loss(by people: [Person]) throws(Fault) -> (removed: Int, former: Int) {
        let kept = Set(people.map(\.address.key))
        var (removed, former) = (0, 0)
        try eachInDirectory { _, key in
            former += 1
            if !kept.contains(key) { removed += 1 }
        }
        return (removed, former)
    }

    private func eachInDirectory(_ take: (Int64, String) -> Void) throws(Fault) {
        try continueImport()
        try read { db throws(Fault) in
            try db.each("SELECT id, address_key FROM recipient WHERE active = 1", []) { row in take(row.integer(0), row.text(1)) }
        }
    }

    /// Applies what is left of an import that was taken.
    package func continueImport() throws(Fault) {
        while try isImporting() {
            let digest = personDigest.withLock { $0 }
            let isDone = try write([]) { db throws(Fault) in try db.applyImportPart(digest) }
            if isDone { _ = try write([.recipients]) { db throws(Fault) in try db.run("DELETE FROM directory_import") } }
        }
    }

    private func isImporting() throws(Fault) -> Bool {
        try read { db throws(Fault) in try db.first("SELECT 1 FROM directory_import") { _ in true } ?? false }
    }

    private func writeDownPeople(_ people: [Person], _ change: inout DirectoryChange) throws(Fault) {
        var waiting: [Person] = []
        for start in stride(from: 0, to: people.count, by: Self.partSize) {
            let slice = people[start..<min(start + Self.partSize, people.count)]
            let (new, other) = try read { db throws(Fault) in try db.changes(among: slice) }
            change.added += new.count
            change.changed += other.count
            waiting += new + other
            if waiting.count >= Self.partSize {
                try writeDown(ImportPart(people: waiting))
                waiting = []
            }
        }
        if !waiting.isEmpty { try writeDown(ImportPart(people: waiting)) }
    }

    private func writeDownGone(_ people: [Person], _ change: inout DirectoryChange) throws(Fault) {
        let kept = Set(people.map(\.address.key))
        var gone: [Int64] = []
        try eachInDirectory { id, key in if !kept.contains(key) { gone.append(id) } }
        change.removed = gone.count
        for start in stride(from: 0, to: gone.count, by: Self.partSize) {
            try writeDown(ImportPart(gone: Array(gone[start..<min(start + Self.partSize, gone.count)])))
        }
    }

    private func writeDown(_ part: ImportPart) throws(Fault) {
        let text = try Stored.text(part)
        _ = try write([]) { db throws(Fault) in try db.run("INSERT INTO directory_rest (changes) VALUES (?)", Value(text)) }
    }
}

/// People who are new or not as they were, and the numbers of those who have gone.
private struct ImportPart: Codable {
    var people: [Person] = []
    var gone: [Int64] = []
}

extension Connection {
    /// Those who are not in the directory, and those who are in it in another form.
    fileprivate func changes(among people: ArraySlice<Person>) throws(Fault) -> (new: [Person], other: [Person]) {
        var (new, other): ([Person], [Person]) = ([], [])
        for person in people {
            let known = try first(
                "SELECT person, active FROM recipient WHERE address_key = ?", Value(person.address.key)
            ) { ($0.text(0), $0.bool(1)) }
            if known?.1 != true { new.append(person) } else if known?.0 != (try Stored.text(person)) { other.append(person) }
        }
        return (new, other)
    }

    /// Returns true when there is no part left.
    fileprivate func applyImportPart(_ digest: (@Sendable (String) -> String)?) throws(Fault) -> Bool {
        guard let now = try first("SELECT at FROM directory_import", make: { $0.instant(0) }) else { return false }
        let next = try first("SELECT part, changes FROM directory_rest ORDER BY part LIMIT 1") { row throws(Fault) in
            (row.integer(0), try Stored.value(ImportPart.self, row.text(1)))
        }
        guard let (number, part) = next else { return true }
        for person in part.people {
            try run(
                """
                INSERT INTO recipient (address, address_key, name, language, department, person, active, changed)
                VALUES (?, ?, ?, ?, ?, ?, 1, ?)
                ON CONFLICT (address_key) DO UPDATE SET address = excluded.address, name = excluded.name, language = excluded.language,
                department = excluded.department, person = excluded.person, active = 1, changed = excluded.changed
                """, Value(person.address.text), Value(person.address.key), Value(person.name),
                Value(person.language?.rawValue), Value(person.department), Value(try Stored.text(person)), Value(now))
        }
        try recallChoices(of: part.people.map(\.address), digest, now)
        for gone in part.gone { try run("UPDATE recipient SET active = 0, changed = ? WHERE id = ?", Value(now), .integer(gone)) }
        try run("DELETE FROM directory_rest WHERE part = ?", .integer(number))
        return false
    }
}
