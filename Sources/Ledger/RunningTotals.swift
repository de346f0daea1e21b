import Core
import Database

/// What the ledger counts as it goes, so that nobody has to read a table to know it. Each is counted in the transaction that makes it,
/// so it survives a restart and never runs ahead of what is on the disk.
package enum RunningTotal: String, Hashable, Sendable {
    /// Attempts by relay and the state that they led to.
    case outcomes = "outcome"
    /// What became of files that were taken in: new, replaced, unchanged, duplicate.
    case acceptances = "acceptance"
    /// Files that were refused, by the rule.
    case refusals = "refusal"
    /// Posts by endpoint and the state that they led to.
    case posts = "post"
    /// Alarms that were raised, by kind.
    case alarms = "alarm"
}

/// One count, with what it is of.
package struct TotalLine: Hashable, Sendable {
    package var label: String
    package var detail: String
    package var count: Int
}

extension Ledger {
    /// The counts of one total. Those of relays and endpoints that are gone stay among them.
    package func totals(_ total: RunningTotal, limit: Int = 1_000) throws(Fault) -> [TotalLine] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT label, detail, count FROM running_total WHERE name = ? ORDER BY label, detail LIMIT ?", Value(total.rawValue),
                Value(limit)
            ) { TotalLine(label: $0.text(0), detail: $0.text(1), count: $0.int(2)) }
        }
    }

    /// How many deliveries of an edition, or of all and of notices, are in each state; those that are no longer kept one by one are counted in
    /// the state that they had. Reads one row an edition.
    package func deliveryCounts(of edition: EditionID? = nil) throws(Fault) -> [DeliveryState: Int] {
        let states = DeliveryState.allCases
        let sums = states.map { "coalesce(sum(\($0.rawValue)), 0)" }.joined(separator: ", ")
        let counts = try read { db throws(Fault) in
            try db.first(
                "SELECT \(sums) FROM delivery_tally\(edition == nil ? " WHERE ?1 IS NULL" : " WHERE edition = ?1")", Value(edition)
            ) { row in states.indices.map { row.int($0) } }
        }
        return zip(states, counts ?? []).reduce(into: [:]) { if $1.1 > 0 { $0[$1.0] = $1.1 } }
    }

    /// How many editions there are in each state.
    package func editionCounts() throws(Fault) -> [EditionState: Int] {
        let counts = try read { db throws(Fault) in
            try db.all("SELECT state, count(*) FROM edition GROUP BY state") { (EditionState(rawValue: $0.text(0)), $0.int(1)) }
        }
        return counts.reduce(into: [:]) { if let state = $1.0 { $0[state] = $1.1 } }
    }

    /// How many posts of each endpoint are in each state, and when the last came into it.
    package func postStates() throws(Fault) -> [(endpoint: String, state: DeliveryState, count: Int, last: Instant)] {
        let rows = try read { db throws(Fault) in
            try db.all("SELECT endpoint, state, count(*), max(since) FROM post GROUP BY endpoint, state LIMIT 1000") {
                ($0.text(0), DeliveryState(rawValue: $0.text(1)), $0.int(2), $0.instant(3))
            }
        }
        return rows.compactMap { row in row.1.map { (row.0, $0, row.2, row.3) } }
    }

    /// How many bytes the ledger has on the disk, its log included.
    package var size: Int { Self.fileSize(path) + Self.fileSize(path + "-wal") }

    /// Whether pages and rows are what SQLite wrote, without the indexes' contents: what is wrong, `nil` when nothing is.
    package func quickDamage() throws(Fault) -> Fault? { try read { db throws(Fault) in try db.damage(isQuick: true) } }

    /// Notes that a whole backup stands in a file. It is no counted change (see ``LedgerMark``): else a backup would be behind the ledger
    /// that it was just made of, and all that waits would be held when it is put back at once.
    package func noteBackup(_ file: String, at now: Instant) throws(Fault) {
        try alone { db throws(Fault) in
            _ = try db.run("INSERT OR REPLACE INTO backup_note (one, file, at) VALUES (1, ?, ?)", Value(file), Value(now))
        }
    }

    /// The last whole backup that was made with ``noteBackup(_:at:)``.
    package func lastBackup() throws(Fault) -> (file: String, at: Instant)? {
        try read { db throws(Fault) in try db.first("SELECT file, at FROM backup_note") { ($0.text(0), $0.instant(1)) } }
    }
}

extension Connection {
    func add(_ count: Int, to total: RunningTotal, _ label: String, _ detail: String = "") throws(Fault) {
        try run(
            """
            INSERT INTO running_total (name, label, detail, count) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (name, label, detail) DO UPDATE SET count = count + ?4
            """, Value(total.rawValue), Value(label), Value(detail), Value(count))
    }
}

extension Acceptance {
    /// For a count's label.
    var word: String {
        switch self {
        case .new: "new"
        case .replaced: "replaced"
        case .unchanged: "unchanged"
        case .duplicate: "duplicate"
        }
    }
}
