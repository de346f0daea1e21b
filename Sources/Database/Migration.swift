import Core

extension Connection {
    /// Brings the file's schema up to the last of `steps`, each in a transaction of its own; `user_version` counts the steps done.
    /// Throws a ``Fault`` when the file was made by a newer program.
    package func migrate(_ steps: [String]) throws(Fault) {
        let done = try first("PRAGMA user_version") { (row: borrowing Row) in row.int(0) } ?? 0
        guard done <= steps.count else {
            throw Fault(
                "open", path, cause: "it was made by a newer version (schema \(done), this program knows \(steps.count))",
                mend: "Install the newer version again, or restore a backup from before the upgrade.")
        }
        for (index, step) in steps.enumerated().dropFirst(done) {
            try execute("BEGIN IMMEDIATE; \(step); PRAGMA user_version=\(index + 1); COMMIT")
        }
    }
}
