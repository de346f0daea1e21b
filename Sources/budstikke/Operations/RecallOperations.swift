import Core
import Desk
import Intake
import Ledger
import Planner

/// The correction of a released edition everywhere it is shown, and the mail about it to those who had got it.
struct RecallOperations {
    var house: House
    var actor: String

    /// The longest note, in characters: a sentence or two.
    static let noteLimit = 500

    func correct(_ slug: String, note: String, only items: [ItemID], mail: Bool, at now: Instant) throws(Fault) -> Answer {
        let edition = try edition(slug)
        let note = try checked(note)
        let pending = try house.release.correct(
            edition, note: note, only: items.isEmpty ? nil : Set(items), by: actor, at: now)
        let corrected = try self.edition(slug)
        var report = RecallReport(edition: slug, correction: corrected.corrections, changes: pending.changes, state: corrected.state)
        report.alsoIn = try others(with: pending, than: edition)
        if mail { report.mailed = try house.release.mailCorrection(of: corrected, by: actor, at: now) }
        report.behind = try house.ledger.countBehind(edition.id)
        return Answer(text: report.text, json: jsonText(report))
    }

    func mail(_ slug: String, at now: Instant) throws(Fault) -> Answer {
        let edition = try edition(slug)
        let count = try house.release.mailCorrection(of: edition, by: actor, at: now)
        return Answer(
            text: count == 0
                ? "Nobody had got \(slug) without its correction; there is nobody to write to."
                : "The correction of \(slug) is on its way to \(count) people who had got the edition. See ‘budstikke deliveries \(slug)’.",
            json: jsonText(["mailed": count]))
    }

    /// By the rules of any text that people read.
    private func checked(_ note: String) throws(Fault) -> String {
        let line = note.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        func refused(_ cause: String, _ mend: String) -> Fault { Fault("take", "the correction’s note", cause: cause, mend: mend) }
        guard !line.isEmpty else { throw refused("it is empty", "Write in a sentence what was wrong and what is right.") }
        guard line.count <= Self.noteLimit else { throw refused("it is longer than \(Self.noteLimit) characters", "Write it shorter.") }
        if PersonalNumber.isIn(line) { throw refused("a personal number (CPR) stands in it", "Write it without.") }
        if let word = ItemContent(title: line, summary: line, body: Document([])).word(of: house.blockedWords) {
            throw refused("‘\(word)’ must not be published yet", "Write it without, or see BlockedWord= in [Drop].")
        }
        return line
    }

    /// Other editions that went out with what has been mended or taken out.
    private func others(with pending: PendingCorrection, than edition: EditionRecord) throws(Fault) -> [String] {
        var slugs: Set<String> = []
        for change in pending.changes {
            for other in try house.ledger.editions(carrying: change.item) where other.id != edition.id && other.state == .released {
                slugs.insert(other.slug)
            }
        }
        return slugs.sorted()
    }

    private func edition(_ slug: String) throws(Fault) -> EditionRecord {
        guard let edition = try house.ledger.edition(slug: slug) else { throw ItemOperations.unknown(slug) }
        return edition
    }
}

/// What `recall` prints.
private struct RecallReport: Encodable {
    struct Change: Encodable {
        var item: ItemID
        var title: String
        var change: PendingCorrection.Change.Kind
    }

    var edition: String
    var correction: Int
    var state: EditionState
    var changes: [Change]
    /// How many have got the edition by mail, or may have, without the correction, and have not been told.
    var behind = 0
    /// To how many the correction goes by mail; `nil` when nobody asked for that.
    var mailed: Int?
    /// Other editions that went out with the same items as before.
    var alsoIn: [String] = []

    init(edition: String, correction: Int, changes: [PendingCorrection.Change], state: EditionState) {
        self.edition = edition
        self.correction = correction
        self.state = state
        self.changes = changes.map { Change(item: $0.item, title: $0.title, change: $0.kind) }
    }

    var text: String {
        var lines = ["\(edition) is corrected on the web, in the feeds and at the endpoints (correction \(correction))."]
        lines += changes.map { "\($0.change == .mended ? "mended " : "out    ") item \($0.item): \($0.title)" }
        if changes.isEmpty { lines.append("No item has been mended or withdrawn since it went out: the note alone is new.") }
        if state == .recalled { lines.append("Nothing is left in it: what was still to be sent is given up.") }
        if !alsoIn.isEmpty { lines.append("The same items went out in \(alsoIn.joined(separator: ", ")): correct these too.") }
        if let mailed { lines.append("The correction is on its way by mail to \(mailed) people who had got the edition.") }
        if mailed == nil, behind > 0 {
            lines.append("\(behind) people have got it by mail as it was. ‘budstikke recall \(edition) --mail’ writes to them.")
        }
        return lines.joined(separator: "\n")
    }
}
