import Core
import Crypto
import Foundation

/// A file's bytes, taken from the drop folder as they were in one moment.
struct Claim {
    enum Outcome {
        case claimed(Claim)
        /// Somebody writes to it, or it is not what was listed: the next pass looks again.
        case notYet
        case refused(Refusal)
        /// It cannot be read now; an operator has to see to it.
        case unreadable(Fault)
    }

    let name: String
    let bytes: [UInt8]
    let digest: String

    /// Opens the file below its folder without following links or waiting on a pipe or device, checks that it is the plain file with one
    /// name that was listed, reads it, and checks again that nothing was written meanwhile (FAULTS 21: a swap after the check).
    static func take(_ part: Candidate.Part, in folder: OpenFolder) -> Outcome {
        let descriptor = openBeneath(
            folder.descriptor, rawPath: EntryName.path(part.path), flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY)
        guard descriptor >= 0 else {
            switch errno {
            // A Windows program has it to itself (SMB: EBUSY or ETXTBSY); it was replaced on the server (NFS: ESTALE).
            case ENOENT, EINTR, EAGAIN, EBUSY, ETXTBSY, ESTALE: return .notYet
            case ELOOP, EXDEV, ENXIO: return .refused(Refusal(.notAFile, value: part.name))
            default: return .unreadable(OpenFolder.fault("read", folder.path + "/" + part.path.map(\.text).joined(separator: "/")))
            }
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return .refused(Refusal(.notAFile, value: part.name))
        }
        guard status.st_nlink == 1 else { return .refused(Refusal(.hardLink, value: part.name)) }
        guard FileIdentity(status) == part.entry.identity, folder.isOnNetwork || !isOpenForWriting(descriptor) else { return .notYet }
        let limit = FileFormat(part.name).sizeLimit
        guard Int(status.st_size) <= limit else {
            return .refused(Refusal(FileFormat(part.name) == .picture ? .pictureTooLarge : .tooLarge, value: limitText(part.name, limit)))
        }
        let size = Int(status.st_size)
        guard let bytes = readBytes(descriptor, atMost: size + 1), bytes.count == size else { return .notYet }
        var after = stat()
        guard fstat(descriptor, &after) == 0, FileIdentity(after) == part.entry.identity else { return .notYet }
        return .claimed(Claim(name: part.name, bytes: bytes, digest: SHA256.hexadecimalDigest(bytes)))
    }

    private static func limitText(_ name: String, _ limit: Int) -> String {
        FileFormat(name) == .picture ? name : limit >= 1 << 20 ? "\(limit >> 20) MB" : "\(limit >> 10) KB"
    }
}

/// Whether some process of this machine (a Samba server, say) has the file open for writing: then the kernel grants no read lease
/// (fcntl(2), F_SETLEASE). Not to be asked on a network file system, where the settle time alone counts: there a lease is refused in the
/// same words when the server has merely not granted an oplock or a delegation (cifs_setlease, nfs4_setlease), which may be for ever.
private func isOpenForWriting(_ descriptor: Int32) -> Bool {
    _ = ignoreLeaseBreaks
    guard fcntl(descriptor, setLease, F_RDLCK) == 0 else { return errno == EAGAIN }
    _ = fcntl(descriptor, setLease, F_UNLCK)
    return false
}

/// F_SETLEASE, which <fcntl.h> shows to GNU sources only.
private let setLease: Int32 = 1024
/// Whoever opens the file in the microsecond of the lease makes the kernel send SIGIO, whose default is to end the process.
private let ignoreLeaseBreaks: Void = { _ = signal(SIGIO, SIG_IGN) }()
