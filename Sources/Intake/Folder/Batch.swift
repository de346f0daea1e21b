import Core
import Ledger

/// What was read, on its way into the ledger and to `Modtaget/`: one file of the spool and one transaction for a batch.
extension SourcePass {
    struct Pending {
        let candidate: Candidate
        let reading: ItemReader.Reading
        let assembly: Assembly
        let forecast: Forecast
        /// What the receipt says besides the reading's.
        var lints: [Lint] = []
    }

    /// How many files, and how many bytes of them, wait for one another.
    private static let batch = (files: 64, bytes: 8 << 20)

    /// Lets what was read wait for the others of its batch.
    mutating func queue(_ entry: Pending, _ received: Tray) throws(Fault) {
        pending.append(entry)
        pendingBytes += entry.assembly.claims.reduce(0) { $0 + $1.bytes.count }
        if pending.count >= Self.batch.files || pendingBytes >= Self.batch.bytes { try acceptPending(received) }
    }

    mutating func acceptPending(_ received: Tray) throws(Fault) {
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
        workshop.log.info(
            "took in a file", ["SOURCE": source.name, "FILE": candidate.name, "ITEM": "\(acceptance.item)"], event: .fileTaken)
        if let other = candidate.collidesWith {
            workshop.log.warning("two files of nearly the same name", ["SOURCE": source.name, "FILE": candidate.name, "OTHER": other])
        }
        let lints = try alertLints + lints(entry, acceptance)
        // The very same file again, as after a kill before the move, has been told of already.
        var version = acceptance.version
        if version == nil { version = try workshop.ledger.item(acceptance.item)?.version }
        let receipt = receipt(entry, lints)
        try workshop.post.receipt(
            acceptance, version: version ?? 0, name: candidate.name, source: source, contact: entry.reading.content.contact, at: now
        ) { receipt }
        // Holds no copy of this pass: the next change would copy all that waits, for each file again.
        let enclosure = Tray.Enclosure(ending: Tray.receiptEnding) { [render = workshop.renderReceipt] _ throws(Fault) in
            Array(try render(receipt).utf8)
        }
        guard try candidate.isUnchanged(in: folder), case .done = try received.take(candidate.entries, from: folder, with: enclosure)
        else { return wake(at: now + workshop.settings.settle) }
        let waited = Double((now - candidate.since).milliseconds) / 1000
        workshop.instruments.receipts.note(waited + (ContinuousClock.now - began) / .seconds(1))
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
}
