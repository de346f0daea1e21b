import Core
import Dispatch
import Foundation
import Retention
import Synchronization

/// What the service wrote beside the sources' files in `Modtaget/` and `Afvist/`, as far as one person is concerned: receipts, which show how
/// an item will look, and notes.
///
/// Comes in: an address. Goes out: receipts and notes in which `x` stands for its letters, and the names of the sources' own files that have
/// it in their bytes: those are theirs to change. The folder may be a share that hangs, so the work is done on a thread of its own; a share
/// that does not answer in time is said so, and the thread is left to end by itself. No link is followed.
struct TrayFiles {
    struct Erased: Hashable, Sendable {
        var masked = 0
        /// Files of the sources, by path.
        var originals: [String] = []
        var isAnswered = true
        var failed: [String] = []
    }

    private let sweep: ReceiptSweep

    /// How long the share may take.
    private static let patience = DispatchTimeInterval.seconds(20)
    private static let endings = [".kvittering.html", ".besked.txt"]
    /// A source's file of more bytes is not read.
    private static let largest = 64 << 20

    init(_ sweep: ReceiptSweep) { self.sweep = sweep }

    func erase(_ address: EmailAddress) -> Erased {
        let (found, answered) = (Found(), DispatchSemaphore(value: 0))
        let thread = Thread { [sweep] in
            found.set(Self.erase(address.key, in: sweep.trays()))
            answered.signal()
        }
        thread.name = "erase"
        thread.start()
        _ = answered.wait(timeout: .now() + Self.patience)
        return found.erased ?? Erased(isAnswered: false)
    }

    private static func erase(_ key: String, in trays: [String]) -> Erased {
        var erased = Erased()
        for tray in trays {
            let folder = open(tray, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { continue }
            defer { close(folder) }
            for name in (FileManager.default.subpaths(atPath: tray) ?? []).sorted() { look(for: key, name, folder, tray, &erased) }
        }
        return erased
    }

    private static func look(for key: String, _ name: String, _ folder: Int32, _ tray: String, _ erased: inout Erased) {
        let isOurs = !name.contains("/") && endings.contains { name.hasSuffix($0) }
        let file = openBeneath(folder, name, flags: (isOurs ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= largest,
            var bytes = try? Array(FileHandle(fileDescriptor: file, closeOnDealloc: false).readToEnd() ?? Data())
        else { return }
        let places = AddressInText.places(of: key, in: bytes)
        guard !places.isEmpty else { return }
        guard isOurs else { return erased.originals.append(tray + "/" + name) }
        for place in places { MailFolders.mask(&bytes, place) }
        let isWritten = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) } == bytes.count && fsync(file) == 0
        if isWritten { erased.masked += 1 } else { erased.failed.append(tray + "/" + name) }
    }

    private final class Found: Sendable {
        private let value = Mutex<Erased?>(nil)
        var erased: Erased? { value.withLock { $0 } }
        func set(_ erased: Erased) { value.withLock { $0 = erased } }
    }
}
