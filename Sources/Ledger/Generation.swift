import Core
import Database

/// Which ledger this is and how many transactions have changed it: one row, counted up in each of them. See ``LedgerMark``.
struct Generation {
    /// Drawn when the ledger was made, never 0.
    var ledger: UInt64
    var count: Int64

    /// The row; drawn for a ledger that has none yet.
    init(in db: Connection) throws(Fault) {
        if let stored = try Self.stored(db) {
            self = stored
            return
        }
        (ledger, count) = (UInt64.random(in: 1...UInt64.max), 0)
        try db.run("INSERT INTO generation (one, ledger, count) VALUES (1, ?, 0)", .integer(Int64(bitPattern: ledger)))
    }

    private init(ledger: UInt64, count: Int64) { (self.ledger, self.count) = (ledger, count) }

    private static func stored(_ db: Connection) throws(Fault) -> Self? {
        try db.first("SELECT ledger, count FROM generation") { (row: borrowing Row) in
            Self(ledger: UInt64(bitPattern: row.integer(0)), count: row.integer(1))
        }
    }

    /// Counts up, in the transaction that is open.
    static func next(_ db: Connection) throws(Fault) -> Int64 {
        try db.run("UPDATE generation SET count = count + 1")
        return try stored(db)?.count ?? 0
    }

    /// Goes past a count that a ledger in this place had reached before.
    static func pass(_ count: Int64, _ db: Connection) throws(Fault) {
        try db.run("UPDATE generation SET count = max(count, ?)", .integer(count))
    }
}
