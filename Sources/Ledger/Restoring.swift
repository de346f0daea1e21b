import Core
import Database
import Foundation

/// What a restore did.
package struct Restoration: Codable, Sendable {
    /// When the ledger that is back was changed last.
    package var lastChange: Instant?
    /// Where the former ledger is now; `nil` when there was none.
    package var former: String?
    /// What is held because it may have happened since the backup; `nil` when nothing can have.
    package var setback: Setback?
}

extension Ledger {
    /// Puts a backup in the place of a state folder's ledger. The backup is examined first, the former ledger is kept under another
    /// name, and what may have happened since the backup is held. Throws with nothing changed when a process has the folder open,
    /// or the file is not a whole ledger of this version or an older one. A crash in between leaves the former ledger, or the new
    /// one, whose first start then holds the same.
    package static func restore(_ file: String, into folder: String, at now: Instant) throws(Fault) -> Restoration {
        let lock = try LedgerLock(folder: folder)
        let place = folder + "/" + fileName
        let draft = place + ".restoring"
        for left in [draft, draft + "-wal", draft + "-shm"] { unlink(left) }
        defer { for left in [draft, draft + "-wal", draft + "-shm"] { unlink(left) } }
        try copy(file, to: draft)
        try examine(draft, from: file)
        try synchroniseFile(draft)
        let former = try putAside(place, at: now)
        // Never under the new ledger's name: SQLite would apply the former one's log to it.
        for left in [place + "-wal", place + "-shm"] { unlink(left) }
        guard rename(draft, place) == 0 else {
            throw Fault("rename", draft, cause: errnoText(), mend: "Check the state folder; the former ledger is \(former ?? "untouched").")
        }
        try synchroniseFolder(of: place)
        try LedgerMark(folder: folder).isDamaged = false

        let ledger = try Ledger(folder: folder, lock: lock)
        let lastChange = try ledger.auditTrail(limit: 1).first?.at
        return Restoration(lastChange: lastChange, former: former, setback: try ledger.settleSetback(at: now))
    }

    private static func copy(_ file: String, to draft: String) throws(Fault) {
        do {
            try FileManager.default.copyItem(atPath: file, toPath: draft)
        } catch {
            throw Fault(
                "copy", file, cause: error.localizedDescription,
                mend: "Check the name, the right to read it, and the room in the state folder.")
        }
        chmod(draft, 0o600)
    }

    /// Throws when the copy is not a whole ledger, and brings its schema up to date.
    private static func examine(_ draft: String, from file: String) throws(Fault) {
        do throws(Fault) {
            let connection = try Connection(path: draft, access: .readWrite)
            if let damage = try connection.damage() { throw damage }
            let tables = try connection.first("SELECT count(*) FROM sqlite_schema WHERE name IN ('generation', 'delivery')") { $0.int(0) }
            guard tables == 2 else { throw Fault("open", file, cause: "it is not a ledger", mend: "") }
            try connection.migrate(Schema.steps)
        } catch {
            throw Fault("restore", file, cause: error.cause, mend: "Nothing was changed. Take another backup.")
        }
    }

    /// Gives the former ledger a second name, with its log; it has both until the new one takes its first name.
    private static func putAside(_ place: String, at now: Instant) throws(Fault) -> String? {
        guard access(place, F_OK) == 0 else { return nil }
        let base = place + ".before-restore-\(now.milliseconds / 1000)"
        let aside = (1...).lazy.map { $0 == 1 ? base : "\(base)-\($0)" }.first { access($0, F_OK) != 0 } ?? base
        for end in ["", "-wal"] where access(place + end, F_OK) == 0 {
            guard link(place + end, aside + end) == 0 else {
                throw Fault(
                    "put aside", place + end, cause: errnoText(), mend: "Nothing was changed. Put the state folder on a local disk.")
            }
        }
        try synchroniseFolder(of: place)
        return aside
    }
}
