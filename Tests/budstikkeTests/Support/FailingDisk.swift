import Core
import Foundation
import TestKit

/// `Oracles/disk.c` between the real binary and the disk: the environment that makes a call of its ledger fail, and what came of it.
final class FailingDisk: Sendable {
    /// What a call answers with, by the words of `disk.c`.
    enum Kind: String, CaseIterable, Sendable { case eio, enospc, short, kill, sync, read }

    static let isAvailable = Oracle.hasProgram("/usr/bin/cc")
    private static let library = Result { try preloaded("disk") }

    /// A source of the oracles as a library for LD_PRELOAD.
    static func preloaded(_ name: String) throws -> (TemporaryFolder, String) {
        let folder = try TemporaryFolder()
        let source = Oracle.root + "/Tests/budstikkeTests/Oracles/\(name).c"
        let made = try ChildProcess.run("/usr/bin/cc", ["-O2", "-shared", "-fPIC", "-o", folder.file("\(name).so"), source, "-ldl"])
        guard made.status == 0 else { throw Fault("compile", source, cause: made.errorText, mend: "See the compiler.") }
        return (folder, folder.file("\(name).so"))
    }

    let environment: [String: String]
    private let folder: TemporaryFolder

    /// The ledger's files: itself, its log and the log's index.
    static let ledger = "/state/ledger.sqlite"

    private init(_ more: (TemporaryFolder) -> [String: String], watching path: String) throws {
        folder = try TemporaryFolder()
        environment = ["LD_PRELOAD": try Self.library.get().1, "DISK_PATH": path, "DISK_COUNT": folder.file("count")]
            .merging(more(folder)) { $1 }
    }

    /// Lets the `number`th call fail, counted over all processes that share this disk.
    convenience init(_ kind: Kind, at number: Int) throws {
        try self.init({ _ in ["DISK_FAIL": "\(kind.rawValue):\(number)"] }, watching: Self.ledger)
    }

    /// Notes every call for the files below a folder.
    convenience init(recording path: String) throws { try self.init({ ["DISK_RECORD": $0.file("record")] }, watching: path) }

    private func count(_ place: Int) -> Int {
        guard let bytes = FileManager.default.contents(atPath: folder.file("count")), bytes.count >= 24 else { return 0 }
        return bytes[(place * 8)..<(place * 8 + 8)].enumerated().reduce(0) { $0 | Int($1.element) << ($1.offset * 8) }
    }

    var calls: Int { count(0) }
    var hasFailed: Bool { count(1) > 0 }
    /// How often the file whose fsync failed was synced again by the same process.
    var repeatedSyncs: Int { count(2) }

    var recordSize: Int {
        var status = stat()
        return stat(folder.file("record"), &status) == 0 ? Int(status.st_size) : 0
    }
    var record: [UInt8] { Array(FileManager.default.contents(atPath: folder.file("record")) ?? Data()) }
}
