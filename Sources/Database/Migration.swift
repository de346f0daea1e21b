import Core

extension Connection {
    /// How many steps of the schema have been done; 0 of an empty file.
    package func schemaVersion() throws(Fault) -> Int { try first("PRAGMA user_version") { (row: borrowing Row) in row.int(0) } ?? 0 }

    /// Brings the file's schema up to the last of `steps`, each in a transaction of its own; `user_version` counts the steps done.
    /// Calls `before` with the version that is there, unless the file is new or of the last step. Throws a ``Fault`` when the file was made by a
    /// newer program.
    package func migrate(_ steps: [String], before: (Int) throws(Fault) -> Void = { _ in }) throws(Fault) {
        let done = try schemaVersion()
        guard done <= steps.count else {
            throw Fault(
                "open", path, cause: "it was made by a newer version (schema \(done), this program knows \(steps.count))",
                mend: "Install the newer version again, or restore a backup from before the upgrade.")
        }
        if done > 0, done < steps.count { try before(done) }
        for (index, step) in steps.enumerated().dropFirst(done) {
            do throws(Fault) {
                try execute("BEGIN IMMEDIATE; \(step); PRAGMA user_version=\(index + 1); COMMIT")
            } catch {
                try? execute("ROLLBACK")
                throw error
            }
        }
    }
}
