import CSQLite
import Core
import Foundation

/// One connection to an SQLite file, used by one thread at a time. Statements are compiled once and kept by their text.
///
/// Every connection has foreign keys on, a five-second busy time-out, WAL, and `synchronous=FULL`: a commit that returned is on
/// the disk. The one that writes copies the log back into the file itself, by ``checkpoint()``: SQLite's own would pass over a
/// failed fsync in silence.
package final class Connection {
    package enum Access: Sendable { case readWrite, readOnly }

    /// A failure after which nothing in the connection's cache can be trusted.
    package enum Trouble: Sendable {
        /// The disk failed to read, write or sync (EIO).
        case disk
        /// The file is not what SQLite wrote.
        case damage
    }

    let handle: OpaquePointer
    let path: String
    private var statements: [String: OpaquePointer] = [:]
    /// The first such failure of this connection.
    package private(set) var trouble: (kind: Trouble, fault: Fault)?
    /// How many pages the log held after the last commit.
    fileprivate var logPages: Int32 = 0

    /// A log of so many pages (4 MB) is copied back into the file.
    private static let longLog: Int32 = 1000
    /// In KiB; SQLite's own is 2,000.
    private static let readerCache = 1_000
    /// In milliseconds.
    private static let busyTime: Int32 = 5000

    /// Once in a process.
    private static let setUp = budstikke_count_no_memory()

    /// Opens the file, making it when it may be written. Throws a ``Fault``.
    package init(path: String, access: Access) throws(Fault) {
        _ = Self.setUp
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
        sqlite3_busy_timeout(handle, Self.busyTime)
        try addSearchFunctions()
        guard access == .readWrite else {
            // There are several, and the system has the file's pages anyway.
            try execute("PRAGMA cache_size=-\(Self.readerCache)")
            return
        }
        // What is deleted is overwritten in the page that held it, and pages that are free can be given back part by part; the latter is of
        // a file's first moment and does nothing to one that is there.
        try execute(
            "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON"
        )
        sqlite3_wal_hook(handle, committed, Unmanaged.passUnretained(self).toOpaque())
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

    /// How many rows this connection has changed since it was opened.
    var changes: Int64 { sqlite3_total_changes64(handle) }

    /// False too when a failure rolled the transaction back by itself.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Copies a long log back into the file, as far as readers let it. Does not throw: what was committed is on the disk in any
    /// case. A failure of the disk stands in ``trouble`` then.
    func checkpoint() {
        guard logPages >= Self.longLog else { return }
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        if code != SQLITE_OK { _ = fault("checkpoint", code) }
    }

    /// Copies the whole log back into the file and empties it, so that nothing that was deleted stands in it any more. Returns false when
    /// somebody reads an older state at the moment.
    package func emptyLog() throws(Fault) -> Bool {
        // Whoever wants to write waits as long.
        sqlite3_busy_timeout(handle, 50)
        defer { sqlite3_busy_timeout(handle, Self.busyTime) }
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        guard code != SQLITE_BUSY else { return false }
        guard code == SQLITE_OK else { throw fault("checkpoint", code) }
        return true
    }

    /// After a failed fsync: neither here nor at the close is another one to be tried.
    func leaveLogAlone() { budstikke_keep_log_on_close(handle) }

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
        let (kind, mend) = Self.judged(code)
        let fault = Fault("run ‘\(words) …’ on", path, cause: "\(String(cString: sqlite3_errmsg(handle))) (\(code))", mend: mend)
        if trouble == nil, let kind { trouble = (kind, fault) }
        return fault
    }

    private static func judged(_ code: Int32) -> (Trouble?, mend: String) {
        let roomy = "Make room on the disk; the service goes on by itself."
        // The index of the log could not grow.
        if code == SQLITE_IOERR | (19 << 8) { return (nil, roomy) }
        return switch code & 0xFF {
        case SQLITE_FULL: (nil, roomy)
        case SQLITE_CORRUPT, SQLITE_NOTADB: (.damage, restoreMend)
        case SQLITE_IOERR: (.disk, "Check the disk; start the service when it is sound, it goes on from what is on the disk.")
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: (nil, "Give the service's user the right to write the state folder.")
        default: (nil, "Report this with the log.")
        }
    }

    package static let restoreMend = "Stop the service and bring the last backup back: budstikke restore FILE."
}

/// SQLite tells how long the log is after a commit.
private func committed(
    _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ pages: Int32
) -> Int32 {
    if let context { Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().logPages = pages }
    return SQLITE_OK
}
