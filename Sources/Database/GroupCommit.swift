import Core
import Foundation

/// The one writer of a file: many threads' changes, few transactions.
///
/// Each thread runs its change itself, in a savepoint, when it has the turn. While others wait for the turn the transaction
/// stays open, and whoever finds nobody waiting commits for all. ``write(_:)`` returns when the commit with the change has
/// returned. A change that throws is rolled back alone. When a commit fails, every change in it fails; after a disk error the
/// writer refuses all further work, because a failed fsync must not be repeated (its pages may be marked clean): the process has
/// to restart and recover from the file.
package final class GroupCommit: @unchecked Sendable {
    // Unchecked: `connection` is used only by the thread that has the turn, the rest only while `condition` is locked.
    private let connection: Connection
    private let condition = NSCondition()
    private var taken = false
    private var waiting = 0
    private var inBatch = 0
    private var batch = 0
    private var outcomes: [Int: (left: Int, fault: Fault?)] = [:]
    private var broken: Fault?
    /// Why SQLite rolled the open transaction back by itself: every change in it is lost, and none may follow outside of one.
    private var lost: Fault?

    /// Bounds how long the first change of a transaction waits for the last.
    private static let largestBatch = 256

    package init(_ connection: Connection) { self.connection = connection }

    /// Runs `change` with the connection and returns when it is durable. Must not be called from inside a change.
    package func write<Outcome>(_ change: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        try takeTurn()
        let result: Result<Outcome, Fault> = Result { () throws(Fault) in
            if inBatch == 0 { try begin() } else if let lost { throw lost }
            try connection.execute("SAVEPOINT change")
            do throws(Fault) {
                let outcome = try change(connection)
                try connection.execute("RELEASE change")
                return outcome
            } catch {
                // A full disk or a disk error may have rolled everything back already; then this fails too and says nothing new.
                try? connection.execute("ROLLBACK TO change; RELEASE change")
                if !connection.isInTransaction { lost = error }
                throw error
            }
        }
        let passed = Result { () throws(Fault) in try passTurn() }
        let outcome = try result.get()
        try passed.get()
        return outcome
    }

    private func begin() throws(Fault) {
        do throws(Fault) { try connection.execute("BEGIN IMMEDIATE") } catch {
            lost = error
            throw error
        }
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

    /// Leaves the transaction to the next thread, or commits it for all; returns when this thread's change is durable.
    private func passTurn() throws(Fault) {
        condition.lock()
        defer { condition.unlock() }
        inBatch += 1
        let mine = batch
        if waiting > 0, inBatch < Self.largestBatch {
            taken = false
            condition.broadcast()
            while outcomes[mine] == nil { condition.wait() }
        } else {
            let fault = committed()
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

    /// Commits with the condition unlocked, so that others can queue up meanwhile.
    private func committed() -> Fault? {
        condition.unlock()
        defer { condition.lock() }
        if let fault = lost {
            lost = nil
            return fault
        }
        do throws(Fault) {
            try connection.execute("COMMIT")
            return nil
        } catch {
            if connection.isDiskError { broken = error }
            try? connection.execute("ROLLBACK")
            return error
        }
    }
}
