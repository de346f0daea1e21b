import Core

/// Since when each entry has stood still. Kept in memory only: after a restart everything settles anew, so that a file that was
/// being written when the service ended is not taken for whole (FAULTS 18).
struct SettleWatch {
    /// An entry of the source's folder, with what lies in it when it is a folder.
    struct State: Hashable {
        let entry: FileIdentity
        let within: [FolderEntry]
    }

    private var seen: [[EntryName]: (state: State, since: Instant)] = [:]
    private var present: Set<[EntryName]> = []

    /// Since when the entry has been as it is; a clock that was set back begins anew.
    mutating func stillSince(_ path: [EntryName], _ state: State, now: Instant) -> Instant {
        present.insert(path)
        if let known = seen[path], known.state == state, known.since <= now { return known.since }
        seen[path] = (state, now)
        return now
    }

    /// Forgets what was not asked for since the last call.
    mutating func endPass() {
        if seen.count != present.count { seen = seen.filter { present.contains($0.key) } }
        present.removeAll(keepingCapacity: true)
    }
}
