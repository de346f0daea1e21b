import Foundation
import Synchronization

/// A file of 64-bit words in memory that the kernel shares with the file: a word that was stored outlives this process however it
/// ends, without a system call. On the disk it is when the kernel has written it back, so a power cut may lose it.
///
/// A store is a release and a load an acquire: who sees a word sees everything that was stored before it.
package final class MappedWords: @unchecked Sendable {
    // Unchecked: the memory is only ever reached through atomic loads and stores.
    private let words: UnsafeMutablePointer<Atomic<UInt64>>
    private let path: String
    package let count: Int

    /// Maps the file of exactly `count` words, making it, full of zeros and for this user alone, when it is not there or empty.
    /// Its room on the disk is taken here: a store into a file with holes on a full disk would end the process (SIGBUS).
    /// Throws a ``Fault`` when it cannot be made or opened, or has another length.
    package init(path: String, count: Int) throws(Fault) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.fault(path, errnoText()) }
        defer { close(descriptor) }
        let bytes = count * MemoryLayout<UInt64>.stride
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.fault(path, errnoText()) }
        if status.st_size == 0 {
            let code = posix_fallocate(descriptor, 0, off_t(bytes))
            guard code == 0 else { throw Self.fault(path, errnoText(code)) }
        } else if status.st_size != bytes {
            throw Fault(
                "open", path, cause: "it is \(status.st_size) bytes long, not \(bytes): another version wrote it",
                mend: "Start that version once and stop it, so that it finishes with the file; then remove the file.")
        }
        let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let mapped, Int(bitPattern: mapped) != -1 else { throw Self.fault(path, errnoText()) }
        words = mapped.bindMemory(to: Atomic<UInt64>.self, capacity: count)
        self.count = count
        self.path = path
    }

    deinit { munmap(words, count * MemoryLayout<UInt64>.stride) }

    /// The word at an index from 0 to `count` - 1.
    package subscript(index: Int) -> UInt64 {
        get {
            precondition(index >= 0 && index < count)
            return words[index].load(ordering: .acquiring)
        }
        set {
            precondition(index >= 0 && index < count)
            words[index].store(newValue, ordering: .releasing)
        }
    }

    /// Waits until the words and the file's name are on the disk. Throws a ``Fault`` when the disk fails.
    package func synchronise() throws(Fault) {
        guard msync(words, count * MemoryLayout<UInt64>.stride, MS_SYNC) == 0 else { throw Self.fault(path, errnoText()) }
        try synchroniseFolder(of: path)
    }

    private static func fault(_ path: String, _ cause: String) -> Fault {
        Fault("open", path, cause: cause, mend: "Make room on the disk, and give the service's user the right to write the state folder.")
    }
}
