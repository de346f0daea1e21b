import Core
import Foundation

/// A maildir that a mail server delivers reports into.
///
/// Comes in: files in `new/`. Goes out: each shown once, then moved to `cur/` with the flag S (seen), as maildir(5) has it. What cannot be
/// read (no regular file, no permission) goes to `unreadable/` beside them; nothing is ever deleted. A file that was shown and not
/// moved because the process ended is shown again.
package struct BounceMaildir: BounceSource {
    package let path: String
    package var name: String { path }
    private let log: Log

    package init(path: String, log: Log = Log("bounces")) {
        self.path = path
        self.log = log
    }

    package func look(isStopped: () -> Bool, take: ([UInt8]) throws(Fault) -> Void) throws(Fault) -> Bool {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path + "/new").filter { !$0.hasPrefix(".") }.sorted()
        } catch {
            throw Fault(
                "read", path, cause: "its folder new/ cannot be read", mend: "Create the maildir, or give the service's user the right.")
        }
        for name in names.prefix(BounceLimits.reports) {
            if isStopped() { return false }
            guard let bytes = contents(path + "/new/" + name) else {
                log.warning("a report cannot be read; it is kept in unreadable/", ["FILE": name])
                try move(name, to: "unreadable/" + name)
                continue
            }
            try take(bytes)
            try move(name, to: "cur/" + (name.split(separator: ":").first.map(String.init) ?? name) + ":2,S")
        }
        return names.count > BounceLimits.reports
    }

    /// The first bytes of a regular file; `nil` when it is none or cannot be read.
    private func contents(_ file: String) -> [UInt8]? {
        let descriptor = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return readBytes(descriptor, atMost: min(Int(facts.st_size), BounceLimits.report))
    }

    private func move(_ name: String, to place: String) throws(Fault) {
        let folder = path + "/" + (place.split(separator: "/").first ?? "cur")
        mkdir(folder, 0o700)
        guard rename(path + "/new/" + name, path + "/" + place) == 0 else {
            throw Fault("move a report in", path, cause: errnoText(), mend: "Give the service's user the right to write in the maildir.")
        }
    }
}
