import Core
import Foundation

/// The key under which this installation makes the tokens of its links: 32 random bytes in `token.key` in the state folder.
///
/// It is made once, at the first start. Whoever loses it makes the links in mails that are already out invalid, so it belongs
/// in the backup of the state folder.
package struct InstallationKey: Sendable, CustomStringConvertible, CustomReflectable {
    package static let fileName = "token.key"
    package static let length = 32

    let bytes: [UInt8]

    package var description: String { "‹secret›" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// A key from bytes that are already there: for tests and rehearsals.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// A key that nobody else has, and that ends with the process.
    package static func random() -> InstallationKey { InstallationKey(fresh: randomBytes(length)) }

    private init(fresh bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the key in a folder, or makes it (mode 0600, file and folder synchronised to the disk before it is used).
    /// Throws a ``Fault`` when the key is damaged, open to others, or cannot be written. One process owns the folder.
    package static func load(orCreateIn folder: String) throws(Fault) -> InstallationKey {
        let path = folder + "/" + fileName
        if access(path, F_OK) != 0 && errno == ENOENT {
            try writePrivateFile(randomBytes(length), path, in: folder, what: "the installation's key")
        }
        guard let key = InstallationKey(try privateFile(path, limit: length)) else {
            throw Fault(
                "read the installation's key", path, cause: "it has not \(length) bytes",
                mend: "Restore it from a backup; if there is none, remove it: links in mails already sent will then end.")
        }
        return key
    }
}

/// Makes a file that only its owner can touch, written beside its name and renamed: a crash leaves no file or a whole one. File and
/// folder are on the disk when this returns. `what` names it to the operator.
func writePrivateFile(_ bytes: [UInt8], _ path: String, in folder: String, what: String) throws(Fault) {
    func unwritable(_ path: String) -> Fault {
        Fault(
            "write \(what)", path, cause: errnoText(),
            mend: "Give the service's user the right to write in the state folder, and free space.")
    }
    let fresh = path + ".new"
    unlink(fresh)
    let file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw unwritable(fresh) }
    defer { close(file) }
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0, rename(fresh, path) == 0 else { throw unwritable(path) }
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw unwritable(folder) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw unwritable(folder) }
}
