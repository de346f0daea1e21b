import Core
import Ledger

/// `Tilbagetræk/`: each file there takes back the item of its name.
///
/// The file then goes to `Modtaget/` with a confirmation, or to `Afvist/` with a note when no item has the name; were it to stay, a new
/// file of that name would be taken back at once. Failure leaves the file, and the next pass tries again: a withdrawal that was
/// recorded is found done.
struct Withdrawals {
    let workshop: SourcePass.Workshop
    let source: Source
    let received: Tray
    let refused: Tray
    let now: Instant
    private(set) var next: Instant?

    init(workshop: SourcePass.Workshop, source: Source, received: Tray, refused: Tray, now: Instant) {
        self.workshop = workshop
        self.source = source
        self.received = received
        self.refused = refused
        self.now = now
    }

    mutating func run(in tray: Tray, _ watch: inout SettleWatch) throws(Fault) {
        let entries = try tray.folder.entries().filter { !IgnoredNames.contain($0.name) }
        // A text and its picture, moved there together, are one withdrawal.
        for group in Dictionary(grouping: entries, by: { FileFormat.stem($0.name.folded) }).values {
            var since: Instant?
            for entry in group {
                let path = [EntryName(Tray.Kind.withdraw.rawValue), entry.name]
                let still = watch.stillSince(path, .init(entry: entry.identity, within: []), now: now)
                since = max(since ?? still, still)
            }
            let due = (since ?? now) + workshop.settings.settle
            if due <= now { try withdraw(group, tray.folder) } else { next = min(next ?? due, due) }
        }
    }

    private func withdraw(_ group: [FolderEntry], _ folder: OpenFolder) throws(Fault) {
        var found = false
        for entry in group {
            for name in try names(entry) {
                guard let item = try workshop.ledger.withdrawItem(source: source.name, name: name, by: "intake", at: now) else { continue }
                workshop.log.notice(
                    "took an item back", ["SOURCE": source.name, "FILE": name, "ITEM": "\(item)"], event: .itemWithdrawn)
                found = true
            }
        }
        let tray = found ? received : refused
        let name = group[0].name.text
        let text =
            found
            ? workshop.note.withdrawn(file: name, source: source.name)
            : workshop.note.text(Refusal(.nothingToWithdraw, value: name), file: name, source: source.name)
        let note = Tray.Enclosure(ending: Tray.noteEnding) { _ in Note.notepadBytes(text) }
        guard case .done = try tray.take(group, from: folder, with: note) else { return }
        if !found {
            let masked = PersonalNumber.masked(name)
            try workshop.ledger.recordRejection(
                source: source.name, name: masked, reason: Refusal.Reason.nothingToWithdraw.rawValue, at: now)
        }
    }

    /// The item's names that a file may mean: its own, else those that differ in their ending or in the number that a second version got
    /// in `Modtaget/`.
    private func names(_ entry: FolderEntry) throws(Fault) -> [String] {
        let items = try workshop.ledger.items(source: source.name, limit: 10_000).filter {
            $0.state != .withdrawn && $0.state != .superseded
        }
        if items.contains(where: { $0.name == entry.name.text }) { return [entry.name.text] }
        let stem = Self.withoutNumber(FileFormat.stem(entry.name.folded))
        return items.map(\.name).filter { FileFormat.stem($0.lowercased()) == stem }
    }

    /// `ny cykelsti (2)` → `ny cykelsti`.
    private static func withoutNumber(_ stem: String) -> String {
        guard stem.hasSuffix(")"), let open = stem.lastIndex(of: "("), open > stem.startIndex,
            Int(stem[stem.index(after: open)...].dropLast()) != nil
        else { return stem }
        return stem[..<open].trimmingSuffix(while: { $0 == " " })
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
        var rest = self
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return String(rest)
    }
}
