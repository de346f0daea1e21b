import Core
import Database
import Foundation

extension Ledger {
    /// Writes a copy of the ledger, of one instant, whole in itself, and examined; others read and write meanwhile. It stands under its
    /// name only when all of it is on the disk. Throws a ``Fault`` when there is a file of that name, unless it may be replaced.
    package func backUp(to file: String, replacing: Bool) throws(Fault) {
        let refused = Fault("back up to", file, cause: "the file exists", mend: "Name another, or replace it with --force.")
        guard replacing || access(file, F_OK) != 0 else { throw refused }
        let draft = "\(file).\(UInt32.random(in: 0...UInt32.max)).part"
        // The ledger names people: for this user alone.
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault(
                "write", draft, cause: errnoText(), mend: "Name a folder where the service's user may write (ReadWritePaths= of the unit).")
        }
        close(descriptor)
        defer { unlink(draft) }
        try read { db throws(Fault) in try db.copy(into: draft) }
        if let damage = try Connection(path: draft, access: .readOnly).damage() { throw damage }
        try synchroniseFile(draft)
        // link(2) does not replace; rename(2) does.
        guard replacing ? rename(draft, file) == 0 : link(draft, file) == 0 else {
            throw errno == EEXIST ? refused : Fault("write", file, cause: errnoText(), mend: "Name another folder.")
        }
        try synchroniseFolder(of: file)
    }
}
