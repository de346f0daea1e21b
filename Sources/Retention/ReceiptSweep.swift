import Core
import Foundation

/// What lies in `Modtaget/` and `Afvist/` of the drop folder for too long: receipts, notes, and the originals beside them.
///
/// A file's age counts from when it came there (the change of its entry, which a move makes too), never from when it was written: a
/// text of last year that was dropped today is a day old tomorrow. The folder of an item that came as one goes as a whole, when all in it is
/// too old and it has no folders of its own. Anything else is left; no link is followed.
package struct ReceiptSweep: Sendable {
    private let drop: String
    /// Folders below the drop folder that have trays.
    private let sources: [String]

    private static let trays: Set<String> = ["Modtaget", "Afvist"]

    package init(drop: String, sources: [String]) {
        self.drop = drop
        self.sources = sources
    }

    /// How many files and items' folders are older; 0 where the share is away.
    package func overdue(olderThan limit: Instant) -> Int {
        trays().reduce(0) { count, tray in count + old(in: tray, limit).count }
    }

    /// Removes the older ones, until `isStopped`. Throws a ``Fault`` when one cannot be removed.
    package func remove(olderThan limit: Instant, isStopped: () -> Bool = { false }) throws(Fault) -> Int {
        var count = 0
        for tray in trays() {
            let folder = open(tray, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { continue }
            defer { close(folder) }
            for name in old(in: tray, limit) {
                if isStopped() { return count }
                guard unlinkat(folder, name, 0) == 0 || errno == ENOENT || Self.removeFolder(name, in: folder) else {
                    throw Fault(
                        "remove", tray + "/" + name, cause: errnoText(), mend: "Give the service's user the right to remove files there.")
                }
                count += 1
            }
        }
        return count
    }

    /// The trays that are there, by path.
    package func trays() -> [String] {
        sources.flatMap { source -> [String] in
            let folder = drop + "/" + source
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { Self.trays.contains($0.precomposedStringWithCanonicalMapping) }.map { folder + "/" + $0 }
        }
    }

    private func old(in tray: String, _ limit: Instant) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: tray)) ?? []).sorted().filter { name in
            var status = stat()
            // A tray's own drafts and what programs hide are not ours to judge.
            guard !name.hasPrefix("."), lstat(tray + "/" + name, &status) == 0, Self.came(status) < limit.seconds else { return false }
            if status.st_mode & S_IFMT == S_IFREG { return true }
            guard status.st_mode & S_IFMT == S_IFDIR else { return false }
            return ((try? FileManager.default.contentsOfDirectory(atPath: tray + "/" + name)) ?? []).allSatisfy { inner in
                var status = stat()
                return lstat(tray + "/" + name + "/" + inner, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
                    && Self.came(status) < limit.seconds
            }
        }
    }

    private static func came(_ status: stat) -> Int64 { Int64(max(status.st_mtim.tv_sec, status.st_ctim.tv_sec)) }

    /// With the files in it, by descriptor. False when it cannot be removed, or something has come into it meanwhile.
    private static func removeFolder(_ name: String, in tray: Int32) -> Bool {
        let folder = openBeneath(tray, name, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        guard folder >= 0 else { return false }
        defer { close(folder) }
        for inner in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd/\(folder)")) ?? [] { unlinkat(folder, inner, 0) }
        return unlinkat(tray, name, AT_REMOVEDIR) == 0 || errno == ENOENT
    }
}
