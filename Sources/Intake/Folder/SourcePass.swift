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
        let post: NoticePost
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
    /// What lies in the folder and is not an item yet, by the candidate's name.
    private var waiting: [String: WaitingFile] = [:]
    private var loose: [FolderEntry] = []
    /// Read and spooled, but not yet in the ledger: the spool's folder is synced once for all of them.
    private var pending: [Pending] = []
    private var pendingBytes = 0

    private struct Pending {
        let candidate: Candidate
        let reading: ItemReader.Reading
        let assembly: Assembly
    }

    /// How many files, and how many bytes of them, wait for one sync.
    private static let batch = (files: 64, bytes: 8 << 20)

    /// At most so many waiting files of a source are told of.
    private static let toldLimit = 500

    /// The files that still wait, those of the longest wait first.
    var waitingFiles: [WaitingFile] { Array(waiting.values.sorted { ($0.since, $0.name) < ($1.since, $1.name) }.prefix(Self.toldLimit)) }

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
        for name in grouping.unreadable { wait(name, .unreadable) }
        for candidate in grouping.candidates {
            if case .incomplete(let refusal) = candidate.shape {
                wait(candidate, .incomplete, refusal.reason.rawValue)
            } else {
                wait(candidate, .settling)
            }
        }
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
            case .incomplete(let refusal) where due(candidate, workshop.settings.patience): try refuse(candidate, refusal, refused)
            default: break
            }
        }
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

    private mutating func wait(_ candidate: Candidate, _ reason: WaitingFile.Reason, _ detail: String = "") {
        wait(candidate.name, reason, detail)
    }

    private mutating func wait(_ name: String, _ reason: WaitingFile.Reason, _ detail: String = "") {
        waiting[name] = WaitingFile(
            source: source.name, name: PersonalNumber.masked(name), reason: reason, detail: PersonalNumber.masked(detail), since: now)
    }

    /// It and the files that belong to it wait no longer.
    private mutating func done(_ candidate: Candidate) {
        waiting[candidate.name] = nil
        for entry in candidate.entries.dropFirst() { waiting[entry.name.text] = nil }
    }

    private mutating func wake(at instant: Instant?) { next = [next, instant].compactMap { $0 }.min() }

    private mutating func take(
        _ candidate: Candidate, _ text: Candidate.Part, _ pictures: [Candidate.Part], _ received: Tray, _ refused: Tray
    ) throws(Fault) {
        let rules = workshop.settings.rules(source, now: now)
        let beside = candidate.within.isEmpty ? loose : []
        switch Assembly.assemble(name: candidate.name, text: text, pictures: pictures, beside: beside, in: folder, rules) {
        case .notYet: wake(at: now + workshop.settings.settle)
        case .unreadable(let fault):
            faults.append(fault)
            wait(candidate, .unreadable)
        case .needsProgram(let program, let fault):
            faults.append(fault)
            wait(candidate, .needsProgram, program)
        case .read(let reading, let assembly):
            wait(candidate, .spooled)
            for claim in assembly.claims { try workshop.spool.keep(claim.bytes, digest: claim.digest) }
            pending.append(Pending(candidate: Self.extended(candidate, assembly), reading: reading, assembly: assembly))
            pendingBytes += assembly.claims.reduce(0) { $0 + $1.bytes.count }
            loose.removeAll { picture in assembly.parts.contains { $0.path == [picture.name] } }
            if pending.count >= Self.batch.files || pendingBytes >= Self.batch.bytes { try acceptPending(received) }
        case .refused(let refusal, let assembly):
            // What may still come is waited for.
            guard ![.pictureMissing, .unfinished].contains(refusal.reason) || due(candidate, workshop.settings.patience) else {
                return wait(candidate, .incomplete, refusal.reason.rawValue)
            }
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
        try workshop.spool.sync()
        defer {
            pending = []
            pendingBytes = 0
        }
        for entry in pending { try accept(entry, received) }
    }

    private mutating func accept(_ entry: Pending, _ received: Tray) throws(Fault) {
        let candidate = entry.candidate
        let submission = Submission(
            source: source.name, name: candidate.name, digest: entry.assembly.digest, content: entry.reading.content,
            pictures: entry.reading.pictures)
        let acceptance = try workshop.ledger.accept(submission, at: now)
        workshop.log.info("took in a file", ["source": source.name, "name": candidate.name, "item": "\(acceptance.item)"])
        if let other = candidate.collidesWith {
            workshop.log.warning("two files of nearly the same name", ["source": source.name, "name": candidate.name, "other": other])
        }
        let lints = try lints(candidate, acceptance)
        // The very same file again, as after a kill before the move, has been told of already.
        var version = acceptance.version
        if version == nil { version = try workshop.ledger.item(acceptance.item)?.version }
        try workshop.post.receipt(
            acceptance, version: version ?? 0, name: candidate.name, source: source, contact: entry.reading.content.contact, at: now
        ) { receipt(candidate, entry.reading, lints, [:]) }
        guard try candidate.isUnchanged(in: folder), case .done(let stem, let names) = try received.take(candidate.entries, from: folder)
        else { return wake(at: now + workshop.settings.settle) }
        done(candidate)
        for claim in entry.assembly.claims { workshop.spool.discard(claim.digest) }
        let paths = entry.assembly.pathsOfPictures(entry.reading.pictureFiles, moved: names)
        do throws(Fault) {
            let content = receipt(candidate, entry.reading, lints, paths)
            try received.write(stem, Tray.receiptEnding, Array(try workshop.renderReceipt(content).utf8))
        } catch {
            faults.append(error)
        }
    }

    /// What the writer should know of how the file was taken in.
    private func lints(_ candidate: Candidate, _ acceptance: Acceptance) throws(Fault) -> [Lint] {
        var lints = candidate.collidesWith.map { [Lint(.nameCollision, $0)] } ?? []
        switch acceptance {
        case .duplicate(_, let source, let name): lints.append(Lint(.duplicateOf, "\(source)/\(name)"))
        case .unchanged: lints.append(Lint(.unchanged))
        case .new(let item), .replaced(let item, _):
            guard let other = try workshop.ledger.resemblance(of: item) else { break }
            let day = workshop.settings.zone.civil(other.received).date
            lints.append(Lint(.nearlyTold, other.title, source: other.source, date: day))
        }
        return lints
    }

    private func receipt(
        _ candidate: Candidate, _ reading: ItemReader.Reading, _ lints: [Lint], _ pictureFiles: [PictureDigest: String]
    ) -> Receipt {
        Receipt(
            fileName: candidate.name, source: source.name, received: now, content: reading.content,
            placements: workshop.placements(reading.content, source.name), lix: reading.lix,
            remarks: (lints + reading.lints).map(workshop.note.advice), pictures: reading.pictures, pictureFiles: pictureFiles)
    }

    private mutating func refuse(_ candidate: Candidate, _ refusal: Refusal, _ refused: Tray) throws(Fault) {
        let name = PersonalNumber.masked(candidate.name)
        try workshop.post.refusal(refusal, name: name, state: candidate.entries[0].identity, source: source, at: now)
        guard case .done(let stem, _) = try refused.take(candidate.entries, from: folder) else {
            wake(at: now + workshop.settings.settle)
            return
        }
        done(candidate)
        let note = workshop.note.text(refusal, file: name, source: source.name)
        try refused.write(stem, Tray.noteEnding, Note.notepadBytes(note))
        try workshop.ledger.recordRejection(source: source.name, name: name, reason: refusal.reason.rawValue, at: now)
        workshop.log.notice("refused a file", ["source": source.name, "name": name, "reason": refusal.reason.rawValue])
    }
}
