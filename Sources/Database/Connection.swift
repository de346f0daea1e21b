import CSQLite
import Core
import Foundation

/// One connection to an SQLite file, used by one thread at a time. Statements are compiled once and kept by their text.
///
/// Every connection has foreign keys on, a five-second busy time-out, WAL, and `synchronous=FULL`: a commit that returned is on
/// the disk.
package final class Connection {
    package enum Access: Sendable { case readWrite, readOnly }

    let handle: OpaquePointer
    let path: String
    private var statements: [String: OpaquePointer] = [:]

    /// Opens the file, making it when it may be written. Throws a ``Fault``.
    package init(path: String, access: Access) throws(Fault) {
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
            | (access == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY)
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw Fault(
                "open", path, cause: String(cString: sqlite3_errstr(code)),
                mend: "Check that the folder exists, belongs to the service's user and has room.")
        }
        handle = opened
        self.path = path
        sqlite3_busy_timeout(handle, 5000)
        if access == .readWrite { try execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON") }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Runs statements without values, such as a schema.
    package func execute(_ sql: String) throws(Fault) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw fault(sql, code) }
    }

    /// Runs one statement to its end. Returns how many rows it changed.
    @discardableResult
    package func run(_ sql: String, _ values: Value...) throws(Fault) -> Int {
        try each(sql, values) { (_: borrowing Row) in }
        return Int(sqlite3_changes64(handle))
    }

    /// The row number that the last insert made.
    package var lastInserted: Int64 { sqlite3_last_insert_rowid(handle) }

    /// All rows of a query, each made into a value by `make`.
    package func all<Element>(_ sql: String, _ values: Value..., make: (borrowing Row) throws(Fault) -> Element) throws(Fault) -> [Element]
    {
        var found: [Element] = []
        try each(sql, values) { (row: borrowing Row) throws(Fault) in found.append(try make(row)) }
        return found
    }

    /// The first row of a query; `nil` when there is none.
    package func first<Element>(_ sql: String, _ values: Value..., make: (borrowing Row) throws(Fault) -> Element) throws(Fault)
        -> Element?
    {
        var found: Element?
        try each(sql, values) { (row: borrowing Row) throws(Fault) in if found == nil { found = try make(row) } }
        return found
    }

    /// Runs a query and shows each row in turn.
    package func each(_ sql: String, _ values: [Value], _ body: (borrowing Row) throws(Fault) -> Void) throws(Fault) {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { value.bind(statement, Int32(index + 1)) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try body(Row(statement: statement))
            case SQLITE_DONE: return
            case let code: throw fault(sql, code)
            }
        }
    }

    private func prepared(_ sql: String) throws(Fault) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw fault(sql, code) }
        statements[sql] = statement
        return statement
    }

    /// The statement's text is told, its values never are: they may be a person's.
    private func fault(_ sql: String, _ code: Int32) -> Fault {
        let words = sql.split(whereSeparator: \.isWhitespace).prefix(12).joined(separator: " ")
        let mend =
            switch code & 0xFF {
            case SQLITE_FULL: "Make room on the disk; the service goes on by itself."
            case SQLITE_CORRUPT, SQLITE_NOTADB: "Stop the service and restore the last backup."
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: "Give the service's user the right to write the state folder."
            case SQLITE_IOERR: "Check the disk; restart the service when it is sound."
            default: "Report this with the log."
            }
        return Fault("run ‘\(words) …’ on", path, cause: "\(String(cString: sqlite3_errmsg(handle))) (\(code))", mend: mend)
    }
}

extension Connection {
    /// Whether the last failure was the disk's (EIO), after which nothing in the cache can be trusted. That the index of the log could
    /// not grow is none of these: it is in memory, nothing of it is on the disk, and it happens when the disk is full.
    var isDiskError: Bool {
        let code = sqlite3_extended_errcode(handle)
        return code & 0xFF == SQLITE_IOERR && code != SQLITE_IOERR | (19 << 8)
    }

    /// False when a failure (a full disk, say) has made SQLite roll the transaction back by itself.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
}
