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
    /// What lies in the folder and is not an item yet, by the candidate's name.
    private var waiting: [String: WaitingFile] = [:]
    /// Nothing has changed since the last pass, nor what waits.
    private(set) var isQuiet = false
    private var loose: [FolderEntry] = []
    /// Read, but not yet spooled and in the ledger: one file of the spool and one transaction for all of them.
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

    /// How many files, and how many bytes of them, wait for one another.
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
        if let quiet = try watch.stillQuiet(entries, { () throws(Fault) in try withdrawn() }, now) {
            isQuiet = true
            return wake(at: quiet.until)
        }
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
            loose.removeAll { picture in assembly.parts.contains { $0.path == [picture.name] } }
            let forecast = workshop.placements(reading.content, source.name, now)
            if let refusal = Self.demand(forecast) { return try refuse(Self.extended(candidate, assembly), refusal, refused) }
            try queue(
                Pending(candidate: Self.extended(candidate, assembly), reading: reading, assembly: assembly, forecast: forecast), received)
        case .refused(let refusal, let assembly):
            // What may still come is waited for.
            guard ![.pictureMissing, .unfinished].contains(refusal.reason) || due(candidate, workshop.settings.patience) else {
                return wait(candidate, .incomplete, refusal.reason.rawValue)
            }
            try refuse(Self.extended(candidate, assembly), refusal, refused)
        }
    }

    /// Nobody would see the item, for want of a description of its picture: better told now than found out later.
    private static func demand(_ forecast: Forecast) -> Refusal? {
        guard forecast.placements.isEmpty, !forecast.demandingAlternative.isEmpty else { return nil }
        return Refusal(.alternativeDemanded, value: forecast.demandingAlternative.joined(separator: ", "))
    }

    /// Lets what was read wait for the others of its batch.
    private mutating func queue(_ entry: Pending, _ received: Tray) throws(Fault) {
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
        defer {
            pending = []
            pendingBytes = 0
        }
        let copy = try workshop.spool.keep(pending.flatMap(\.assembly.claims))
        let submissions = pending.map { entry in
            Submission(
                source: source.name, name: entry.candidate.name, digest: Alerting.digest(entry.assembly.digest, workshop.settings),
                textDigest: entry.assembly.textDigest, content: Alerting.content(entry.reading.content, workshop.settings),
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
        // Before the file is moved: a killed service finds it again, and the message is raised once.
        let alertLints = try Alerting.raise(entry.reading.content, acceptance, source, workshop, at: now)
        workshop.log.info("took in a file", ["source": source.name, "name": candidate.name, "item": "\(acceptance.item)"])
        if let other = candidate.collidesWith {
            workshop.log.warning("two files of nearly the same name", ["source": source.name, "name": candidate.name, "other": other])
        }
        let lints = try alertLints + lints(entry, acceptance)
        // The very same file again, as after a kill before the move, has been told of already.
        var version = acceptance.version
        if version == nil { version = try workshop.ledger.item(acceptance.item)?.version }
        try workshop.post.receipt(
            acceptance, version: version ?? 0, name: candidate.name, source: source, contact: entry.reading.content.contact, at: now
        ) { receipt(entry, lints) }
        let enclosure = Tray.Enclosure(ending: Tray.receiptEnding) { [self] _ throws(Fault) in
            Array(try workshop.renderReceipt(receipt(entry, lints)).utf8)
        }
        guard try candidate.isUnchanged(in: folder), case .done = try received.take(candidate.entries, from: folder, with: enclosure)
        else { return wake(at: now + workshop.settings.settle) }
        done(candidate)
    }

    /// What the writer should know of how the file was taken in.
    private func lints(_ entry: Pending, _ acceptance: Acceptance) throws(Fault) -> [Lint] {
        let candidate = entry.candidate
        var lints = candidate.collidesWith.map { [Lint(.nameCollision, $0)] } ?? []
        switch acceptance {
        case .duplicate(_, let source, let name): lints.append(Lint(.duplicateOf, "\(source)/\(name)"))
        case .unchanged: lints.append(Lint(.unchanged))
        case .new(let item), .replaced(let item, _):
            guard let other = try workshop.ledger.resemblance(of: item) else { break }
            let day = workshop.settings.zone.civil(other.received).date
            lints.append(Lint(.nearlyTold, other.title, source: other.source, date: day))
        }
        return lints + entry.lints + entry.forecast.demandingAlternative.map { Lint(.alternativeDemandedBy, $0) } + entry.reading.lints
    }

    private func receipt(_ entry: Pending, _ lints: [Lint]) -> Receipt {
        let (candidate, reading) = (entry.candidate, entry.reading)
        return Receipt(
            fileName: candidate.name, source: source.name, received: now, content: reading.content,
            placements: entry.forecast.placements, lix: reading.lix, remarks: lints.map(workshop.note.advice),
            pictures: reading.pictures.map(\.mail))
    }

    private mutating func refuse(_ candidate: Candidate, _ refusal: Refusal, _ refused: Tray) throws(Fault) {
        let name = PersonalNumber.masked(candidate.name)
        try workshop.post.refusal(refusal, name: name, state: candidate.entries[0].identity, source: source, at: now)
        let text = workshop.note.text(refusal, file: name, source: source.name)
        let note = Tray.Enclosure(ending: Tray.noteEnding) { _ in Note.notepadBytes(text) }
        guard case .done = try refused.take(candidate.entries, from: folder, with: note) else {
            wake(at: now + workshop.settings.settle)
            return
        }
        done(candidate)
        try workshop.ledger.recordRejection(source: source.name, name: name, reason: refusal.reason.rawValue, at: now)
        workshop.log.notice("refused a file", ["source": source.name, "name": name, "reason": refusal.reason.rawValue])
    }
}
