import Core
import Foundation

/// `state/spool/`: the service's own copies of what is being taken in, durable before the ledger says anything.
///
/// The files of one batch are one file, each after a line that names its digest and length in bytes: so one fsync makes all of them
/// durable. It is removed when its items are in the ledger and their originals are moved. What a killed process left is removed at the
/// start: its originals still lie in the drop folder, or their items are in the ledger.
///
/// Who holds the spool works on the drop folder, and nobody else does: a stage that a reload replaces while it hangs on a share keeps its
/// successor waiting.
final class Spool: Sendable {
    private let path: String
    private let folder: Int32

    /// Throws a ``Fault`` when the folder cannot be made.
    init(stateFolder: String, name: String = "spool") throws(Fault) {
        path = stateFolder + "/" + name
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw OpenFolder.fault("create", path) }
        folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw OpenFolder.fault("open", path) }
    }

    deinit { close(folder) }

    /// Whether this object holds the spool, which it does until ``release()`` or its end; false while another one does.
    func hold() -> Bool { flock(folder, LOCK_EX | LOCK_NB) == 0 }

    func release() { flock(folder, LOCK_UN) }

    /// Removes what a killed process left. To be called by who holds the spool.
    func sweep() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { unlink(path + "/" + name) }
    }

    /// Copies files, on the disk when it returns. The copy's name, for ``discard(_:)``. Throws a ``Fault``, such as when the disk is full.
    func keep(_ claims: [Claim]) throws(Fault) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(claims.reduce(0) { $0 + $1.bytes.count + 100 })
        for claim in claims {
            bytes += Array("\(claim.digest) \(claim.bytes.count)\n".utf8)
            bytes += claim.bytes
        }
        let name = claims.first?.digest ?? "empty"
        let copy = path + "/" + name
        let descriptor = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OpenFolder.fault("create", copy) }
        defer { close(descriptor) }
        guard writeAll(descriptor, bytes), fsync(descriptor) == 0, fsync(folder) == 0 else {
            let fault = OpenFolder.fault("write", copy)
            unlink(copy)
            throw fault
        }
        return name
    }

    func discard(_ name: String) { unlink(path + "/" + name) }
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
