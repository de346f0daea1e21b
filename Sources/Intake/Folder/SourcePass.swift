import Core
import Ledger

/// One look through one source's folder.
///
/// Comes in: files that have settled. Goes out: items in the ledger, the originals in `Modtaget/` with a receipt or in `Afvist/` with
/// a note. Each step is done again by the next pass when this one is cut off: the ledger knows a file by its digest and name, so
/// what was accepted but not moved is only moved. A file that cannot be read is reported and the others go on; when the spool or
/// the ledger fails the pass ends, and every original still lies where it lay.
struct SourcePass {
    /// What the pass works with.
    struct Workshop {
        let settings: IntakeSettings
        let ledger: Ledger
        let spool: Spool
        let note: Note
        let renderReceipt: ReceiptRenderer
        let placements: PlacementForecast
        let log: Log
        /// Asked between two files.
        let isStopped: @Sendable () -> Bool
    }

    let workshop: Workshop
    let source: Source
    let folder: OpenFolder
    let now: Instant
    /// When something here will have settled or waited long enough.
    private(set) var next: Instant?
    /// What an operator has to mend.
    private(set) var faults: [Fault] = []
    private var loose: [FolderEntry] = []
    /// Read and spooled, but not yet in the ledger: the spool's folder is synced once for all of them.
    private var pending: [Pending] = []
    private var pendingBytes = 0

    private struct Pending {
        let candidate: Candidate
        let reading: ItemReader.Reading
        let assembly: Assembly
        let forecast: Forecast
        /// What the receipt says besides the reading's.
        var lints: [Lint] = []
    }

    /// How many files, and how many bytes of them, wait for one sync.
    private static let batch = (files: 64, bytes: 8 << 20)

    init(_ workshop: Workshop, _ source: Source, _ folder: OpenFolder, now: Instant) {
        self.workshop = workshop
        self.source = source
        self.folder = folder
        self.now = now
    }

    /// Throws a ``Fault`` that ends the pass.
    mutating func run(_ watch: inout SettleWatch) throws(Fault) {
        let entries = try folder.entries()
        let grouping = Grouping.group(entries, in: folder, watch: &watch, now: now)
        loose = grouping.loosePictures.filter { picture in
            grouping.candidates.contains { $0.entries.first?.name == picture.name && isDue($0, workshop.settings.settle) }
        }
        faults += grouping.faults
        let received = try Tray(.received, in: folder)
        let refused = try Tray(.refused, in: folder)
        // Texts first, so that a picture that one of them names is not taken for a lone one.
        for candidate in grouping.candidates where !workshop.isStopped() {
            guard case .item(let text, let pictures) = candidate.shape, due(candidate, workshop.settings.settle) else { continue }
            try take(candidate, text, pictures, received, refused)
        }
        try acceptPending(received)
        for candidate in grouping.candidates where !workshop.isStopped() {
            switch candidate.shape {
            case .refused(let refusal) where due(candidate, workshop.settings.settle): try refuse(candidate, refusal, refused)
            case .incomplete(let refusal) where due(candidate, workshop.settings.settle):
                if refusal.reason == .pictureWithoutText, try addLate(candidate, received, refused) { break }
                if due(candidate, workshop.settings.patience) { try refuse(candidate, refusal, refused) }
            default: break
            }
        }
        try acceptPending(received)
        var withdrawals = Withdrawals(workshop: workshop, source: source, received: received, refused: refused, now: now)
        try withdrawals.run(in: Tray(.withdraw, in: folder), &watch)
        wake(at: withdrawals.next)
        watch.endPass()
    }

    private func isDue(_ candidate: Candidate, _ span: Span) -> Bool { candidate.since + span <= now }

    /// Whether a candidate has waited for a span; when not, the pass is to come again then.
    private mutating func due(_ candidate: Candidate, _ span: Span) -> Bool {
        if isDue(candidate, span) { return true }
        wake(at: candidate.since + span)
        return false
    }

    private mutating func wake(at instant: Instant?) { next = [next, instant].compactMap { $0 }.min() }

    private mutating func take(
        _ candidate: Candidate, _ text: Candidate.Part, _ pictures: [Candidate.Part], _ received: Tray, _ refused: Tray
    ) throws(Fault) {
        let rules = workshop.settings.rules(source, now: now)
        let beside = candidate.within.isEmpty ? loose : []
        switch Assembly.assemble(name: candidate.name, text: text, pictures: pictures, beside: beside, in: folder, rules) {
        case .notYet: wake(at: now + workshop.settings.settle)
        case .unreadable(let fault): faults.append(fault)
        case .read(let reading, let assembly):
            loose.removeAll { picture in assembly.parts.contains { $0.path == [picture.name] } }
            let forecast = workshop.placements(reading.content, source.name, now)
            if let refusal = Self.demand(forecast) { return try refuse(Self.extended(candidate, assembly), refusal, refused) }
            try queue(
                Pending(candidate: Self.extended(candidate, assembly), reading: reading, assembly: assembly, forecast: forecast), received)
        case .refused(let refusal, let assembly):
            // What may still come is waited for.
            guard ![.pictureMissing, .unfinished].contains(refusal.reason) || due(candidate, workshop.settings.patience) else { return }
            try refuse(Self.extended(candidate, assembly), refusal, refused)
        }
    }

    /// Nobody would see the item, for want of a description of its picture: better told now than found out later.
    private static func demand(_ forecast: Forecast) -> Refusal? {
        guard forecast.placements.isEmpty, !forecast.demandingAlternative.isEmpty else { return nil }
        return Refusal(.alternativeDemanded, value: forecast.demandingAlternative.joined(separator: ", "))
    }

