import Core
import Ledger

extension SourcePass {
    /// A picture whose text of the same name was taken in before it came: until an edition has frozen the item, it becomes a new version
    /// with the picture. The text is read again from `Modtaget/`, and only when it is the very one that was taken in. Returns false
    /// when there is no such item, or its text is not there any more.
    mutating func addLate(_ candidate: Candidate, _ received: Tray, _ refused: Tray) throws(Fault) -> Bool {
        guard let picture = candidate.entries.first, picture.kind == .file, loose.contains(where: { $0.name == picture.name }) else {
            return false
        }
        let stem = FileFormat.stem(picture.name.folded)
        guard let item = try replaceableItem(stem) else { return false }
        guard !item.isFrozen else {
            try refuse(candidate, Refusal(.pictureTooLate, value: item.name), refused)
            return true
        }
        guard let text = try receivedText(item, received) else { return false }
        var late = candidate
        late.name = item.name
        let part = Candidate.Part(path: [picture.name], entry: picture)
        let rules = workshop.settings.rules(source, now: now)
        switch Assembly.assemble(name: item.name, text: text, pictures: [part], beside: [], in: folder, rules) {
        case .notYet: wake(at: now + workshop.settings.settle)
        case .unreadable(let fault):
            faults.append(fault)
            wait(candidate, .unreadable)
        case .needsProgram(let program, let fault):
            faults.append(fault)
            wait(candidate, .needsProgram, program)
        case .refused(let refusal, _):
            if refusal.reason == .pictureMissing { return false }
            if refusal.reason != .unfinished || due(candidate, workshop.settings.patience) { try refuse(candidate, refusal, refused) }
        case .read(let reading, let assembly):
            let forecast = workshop.placements(reading.content, source.name, now)
            if let refusal = Self.demand(forecast) {
                try refuse(candidate, refusal, refused)
            } else {
                let lints = [Lint(.pictureAdded, picture.name.text)]
                try queue(Pending(candidate: late, reading: reading, assembly: assembly, forecast: forecast, lints: lints), received)
            }
        }
        return true
    }

    /// How many of a source's newest items a late picture is compared with.
    private static let lateItems = 1_000

    /// The newest item whose text has that stem; asked of the ledger once a pass, for many pictures may be waiting.
    private mutating func replaceableItem(_ stem: String) throws(Fault) -> ReplaceableItem? {
        if let known = replaceable { return known[stem] }
        let items = try workshop.ledger.replaceableItems(of: source.name, limit: Self.lateItems).filter { FileFormat($0.name).isText }
        let known = Dictionary(items.map { (FileFormat.stem($0.name.lowercased()), $0) }) { newest, _ in newest }
        replaceable = known
        return known[stem]
    }

    /// The file in `Modtaget/` that an item's text came from, by name and content; its name may have got a number there.
    private func receivedText(_ item: ReplaceableItem, _ received: Tray) throws(Fault) -> Candidate.Part? {
        let (stem, ending) = (FileFormat.stem(item.name.lowercased()), FileFormat.ending(item.name))
        let named = try received.folder.names().filter {
            FileFormat.ending($0.text) == ending && FileFormat.stem($0.folded).hasPrefix(stem)
        }
        for name in named {
            guard let entry = FolderEntry(received.folder.descriptor, name), entry.kind == .file else { continue }
            let part = Candidate.Part(path: [received.name, entry.name], entry: entry)
            if case .claimed(let claim) = Claim.take(part, in: folder), claim.digest == item.textDigest { return part }
        }
        return nil
    }
}
