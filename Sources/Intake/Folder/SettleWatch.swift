import Core

/// Since when each entry has stood still. Kept in memory only: after a restart everything settles anew, so that a file that was
/// being written when the service ended is not taken for whole (FAULTS 18).
struct SettleWatch {
    /// An entry of the source's folder, with what lies in it when it is a folder.
    struct State: Hashable {
        let entry: FileIdentity
        let within: [FolderEntry]
    }

    /// What lay there when a pass had found nothing to do, and until when that will be so.
    struct Quiet {
        let listing: [FolderEntry]
        let withdrawals: [FolderEntry]
        let at: Instant
        let until: Instant?
    }

    private var quiet: Quiet?
    /// Whether what a killed process left in the trays has been seen to since the start.
    var hasFinishedDrafts = false
    private var seen: [[EntryName]: (state: State, since: Instant)] = [:]
    private var present: Set<[EntryName]> = []

    /// Since when the entry has been as it is; a clock that was set back begins anew.
    mutating func stillSince(_ path: [EntryName], _ state: State, now: Instant) -> Instant {
        present.insert(path)
        if let known = seen[path], known.state == state, known.since <= now { return known.since }
        seen[path] = (state, now)
        return now
    }

    /// The last pass's finding when it still holds, so that thousands of entries that nobody means as an item cost a listing only.
    mutating func stillQuiet(
        _ listing: [FolderEntry], _ withdrawals: () throws(Fault) -> [FolderEntry], _ now: Instant
    ) throws(Fault) -> Quiet? {
        guard let quiet, quiet.at <= now, quiet.until.map({ now < $0 }) ?? true, quiet.listing == listing,
            try quiet.withdrawals == withdrawals()
        else {
            quiet = nil
            return nil
        }
        return quiet
    }

    /// Notes what a pass without faults has found. A subfolder may change within without a sign outside: with one there is no quiet.
    mutating func becomesQuiet(_ listing: [FolderEntry], _ withdrawals: [FolderEntry], until: Instant?, _ now: Instant) {
        guard !listing.contains(where: { $0.kind == .folder && !Tray.isSpecial($0.name) && !IgnoredNames.contain($0.name) }) else { return }
        quiet = Quiet(listing: listing, withdrawals: withdrawals, at: now, until: until)
    }

    /// Forgets what was not asked for since the last call.
    mutating func endPass() {
        if seen.count != present.count { seen = seen.filter { present.contains($0.key) } }
        present.removeAll(keepingCapacity: true)
    }
}