    /// Spools what was read and lets it wait for the sync that it shares with others.
    private mutating func queue(_ entry: Pending, _ received: Tray) throws(Fault) {
        for claim in entry.assembly.claims { try workshop.spool.keep(claim.bytes, digest: claim.digest) }
        pending.append(entry)
        pendingBytes += entry.assembly.claims.reduce(0) { $0 + $1.bytes.count }
        if pending.count >= Self.batch.files || pendingBytes >= Self.batch.bytes { try acceptPending(received) }
    }

    /// A picture whose text of the same name was taken in before it came: until an edition has frozen the item, it becomes a new version
    /// with the picture. The text is read again from `Modtaget/`, and only when it is the very one that was taken in. Returns false
    /// when there is no such item, or its text is not there any more.
    private mutating func addLate(_ candidate: Candidate, _ received: Tray, _ refused: Tray) throws(Fault) -> Bool {
        guard let picture = candidate.entries.first, picture.kind == .file, loose.contains(where: { $0.name == picture.name }) else {
            return false
        }
        let stem = FileFormat.stem(picture.name.folded)
        let items = try workshop.ledger.replaceableItems(of: source.name, limit: Self.lateItems)
        guard let item = items.first(where: { FileFormat($0.name).isText && FileFormat.stem($0.name.lowercased()) == stem }) else {
            return false
        }
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
        case .unreadable(let fault): faults.append(fault)
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

    /// The file in `Modtaget/` that an item's text came from, by name and content; its name may have got a number there.
    private func receivedText(_ item: ReplaceableItem, _ received: Tray) throws(Fault) -> Candidate.Part? {
        let (stem, ending) = (FileFormat.stem(item.name.lowercased()), FileFormat.ending(item.name))
        let named = try received.folder.entries().filter { entry in
            entry.kind == .file && FileFormat.ending(entry.name.text) == ending && FileFormat.stem(entry.name.folded).hasPrefix(stem)
        }
        for entry in named {
            let part = Candidate.Part(path: [received.name, entry.name], entry: entry)
            if case .claimed(let claim) = Claim.take(part, in: folder), claim.digest == item.textDigest { return part }
        }
        return nil
    }

    /// The candidate with the pictures that its text named.
    private static func extended(_ candidate: Candidate, _ assembly: Assembly) -> Candidate {
        guard candidate.within.isEmpty else { return candidate }
        var candidate = candidate
        candidate.entries = assembly.parts.map(\.entry)
        return candidate
    }

    private mutating func acceptPending(_ received: Tray) throws(Fault) {
        guard !pending.isEmpty else { return }
        try workshop.spool.sync()
        defer {
            pending = []
            pendingBytes = 0
        }
        for entry in pending { try accept(entry, received) }
    }

    private mutating func accept(_ entry: Pending, _ received: Tray) throws(Fault) {
        let candidate = entry.candidate
        let (content, isDrill) = workshop.settings.alerting == nil ? (entry.reading.content, false) : Alerting.content(entry.reading.content)
        let submission = Submission(
            source: source.name, name: candidate.name, digest: Alerting.digest(entry.assembly.digest, workshop.settings),
            textDigest: entry.assembly.textDigest, content: content, pictures: entry.reading.pictures)
        let acceptance = try workshop.ledger.accept(submission, at: now)
        // Before the file is moved: a killed service finds it again, and the message is raised once.
        let alertLints = try Alerting.raise(content, isDrill, acceptance, source, workshop, at: now)
        workshop.log.info("took in a file", ["source": source.name, "name": candidate.name, "item": "\(acceptance.item)"])
        if let other = candidate.collidesWith {
            workshop.log.warning("two files of nearly the same name", ["source": source.name, "name": candidate.name, "other": other])
        }
        guard try candidate.isUnchanged(in: folder), case .done(let stem, _) = try received.take(candidate.entries, from: folder)
        else { return wake(at: now + workshop.settings.settle) }
        for claim in entry.assembly.claims { workshop.spool.discard(claim.digest) }
        do throws(Fault) {
            let content = receipt(entry, acceptance, alertLints)
            try received.write(stem, Tray.receiptEnding, Array(try workshop.renderReceipt(content).utf8))
        } catch {
            faults.append(error)
        }
    }

    private func receipt(_ entry: Pending, _ acceptance: Acceptance, _ alertLints: [Lint]) -> Receipt {
        let (candidate, reading) = (entry.candidate, entry.reading)
        var lints = alertLints + (candidate.collidesWith.map { [Lint(.nameCollision, $0)] } ?? [])
        switch acceptance {
        case .duplicate(_, let source, let name): lints.append(Lint(.duplicateOf, "\(source)/\(name)"))
        case .unchanged: lints.append(Lint(.unchanged))
        case .new, .replaced: break
        }
        lints += entry.lints + entry.forecast.demandingAlternative.map { Lint(.alternativeDemandedBy, $0) } + reading.lints
        return Receipt(
            fileName: candidate.name, source: source.name, received: now, content: reading.content,
            placements: entry.forecast.placements, lix: reading.lix, remarks: lints.map(workshop.note.advice),
            pictures: reading.pictures.map(\.mail))
    }

    private mutating func refuse(_ candidate: Candidate, _ refusal: Refusal, _ refused: Tray) throws(Fault) {
        guard case .done(let stem, _) = try refused.take(candidate.entries, from: folder) else {
            wake(at: now + workshop.settings.settle)
            return
        }
        let name = PersonalNumber.masked(candidate.name)
        let note = workshop.note.text(refusal, file: name, source: source.name)
        try refused.write(stem, Tray.noteEnding, Note.notepadBytes(note))
        try workshop.ledger.recordRejection(source: source.name, name: name, reason: refusal.reason.rawValue, at: now)
        workshop.log.notice("refused a file", ["source": source.name, "name": name, "reason": refusal.reason.rawValue])
    }
}
