import Core
import Desk
import Foundation
import Ledger

/// The ledger itself: copied while it is in use, brought back, and looked after when it is not the one that was there before.
struct LedgerOperations {
    var ledger: Ledger

    func backUp(to file: String, force: Bool, at now: Instant) throws(Fault) -> Answer {
        try ledger.backUp(to: file, replacing: force)
        try ledger.noteBackup(file, at: now)
        let bytes = ((try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int) ?? 0
        return Answer(
            text: "\(file) is a whole copy of the ledger, \(bytes) bytes, examined. ‘budstikke restore’ brings it back.",
            json: jsonText(BackupLine(file: file, bytes: bytes)))
    }

    /// Before anything is sent: holds what an older ledger may believe to be still undone.
    func settle(at now: Instant) throws(Fault) {
        guard let setback = try ledger.settleSetback(at: now) else { return }
        let log = Log("ledger")
        log.alert(
            "this ledger is older than the one that was in its place (a backup copied back, a snapshot, a lost log): what may have happened since is held"
        )
        for line in setback.lines { log.alert(line) }
    }

    static func restore(_ file: String, into folder: String, at now: Instant, zone: Zone) throws(Fault) -> Answer {
        let restoration = try Ledger.restore(file, into: folder, at: now)
        var lines = [
            "The ledger is back, as it was \(restoration.lastChange.map { "on " + shown($0, zone) } ?? "before its first change")."
        ]
        if let former = restoration.former { lines.append("The former one is kept: \(former)") }
        let held = restoration.setback?.lines ?? []
        lines += held.isEmpty ? ["Nothing had to be held."] : held
        lines.append("Items that have come in since the backup stand in Modtaget/ of their folders: drop them again.")
        return Answer(text: lines.joined(separator: "\n"), json: jsonText(restoration))
    }
}

private struct BackupLine: Encodable {
    var file: String
    var bytes: Int
}
