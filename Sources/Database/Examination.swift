import Core

extension Connection {
    /// Whether every page, row and index is what SQLite wrote: reads the whole file. Returns what is wrong, `nil` when nothing is.
    /// `isQuick` leaves the indexes' contents out.
    package func damage(isQuick: Bool = false) throws(Fault) -> Fault? {
        let found =
            try first("PRAGMA \(isQuick ? "quick_check" : "integrity_check")(1)") { (row: borrowing Row) in row.text(0) } ?? "no answer"
        // What it tells may quote a row: only the first line, which names the place.
        let line = found.split(whereSeparator: \.isNewline).first.map(String.init) ?? found
        return found == "ok" ? nil : Self.damaged(path, line)
    }

    package static func damaged(_ path: String, _ cause: String) -> Fault {
        Fault("open", path, cause: "the ledger is damaged (\(cause)), so nothing is sent", mend: restoreMend)
    }

    /// Writes everything that is committed into a new or empty file, of which nothing is on the disk for certain yet; others read and
    /// write meanwhile. It is one read transaction (VACUUM INTO), so the copy is of one instant and whole in itself, without a log.
    package func copy(into file: String) throws(Fault) { try run("VACUUM INTO ?", Value(file)) }
}
