import Core
import Ledger

/// The files in the drop folder that are no items: those that wait, and those that were refused.
struct FileWays {
    var ledger: Ledger
    var zone: Zone

    func tables(of source: String? = nil, refusedSince: Instant) throws(Fault) -> [String] {
        var waiting = TextTable("WAITING", "SOURCE", "SINCE", "FILE")
        for file in try ledger.waitingFiles(of: source) { waiting.add(file.words, file.source, shown(file.since, zone), file.name) }
        var refused = TextTable("REFUSED", "BECAUSE", "FILE")
        for file in try ledger.refusedFiles(since: refusedSince) where source.map({ file.file.hasPrefix($0 + "/") }) ?? true {
            refused.add(shown(file.at, zone), file.reason, file.file)
        }
        return [waiting, refused].filter { !$0.isEmpty }.map(\.text)
    }
}
