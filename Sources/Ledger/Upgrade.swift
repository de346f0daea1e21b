import Core
import Database
import Foundation

extension Ledger {
    /// Brings a ledger's schema up to date. Before the first step on a ledger that is in use it is copied, whole and on the disk, to
    /// `ledger.sqlite.schema-1` and so on, after the version that it has: what the former program opens if the new one must be taken back. On failure
    /// of the copy nothing is changed; of a step, the ledger is as the step before left it, and the next start tries again.
    static func upgrade(_ connection: Connection, _ path: String, _ steps: [String]) throws(Fault) {
        try connection.migrate(steps) { version throws(Fault) in
            let place = "\(path).schema-\(version)"
            let draft = place + ".part"
            unlink(draft)
            defer { unlink(draft) }
            // The ledger names people: for this user alone.
            let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw Fault("copy the ledger before its upgrade to", draft, cause: errnoText(), mend: "Make room in the state folder.")
            }
            close(descriptor)
            try connection.copy(into: draft)
            try synchroniseFile(draft)
            // A copy of a start that ended in between is the same or older.
            guard rename(draft, place) == 0 else {
                throw Fault("copy the ledger before its upgrade to", place, cause: errnoText(), mend: "Check the state folder.")
            }
            try synchroniseFolder(of: place)
        }
    }
}
