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
        /// Asked between two files; a sign of life too.
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
    /// Read, but not yet spooled and in the ledger: one file of the spool and one transaction for all of them.
    private var pending: [Pending] = []
    private var pendingBytes = 0

    private struct Pending {
        let candidate: Candidate
        let reading: ItemReader.Reading
        let assembly: Assembly
    }

    /// How many files, and how many bytes of them, wait for one another.
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
        if let quiet = try watch.stillQuiet(entries, { () throws(Fault) in try withdrawn() }, now) { return wake(at: quiet.until) }
        let grouping = Grouping.group(entries, in: folder, watch: &watch, now: now)
        loose = grouping.loosePictures.filter { picture in
            grouping.candidates.contains { $0.entries.first?.name == picture.name && isDue($0, workshop.settings.settle) }
        }
        faults += grouping.faults
        let received = try Tray(.received, in: folder)
        let refused = try Tray(.refused, in: folder)
        if !watch.hasFinishedDrafts {
            for tray in [received, refused] { try tray.finishDrafts() }
            watch.hasFinishedDrafts = true
        }
        // Texts first, so that a picture that one of them names is not taken for a lone one.
        for candidate in grouping.candidates where !workshop.isStopped() {
            guard case .item(let text, let pictures) = candidate.shape, due(candidate, workshop.settings.settle) else { continue }
            try take(candidate, text, pictures, received, refused)
        }
        try acceptPending(received)
        for candidate in grouping.candidates where !workshop.isStopped() {
            switch candidate.shape {
            case .refused(let refusal) where due(candidate, workshop.settings.settle): try refuse(candidate, refusal, refused)
            case .incomplete(let refusal):
                // A picture that has settled may be what a text waits for.
                guard due(candidate, workshop.settings.settle), due(candidate, workshop.settings.patience) else { continue }
                try refuse(candidate, refusal, refused)
            default: break
            }
        }
        var withdrawals = Withdrawals(workshop: workshop, source: source, received: received, refused: refused, now: now)
        try withdrawals.run(in: Tray(.withdraw, in: folder), &watch)
        wake(at: withdrawals.next)
        watch.endPass()
        if faults.isEmpty, !workshop.isStopped() { watch.becomesQuiet(entries, try withdrawn(), until: next, now) }
    }

    /// What lies in `Tilbagetræk/`: that folder's own time need not tell, since it may be as coarse as two seconds.
    private func withdrawn() throws(Fault) -> [FolderEntry] { try Tray(.withdraw, in: folder).folder.entries() }

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
            pending.append(Pending(candidate: Self.extended(candidate, assembly), reading: reading, assembly: assembly))
            pendingBytes += assembly.claims.reduce(0) { $0 + $1.bytes.count }
            loose.removeAll { picture in assembly.parts.contains { $0.path == [picture.name] } }
            if pending.count >= Self.batch.files || pendingBytes >= Self.batch.bytes { try acceptPending(received) }
        case .refused(let refusal, let assembly):
            // What may still come is waited for.
            guard ![.pictureMissing, .unfinished].contains(refusal.reason) || due(candidate, workshop.settings.patience) else { return }
            try refuse(Self.extended(candidate, assembly), refusal, refused)
        }
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
        defer {
            pending = []
            pendingBytes = 0
        }
        let copy = try workshop.spool.keep(pending.flatMap(\.assembly.claims))
        let submissions = pending.map { entry in
            Submission(
                source: source.name, name: entry.candidate.name, digest: entry.assembly.digest, content: entry.reading.content,
                pictures: entry.reading.pictures)
        }
        let acceptances = try workshop.ledger.accept(submissions, at: now)
        for (entry, acceptance) in zip(pending, acceptances) {
            _ = workshop.isStopped()
            try move(entry, acceptance, received)
        }
        workshop.spool.discard(copy)
    }

    /// Moves what is in the ledger now, with its receipt.
    private mutating func move(_ entry: Pending, _ acceptance: Acceptance, _ received: Tray) throws(Fault) {
        let candidate = entry.candidate
        workshop.log.info("took in a file", ["source": source.name, "name": candidate.name, "item": "\(acceptance.item)"])
        if let other = candidate.collidesWith {
            workshop.log.warning("two files of nearly the same name", ["source": source.name, "name": candidate.name, "other": other])
        }
        let enclosure = Tray.Enclosure(ending: Tray.receiptEnding) { [self] names throws(Fault) in
            let paths = entry.assembly.pathsOfPictures(entry.reading.pictureFiles, moved: names)
            return Array(try workshop.renderReceipt(receipt(candidate, entry.reading, acceptance, paths)).utf8)
        }
        guard try candidate.isUnchanged(in: folder), case .done = try received.take(candidate.entries, from: folder, with: enclosure)
        else { return wake(at: now + workshop.settings.settle) }
    }

    private func receipt(
        _ candidate: Candidate, _ reading: ItemReader.Reading, _ acceptance: Acceptance, _ pictureFiles: [PictureDigest: String]
    ) -> Receipt {
        var lints = candidate.collidesWith.map { [Lint(.nameCollision, $0)] } ?? []
        switch acceptance {
        case .duplicate(_, let source, let name): lints.append(Lint(.duplicateOf, "\(source)/\(name)"))
        case .unchanged: lints.append(Lint(.unchanged))
        case .new, .replaced: break
        }
        return Receipt(
            fileName: candidate.name, source: source.name, received: now, content: reading.content,
            placements: workshop.placements(reading.content, source.name), lix: reading.lix,
            remarks: (lints + reading.lints).map(workshop.note.advice), pictures: reading.pictures, pictureFiles: pictureFiles)
    }

    private mutating func refuse(_ candidate: Candidate, _ refusal: Refusal, _ refused: Tray) throws(Fault) {
        let name = PersonalNumber.masked(candidate.name)
        let text = workshop.note.text(refusal, file: name, source: source.name)
        let note = Tray.Enclosure(ending: Tray.noteEnding) { _ in Note.notepadBytes(text) }
        guard case .done = try refused.take(candidate.entries, from: folder, with: note) else {
            wake(at: now + workshop.settings.settle)
            return
        }
        try workshop.ledger.recordRejection(source: source.name, name: name, reason: refusal.reason.rawValue, at: now)
        workshop.log.notice("refused a file", ["source": source.name, "name": name, "reason": refusal.reason.rawValue])
    }
}
