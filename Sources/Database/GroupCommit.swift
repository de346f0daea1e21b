import Core
import Foundation

/// The one writer of a file: many threads' changes, few transactions.
///
/// Each thread runs its change itself, in a savepoint, when it has the turn. While others wait for the turn the transaction
/// stays open, and whoever finds nobody waiting commits for all. ``write(_:)`` returns when the commit with the change has
/// returned. A change that throws is rolled back alone. When a commit fails, or a failure rolls the transaction back, every change
/// in it fails. After an error of the disk, or when the file turns out to be damaged, the writer refuses all further work, because
/// a failed fsync must not be repeated (its pages may be marked clean): the process has to restart and recover from the file.
package final class GroupCommit: @unchecked Sendable {
    // Unchecked: `connection` is used only by the thread that has the turn, the rest only while `condition` is locked.

    /// Who wants to know of the commits, each called by the thread that commits.
    package struct Witness: Sendable {
        /// Runs in each transaction that has changed something, before its commit; what it returns is for `committed`.
        var last: @Sendable (Connection) throws(Fault) -> Int64
        /// The transaction is on the disk.
        var committed: @Sendable (Int64) -> Void
        /// The writer refuses all further work; called once.
        var broken: @Sendable (Connection.Trouble, Fault) -> Void

        package init(
            last: @escaping @Sendable (Connection) throws(Fault) -> Int64, committed: @escaping @Sendable (Int64) -> Void,
            broken: @escaping @Sendable (Connection.Trouble, Fault) -> Void
        ) {
            self.last = last
            self.committed = committed
            self.broken = broken
        }
    }

    private let connection: Connection
    private let witness: Witness
    private let condition = NSCondition()
    private var taken = false
    private var waiting = 0
    private var inBatch = 0
    private var batch = 0
    private var changesBefore: Int64 = 0
    private var outcomes: [Int: (left: Int, fault: Fault?)] = [:]
    private var broken: Fault?

    /// Bounds how long the first change of a transaction waits for the last.
    private static let largestBatch = 256

    package init(_ connection: Connection, _ witness: Witness) {
        self.connection = connection
        self.witness = witness
    }

    /// Runs `change` with the connection and returns when it is durable. Must not be called from inside a change.
    package func write<Outcome>(_ change: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        try takeTurn()
        let result: Result<Outcome, Fault> = Result { () throws(Fault) in
            if inBatch == 0 {
                changesBefore = connection.changes
                try connection.execute("BEGIN IMMEDIATE")
            }
            try connection.execute("SAVEPOINT change")
            do throws(Fault) {
                let outcome = try change(connection)
                try connection.execute("RELEASE change")
                return outcome
            } catch {
                // A full disk or a disk error may have rolled everything back already; then this fails too and says nothing new.
                try? connection.execute("ROLLBACK TO change; RELEASE change")
                throw error
            }
        }
        let passed = Result { () throws(Fault) in try passTurn() }
        let outcome = try result.get()
        try passed.get()
        return outcome
    }

    /// Runs `work` with the connection outside of any transaction, when what the others have begun is committed; they wait meanwhile.
    /// For what cannot be done in a transaction. Must not be called from inside a change.
    package func alone<Outcome>(_ work: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        try takeTurn()
        condition.lock()
        if inBatch > 0 {
            let mine = batch
            let count = inBatch
            let fault = ended()
            outcomes[mine] = (count, fault)
            batch += 1
            inBatch = 0
            condition.broadcast()
        }
        let refused = broken
        condition.unlock()
        let result: Result<Outcome, Fault> = Result { () throws(Fault) in
            if let refused { throw refused }
            return try work(connection)
        }
        condition.lock()
        if broken == nil, let trouble = connection.trouble {
            connection.leaveLogAlone()
            witness.broken(trouble.kind, trouble.fault)
            broken = trouble.fault
        }
        taken = false
        condition.broadcast()
        condition.unlock()
        return try result.get()
    }

    private func takeTurn() throws(Fault) {
        condition.lock()
        defer { condition.unlock() }
        waiting += 1
        while taken { condition.wait() }
        waiting -= 1
        if let broken { throw broken }
        taken = true
    }

    /// Leaves the transaction to the next thread, or ends it for all; returns when this thread's change is durable.
    private func passTurn() throws(Fault) {
        condition.lock()
        defer { condition.unlock() }
        inBatch += 1
        let mine = batch
        if waiting > 0, inBatch < Self.largestBatch, connection.isInTransaction, connection.trouble == nil {
            taken = false
            condition.broadcast()
            while outcomes[mine] == nil { condition.wait() }
        } else {
            let fault = ended()
            outcomes[mine] = (inBatch, fault)
            batch += 1
            inBatch = 0
            taken = false
            condition.broadcast()
        }
        guard let outcome = outcomes[mine] else { return }
        outcomes[mine] = outcome.left == 1 ? nil : (outcome.left - 1, outcome.fault)
        if let fault = outcome.fault { throw fault }
    }

    /// Ends the transaction with the condition unlocked, so that others can queue up meanwhile; says why its changes are lost.
    private func ended() -> Fault? {
        condition.unlock()
        let fault = committed()
        let trouble = connection.trouble
        if let trouble {
            connection.leaveLogAlone()
            witness.broken(trouble.kind, trouble.fault)
        }
        condition.lock()
        broken = trouble?.fault
        return fault
    }

    private func committed() -> Fault? {
        if let trouble = connection.trouble {
            try? connection.execute("ROLLBACK")
            return trouble.fault
        }
        // The change that met the failure throws its own; this one is for those before it in the same transaction.
        guard connection.isInTransaction else {
            return Fault("commit", "a change", cause: "another one failed and took it along", mend: "It is tried again.")
        }
        do throws(Fault) {
            let number = connection.changes == changesBefore ? nil : try witness.last(connection)
            try connection.execute("COMMIT")
            if let number { witness.committed(number) }
        } catch {
            try? connection.execute("ROLLBACK")
            return error
        }
        connection.checkpoint()
        return nil
    }
}
