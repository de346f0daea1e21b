import Core
import Database
import Foundation
import Synchronization

/// Every durable state of the service, in one SQLite file, and every legal transition between states.
///
/// Comes in: what the stages found, decided and did. Goes out: what is due, and what a reader asks. A transition is one method,
/// done in one transaction; when it returns it is on the disk. When it throws nothing has changed. Only one process has the
/// ledger open, held by a lock file; within it one connection writes (``GroupCommit``) and read-only ones read.
package final class Ledger: Sendable {
    package let path: String
    let folder: String
    private let lock: LedgerLock
    private let writer: GroupCommit
    private let readers = Mutex(Readers())
    private let journal = Mutex<AcknowledgementJournal?>(nil)
    /// Alarms that could not be written, for as long as they stand: of a full disk people must hear all the same.
    let unwritten = Mutex<[Alarm]>([])
    private let listeners = Mutex<[(topics: Set<Topic>, kick: Kick)]>([])

    /// What a stage may want to be woken for.
    package enum Topic: Hashable, Sendable, CaseIterable {
        case items, editions, deliveries, recipients, alarms
    }

    /// Connections are not Sendable: each is handed to one thread at a time.
    private struct Readers: @unchecked Sendable { var idle: [Connection] = [] }

    /// Opens `ledger.sqlite` in the state folder, making it at the first start, and brings its schema up to date.
    /// Throws a ``Fault`` when another process has it open, or it is damaged or newer than this program.
    package init(folder: String) throws(Fault) {
        lock = try LedgerLock(folder: folder)
        self.folder = folder
        path = folder + "/ledger.sqlite"
        let connection = try Connection(path: path, access: .readWrite)
        try connection.migrate(Schema.steps)
        writer = GroupCommit(connection)
    }

    /// The lanes' journal, opened when the first one needs it: commands that only look have none.
    func openedJournal() throws(Fault) -> AcknowledgementJournal {
        try journal.withLock { journal throws(Fault) in
            if let journal { return journal }
            let opened = try AcknowledgementJournal(folder: folder)
            journal = opened
            return opened
        }
    }

    /// Kicks `kick` after each commit that changed something under one of the topics.
    package func kick(_ kick: Kick, on topics: Set<Topic>) {
        listeners.withLock { $0.append((topics, kick)) }
    }

    /// Runs a change and tells those who listen to the topics. For the transitions of this room only.
    func write<Outcome>(_ topics: Set<Topic>, _ change: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        let outcome = try writer.write(change)
        for listener in listeners.withLock({ $0 }) where !listener.topics.isDisjoint(with: topics) { listener.kick.kick() }
        return outcome
    }

    /// Runs queries on a read-only connection. For the queries of this room only.
    func read<Outcome>(_ query: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        let idle = readers.withLock { $0.idle.popLast().map(Handed.init) }
        let handed: Handed
        if let idle { handed = idle } else { handed = Handed(connection: try Connection(path: path, access: .readOnly)) }
        defer { readers.withLock { $0.idle.append(handed.connection) } }
        return try query(handed.connection)
    }

    private struct Handed: @unchecked Sendable { let connection: Connection }
}
