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
    let liveIndex = LiveIndex()
    let signatures = Signatures()
    private let listeners = Mutex<[(topics: Set<Topic>, kick: Kick)]>([])
    /// Held by the one import that is under way.
    let importing = Mutex<Void>(())
    private let urgency = Atomic<Int>(0)
    private let revision = Atomic<Int>(0)
    private let changeCounts = Mutex<[Topic: Int]>([:])
    /// How an erased person's address is remembered: see ``rememberPeople(by:)``.
    let personDigest = Mutex<(@Sendable (String) -> String)?>(nil)
    let mark: LedgerMark
    let trouble = LedgerTrouble()
    /// Whether the ledger is behind its mark and what that means has not been settled; see ``settleSetback(at:)``.
    let isSetBack: Mutex<Bool>
    /// Whether it was the ledger that this folder knows when it was opened, be it behind or not.
    let isOfThisPlace: Bool

    /// The file itself and those that SQLite keeps beside it.
    package var files: [String] { ["", "-wal", "-shm", "-journal"].map { path + $0 } }

    /// What a stage may want to be woken for.
    package enum Topic: Hashable, Sendable, CaseIterable {
        case items, editions, deliveries, posts, phones, recipients, alarms, alerts
    }

    /// Connections are not Sendable: each is handed to one thread at a time.
    private struct Readers: @unchecked Sendable { var idle: [Connection] = [] }

    /// Readers that wait for their next query. There are more at the same time now and then; each has two descriptors and up to 1 MB of pages.
    private static let keptReaders = 4

    /// Up to this size, in bytes, the whole file is examined at each start before anything is sent: some 25 ms. A larger one is
    /// examined while the service runs.
    private static let smallLedger = 16 << 20
    static let fileName = "ledger.sqlite"

    /// Opens `ledger.sqlite` in the state folder, making it at the first start, and brings its schema up to date.
    /// Throws a ``Fault`` when another process has it open, or it is damaged or newer than this program.
    package convenience init(folder: String) throws(Fault) { try self.init(folder: folder, lock: try LedgerLock(folder: folder)) }

    init(folder: String, lock: LedgerLock) throws(Fault) {
        self.lock = lock
        self.folder = folder
        path = folder + "/" + Self.fileName
        let mark = try LedgerMark(folder: folder)
        let connection = try Connection(path: path, access: .readWrite)
        let size = Self.fileSize(path)
        // One that was found damaged stays refused until it is whole again.
        if mark.isDamaged || size <= Self.smallLedger {
            if let fault = try connection.damage(isQuick: !mark.isDamaged) { throw fault }
            mark.isDamaged = false
        }
        try Self.upgrade(connection, path, Schema.steps)
        let generation = try Generation(in: connection)
        if mark.identity == 0, generation.count == 0 { try mark.adopt(generation.ledger, generation.count) }
        // Also one with a past that this folder knows nothing of: it came from elsewhere.
        isOfThisPlace = generation.ledger == mark.identity
        let isSetBack = generation.ledger != mark.identity || generation.count < mark.count
        if !isSetBack { mark.reached(generation.count) }
        self.mark = mark
        self.isSetBack = Mutex(isSetBack)
        writer = GroupCommit(
            connection,
            // Behind its mark it stays until that is settled.
            .init(
                last: Generation.next, committed: { [mark] in if mark.count < $0 { mark.reached($0) } },
                broken: { [mark, trouble] kind, fault in
                    if kind == .damage { mark.isDamaged = true }
                    trouble.met(fault)
                }))
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

    /// Has `met` told of the first failure after which this process must not go on: the disk's, or that the ledger is damaged. What it
    /// was about to do then fails; at the next start the service goes on from what is on the disk.
    package func onTrouble(_ met: @escaping @Sendable (Fault) -> Void) { trouble.listen(met) }

    /// Examines the whole ledger and throws when it is damaged; reads some 150 MB a second. Others read and write meanwhile.
    package func examine() throws(Fault) {
        let found = try read { db throws(Fault) in try db.damage() }
        guard let found else { return }
        mark.isDamaged = true
        trouble.met(found)
        throw found
    }

    /// How often urgent deliveries have been added in this process: a lane that sees the number change lets them pass.
    package var urgentCalls: Int { urgency.load(ordering: .relaxed) }

    /// How often something under one of the topics has been committed in this process: what was read at a count still holds at the same
    /// count. Ask before reading.
    package func changes(on topics: Set<Topic>) -> Int {
        changeCounts.withLock { counts in topics.reduce(0) { $0 + (counts[$1] ?? 0) } }
    }

    /// Changes when a text that never changes has changed after all: a person was erased from it. Whoever keeps texts in memory asks, before
    /// reading them.
    package var textRevision: Int { revision.load(ordering: .acquiring) }

    /// To be called after the commit and before anybody is told of it.
    func noteChangedTexts() {
        liveIndex.forget()
        revision.wrappingAdd(1, ordering: .releasing)
    }

    func noteUrgency() { urgency.wrappingAdd(1, ordering: .relaxed) }

    /// Kicks `kick` after each commit that changed something under one of the topics.
    package func kick(_ kick: Kick, on topics: Set<Topic>) {
        listeners.withLock { $0.append((topics, kick)) }
    }

    /// Runs a change and tells those who listen to the topics. For the transitions of this room only.
    func write<Outcome>(_ topics: Set<Topic>, _ change: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        let outcome = try writer.write(change)
        tell(topics)
        return outcome
    }

    /// Counts a change of the topics and tells those who listen to them.
    func tell(_ topics: Set<Topic>) {
        if !topics.isEmpty { changeCounts.withLock { counts in for topic in topics { counts[topic, default: 0] += 1 } } }
        for listener in listeners.withLock({ $0 }) where !listener.topics.isDisjoint(with: topics) { listener.kick.kick() }
    }

    /// Runs work that cannot be in a transaction on the writing connection. For this room only.
    func alone<Outcome>(_ work: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome { try writer.alone(work) }

    /// Runs queries on a read-only connection. For the queries of this room only.
    func read<Outcome>(_ query: (Connection) throws(Fault) -> Outcome) throws(Fault) -> Outcome {
        let idle = readers.withLock { $0.idle.popLast().map(Handed.init) }
        let handed: Handed
        if let idle { handed = idle } else { handed = Handed(connection: try Connection(path: path, access: .readOnly)) }
        let result = Result { () throws(Fault) in try query(handed.connection) }
        if let (kind, fault) = handed.connection.trouble {
            if kind == .damage { mark.isDamaged = true }
            trouble.met(fault)
        } else {
            readers.withLock { if $0.idle.count < Self.keptReaders { $0.idle.append(handed.connection) } }
        }
        return try result.get()
    }

    static func fileSize(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private struct Handed: @unchecked Sendable { let connection: Connection }
}
