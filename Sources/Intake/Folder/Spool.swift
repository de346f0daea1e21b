import Core
import Crypto
import Foundation

/// `state/spool/`: the service's own copies of what is being taken in, by digest, durable before the ledger says anything.
///
/// A copy is removed when its item is in the ledger and its original is moved. What a killed process left is removed at the
/// start: its original still lies in the drop folder, or its item is in the ledger.
final class Spool: Sendable {
    private let path: String

    /// Throws a ``Fault`` when the folder cannot be made.
    init(stateFolder: String, name: String = "spool") throws(Fault) {
        path = stateFolder + "/" + name
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw OpenFolder.fault("create", path) }
    }

    /// Removes what a killed process left. Not while another stage still works with the folder, as during a reload.
    func sweep() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { unlink(path + "/" + name) }
    }

    /// Puts bytes under their digest, on the disk when it returns but for the folder's own entry: see ``sync()``.
    /// Throws a ``Fault``, such as when the disk is full.
    func keep(_ bytes: [UInt8], digest: String) throws(Fault) {
        let final = path + "/" + digest
        guard access(final, F_OK) != 0 else { return }
        let descriptor = open(final + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OpenFolder.fault("create", final) }
        defer { close(descriptor) }
        guard writeAll(descriptor, bytes), fsync(descriptor) == 0, rename(final + ".new", final) == 0 else {
            let fault = OpenFolder.fault("write", final)
            unlink(final + ".new")
            throw fault
        }
    }

    /// Makes the folder's entries durable.
    func sync() throws(Fault) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw OpenFolder.fault("open", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw OpenFolder.fault("sync", path) }
    }

    func discard(_ digest: String) { unlink(path + "/" + digest) }
}

/// Writes everything, over interruptions; false with `errno` set.
func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
    var written = 0
    while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
            if errno == EINTR { continue }
            return false
        }
        written += count
    }
    return true
}
