import Core
import Database

extension Ledger {
    /// Makes these the files of a source that are not items yet, all of them; a file that was there before keeps its ``WaitingFile/since``.
    /// Nothing is written when nothing changed. Returns them as they stand then.
    @discardableResult
    package func setWaiting(_ files: [WaitingFile], of source: String) throws(Fault) -> [WaitingFile] {
        let former = Dictionary(try waitingFiles(of: source, limit: 100_000).map { ($0.name, $0) }) { first, _ in first }
        let current = files.map { file in
            var file = file
            file.since = min(file.since, former[file.name]?.since ?? file.since)
            return file
        }
        let changed = current.filter { former[$0.name] != $0 }
        let gone = Set(former.keys).subtracting(files.map(\.name))
        guard !changed.isEmpty || !gone.isEmpty else { return current }
        try write([]) { db throws(Fault) in
            for name in gone { try db.run("DELETE FROM waiting_file WHERE source = ? AND name = ?", Value(source), Value(name)) }
            for file in changed {
                try db.run(
                    "INSERT OR REPLACE INTO waiting_file (source, name, reason, detail, since) VALUES (?, ?, ?, ?, ?)", Value(source),
                    Value(file.name), Value(file.reason.rawValue), Value(file.detail), Value(file.since))
            }
        }
        return current
    }

    /// How many files wait for each reason, of some sources or of all.
    package func waitingCounts(of sources: [String]? = nil) throws(Fault) -> [WaitingFile.Reason: Int] {
        let names = try sources.map { names throws(Fault) in try Stored.text(names) }
        let counts = try read { db throws(Fault) in
            try db.all(
                """
                SELECT reason, count(*) FROM waiting_file WHERE ?1 IS NULL OR source IN (SELECT value FROM json_each(?1)) GROUP BY reason
                """, Value(names)
            ) { (WaitingFile.Reason(rawValue: $0.text(0)), $0.int(1)) }
        }
        return counts.reduce(into: [:]) { if let reason = $1.0 { $0[reason] = $1.1 } }
    }

    /// The files that are not items yet, of one source or of all, the longest waiting first.
    package func waitingFiles(of source: String? = nil, limit: Int = 50) throws(Fault) -> [WaitingFile] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT source, name, reason, detail, since FROM waiting_file WHERE ?1 IS NULL OR source = ?1 ORDER BY since, source, name LIMIT ?2
                """, Value(source), Value(limit)
            ) { row in
                WaitingFile(
                    source: row.text(0), name: row.text(1), reason: WaitingFile.Reason(rawValue: row.text(2)) ?? .settling,
                    detail: row.text(3), since: row.instant(4))
            }
        }
    }
}
