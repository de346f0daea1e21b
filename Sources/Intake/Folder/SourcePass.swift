import Core
import Ledger

/// One look through one source's folder.
///
/// Comes in: files that have settled. Goes out: items in the ledger, the originals in `Modtaget/` with a receipt or in `Afvist/` with
/// a note. Each step is done again by the next pass when this one is cut off: the ledger knows a file by its digest and name, so
/// what was accepted but not moved is only moved. A file that cannot be read is reported and the others go on; when the spool or
/// the ledger fails the pass ends, and every original still lies where it lay.
struct SourcePass {
    let workshop: Workshop
    let source: Source
    let folder: OpenFolder
    let now: Instant
    /// When the pass began, for what it takes.
    let began = ContinuousClock.now
    /// When something here will have settled or waited long enough.
    private(set) var next: Instant?
    /// What an operator has to mend.
    var faults: [Fault] = []
    /// What lies in the folder and is not an item yet, by the candidate's name.
    private var waiting: [String: WaitingFile] = [:]
    /// Nothing has changed since the last pass, nor what waits.
    private(set) var isQuiet = false
    var loose: [FolderEntry] = []
    /// The source's items that a late picture may belong to, by the stems of their texts; `nil` until one is asked for.
    var replaceable: [String: ReplaceableItem]?
    /// Read, but not yet spooled and in the ledger: one file of the spool and one transaction for all of them.
    var pending: [Pending] = []
    var pendingBytes = 0

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
        let still = Set(grouping.candidates.filter { isDue($0, workshop.settings.settle) }.compactMap(\.entries.first?.name))
        loose = grouping.loosePictures.filter { still.contains($0.name) }
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
        let isWhole = try takeTexts(grouping.candidates, received, refused)
        try acceptPending(received)
        for candidate in grouping.candidates where isWhole && !workshop.isStopped() {
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

    /// Takes the texts that have settled, with their pictures. False when the others have to wait for the next pass because the source's
    /// turn is over: thousands of files in one folder keep nobody waiting in another.
    private mutating func takeTexts(_ candidates: [Candidate], _ received: Tray, _ refused: Tray) throws(Fault) -> Bool {
        let start = ContinuousClock.now
        let turn = Duration.milliseconds(workshop.settings.turn.milliseconds)
        var hasTaken = false
        for candidate in candidates where !workshop.isStopped() {
            guard case .item(let text, let pictures) = candidate.shape, due(candidate, workshop.settings.settle) else { continue }
            if hasTaken, ContinuousClock.now - start >= turn {
                wake(at: now)
                return false
            }
            try take(candidate, text, pictures, received, refused)
            hasTaken = true
        }
        return true
    }

    /// What lies in `Tilbagetræk/`: that folder's own time need not tell, since it may be as coarse as two seconds.
    private func withdrawn() throws(Fault) -> [FolderEntry] { try Tray(.withdraw, in: folder).folder.entries() }

    private func isDue(_ candidate: Candidate, _ span: Span) -> Bool { candidate.since + span <= now }

    /// Whether a candidate has waited for a span; when not, the pass is to come again then.
    mutating func due(_ candidate: Candidate, _ span: Span) -> Bool {
        if isDue(candidate, span) { return true }
        wake(at: candidate.since + span)
        return false
    }

    mutating func wait(_ candidate: Candidate, _ reason: WaitingFile.Reason, _ detail: String = "") {
        wait(candidate.name, reason, detail)
    }

    private mutating func wait(_ name: String, _ reason: WaitingFile.Reason, _ detail: String = "") {
        waiting[name] = WaitingFile(
            source: source.name, name: PersonalNumber.masked(name), reason: reason, detail: PersonalNumber.masked(detail), since: now)
    }

    /// It and the files that belong to it wait no longer.
    mutating func done(_ candidate: Candidate) {
        waiting[candidate.name] = nil
        for entry in candidate.entries.dropFirst() { waiting[entry.name.text] = nil }
    }

    mutating func wake(at instant: Instant?) { next = [next, instant].compactMap { $0 }.min() }

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
    static func demand(_ forecast: Forecast) -> Refusal? {
        guard forecast.placements.isEmpty, !forecast.demandingAlternative.isEmpty else { return nil }
        return Refusal(.alternativeDemanded, value: forecast.demandingAlternative.joined(separator: ", "))
    }

    /// The candidate with the pictures that its text named.
    private static func extended(_ candidate: Candidate, _ assembly: Assembly) -> Candidate {
        guard candidate.within.isEmpty else { return candidate }
        var candidate = candidate
        candidate.entries = assembly.parts.map(\.entry)
        return candidate
    }

    mutating func refuse(_ candidate: Candidate, _ refusal: Refusal, _ refused: Tray) throws(Fault) {
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
        workshop.log.notice(
            "refused a file", ["SOURCE": source.name, "FILE": name, "REASON": refusal.reason.rawValue], event: .fileRefused)
    }
}
