import Core
import Foundation

/// Holds `ledger.lock` in the state folder as long as it lives: a second daemon ends at once, a command asks the first one.
final class LedgerLock: Sendable {
    private let descriptor: Int32

    /// Throws a ``Fault`` when another process holds the lock or the folder cannot be made.
    init(folder: String) throws(Fault) {
        if mkdir(folder, 0o700) != 0, errno != EEXIST {
            throw Fault("create", folder, cause: errnoText(), mend: "Create the state folder, or give the service's user the right to.")
        }
        // What root makes in another's folder that other cannot open afterwards, and the service would not start any more.
        var facts = stat()
        if geteuid() == 0, stat(folder, &facts) == 0, facts.st_uid != 0 {
            let owner = getpwuid(facts.st_uid).map { String(cString: $0.pointee.pw_name) } ?? "\(facts.st_uid)"
            throw Fault(
                "open", folder, cause: "it belongs to \(owner), no service answers there, and this is root",
                mend: "Start the service, or run the command as that user: sudo -u \(owner) budstikke …")
        }
        let path = folder + "/ledger.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Fault("open", path, cause: errnoText(), mend: "Give the service's user the right to write the state folder.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw code == EWOULDBLOCK
                ? Fault(
                    "open", folder, cause: "another Budstikke has this state folder open",
                    mend: "Stop that one first, or set another State= in the configuration.")
                : Fault("lock", path, cause: errnoText(code), mend: "Put the state folder on a local disk.")
        }
    }

    deinit { close(descriptor) }
}
