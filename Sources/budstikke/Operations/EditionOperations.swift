import Core
import Desk
import Foundation
import Ledger
import Planner
import Press
import PushEmail

/// The next edition as it stands: previewed, tried on one address, or sent now.
struct EditionOperations {
    var house: House

    /// The edition of a publication that comes next: one that is held or closed, else the open one.
    func next(_ name: String) throws(Fault) -> EditionRecord {
        let publication = try house.release.publication(name)
        guard publication.timing != .continuous else {
            throw Fault(
                "find", "the next edition of \(name)", cause: "it is continuous: it has no editions",
                mend: "See where it is shown with ‘budstikke feeds’.")
        }
        if let waiting = try house.ledger.editions([.held, .closed], publication: name).last { return waiting }
        if let open = try house.ledger.editions([.open], publication: name).first { return open }
        throw Fault(
            "find", "the next edition of \(name)", cause: "none is planned", mend: "Start the service once, or see ‘budstikke schedule’.")
    }

    /// The next edition as it would go out with what is there now, in the publication's main language.
    private struct Draft {
        var edition: EditionRecord
        var items: [ItemRecord]
        var language: Language
        var rendering: EditionRendering
    }

    /// An edition that has not been released, by its name.
    private func waiting(_ slug: String) throws(Fault) -> EditionRecord {
        guard let edition = try house.ledger.edition(slug: slug), [.open, .closed, .held].contains(edition.state) else {
            throw Fault("find", "edition \(slug)", cause: "none of this name is waiting", mend: "See ‘budstikke status’.")
        }
        return edition
    }

    /// An edition as it would go out now, for the desk's preview.
    func rendering(of edition: EditionRecord, at now: Instant) throws(Fault) -> EditionRendering {
        try draft(edition, at: now).rendering
    }

    private func draft(_ name: String, at now: Instant) throws(Fault) -> Draft { try draft(try next(name), at: now) }

    private func draft(_ edition: EditionRecord, at now: Instant) throws(Fault) -> Draft {
        let name = edition.publication
        let instant = max(now, edition.release)
        let items = try house.release.items(for: edition, at: instant)
        let language = try house.release.publication(name).language ?? house.settings.organisation.language
        let content = try house.composition.content(of: edition, items: items, at: instant)
        return Draft(
            edition: edition, items: items, language: language, rendering: try house.composition.rendering(of: content, in: language))
    }

    func preview(_ name: String, at now: Instant) throws(Fault) -> Answer {
        let draft = try draft(name, at: now)
        let (edition, items, rendering) = (draft.edition, draft.items, draft.rendering)
        let files = [
            "mail.html": rendering.mailHTML.filled(Self.sample), "mail.txt": rendering.mailText.filled(Self.sample),
            "web.html": rendering.web,
        ].mapValues { Array($0.utf8) }
        var lines = [
            "\(edition.slug): \(rendering.subject)",
            "release \(shown(edition.release, house.zone)), cut-off \(shown(edition.cutOff, house.zone))", "",
        ]
        lines += items.map { "\($0.id)  \($0.source): \($0.content.title) (\($0.state.rawValue))" }
        if items.isEmpty { lines.append("No items yet.") }
        return Answer(
            text: lines.joined(separator: "\n"),
            json: jsonText(PreviewLine(edition: edition.slug, subject: rendering.subject, items: items.map(\.id))), files: files)
    }

    /// Sends the next edition as it stands to one address, over the first relay, marked as a test.
    func test(_ name: String, to address: EmailAddress, at now: Instant) throws(Fault) -> Answer {
        try test(try next(name), to: address, at: now)
    }

    func test(edition slug: String, to address: EmailAddress, at now: Instant) throws(Fault) -> Answer {
        try test(try waiting(slug), to: address, at: now)
    }

    private func test(_ edition: EditionRecord, to address: EmailAddress, at now: Instant) throws(Fault) -> Answer {
        let draft = try draft(edition, at: now)
        let (name, edition) = (edition.publication, draft.edition)
        let language = draft.language
        var rendering = draft.rendering
        rendering.subject = house.catalogue.text("edition.testSubject", language, ["subject": rendering.subject])
        guard let channel = try house.channels().lazy.compactMap({ $0 as? EmailChannel }).first else {
            throw Fault("send", "a test of \(name)", cause: "there is no relay", mend: "Add a [Relay …] section.")
        }
        let reply = try channel.sendTest(rendering, of: edition, in: language, to: address)
        return Answer(text: "Sent \(edition.slug) to \(address): \(reply)", json: jsonText(["edition": edition.slug, "reply": reply]))
    }

    func run(_ name: String, by actor: String, at now: Instant) throws(Fault) -> Answer {
        try run(try next(name), by: actor, at: now)
    }

    func run(edition slug: String, by actor: String, at now: Instant) throws(Fault) -> Answer {
        try run(try waiting(slug), by: actor, at: now)
    }

    private func run(_ edition: EditionRecord, by actor: String, at now: Instant) throws(Fault) -> Answer {
        let items = try house.release.items(for: edition, at: now)
        guard !items.isEmpty else {
            throw Fault("release", "edition \(edition.slug)", cause: "it has no items", mend: "Drop an item, or approve one that is held.")
        }
        try house.release.release(edition, items, by: actor, at: now)
        house.log?.notice(
            "\(actor) released \(edition.slug) with \(items.count) items", ["EDITION": edition.slug], event: .editionReleased)
        try house.ledger.endAlarm("held-edition", edition.slug, at: now)
        let count = try house.ledger.deliveryCounts(of: edition.id).values.reduce(0, +)
        return Answer(
            text: "\(edition.slug) is released: \(items.count) items, \(count) deliveries. See ‘budstikke deliveries \(edition.slug)’.",
            json: jsonText(RunLine(edition: edition.slug, items: items.count, deliveries: count)))
    }

    func schedule(from: CivilDate?, count: Int, at now: Instant) throws(Fault) -> Answer {
        let start = from.flatMap { CivilDateTime($0, hour: 0, minute: 0) }.map(house.zone.instant) ?? now
        var lines: [ScheduleLine] = []
        for publication in house.settings.publications where publication.timing != .continuous {
            var after = house.zone.civil(start - .seconds(1))
            // What has been released ahead of its time is not to come any more.
            if from == nil, let last = try house.ledger.lastScheduled(of: publication.name).flatMap({ CivilDateTime(iso: $0.scheduled) }) {
                after = max(after, last)
            }
            for _ in 0..<count {
                guard let planned = try house.calendar.next(publication, after: after) else { break }
                lines.append(ScheduleLine(publication, planned, house))
                after = planned.scheduled
            }
        }
        lines.sort { ($0.release, $0.publication) < ($1.release, $1.publication) }
        lines = Array(lines.prefix(count))
        var table = TextTable("RELEASE", "CUT-OFF", "PUBLICATION", "CHANNELS", "MOVED")
        for line in lines {
            table.add(line.releaseShown, line.cutOffShown, line.publication, line.channels.joined(separator: " "), line.moved ?? "")
        }
        return Answer(text: table.isEmpty ? "Nothing is scheduled." : table.text, json: jsonText(lines))
    }

    /// What stands in the personal places of a preview.
    private static func sample(_ slot: Slot) -> String {
        switch slot {
        case .name: "Anne Jensen"
        case .department: "Teknik og Miljø"
        case .preferencesURL: "https://example.invalid/u/"
        }
    }
}

private struct PreviewLine: Encodable {
    var edition: String
    var subject: String
    var items: [ItemID]
}

private struct RunLine: Encodable {
    var edition: String
    var items: Int
    var deliveries: Int
}

/// A coming edition as `schedule --json` prints it.
private struct ScheduleLine: Encodable {
    var publication: String
    var release: String
    var cutOff: String
    var channels: [String]
    /// From which day it was moved, and why; `nil` when it was not.
    var moved: String?
    var releaseShown: String
    var cutOffShown: String

    enum CodingKeys: String, CodingKey { case publication, release, cutOff, channels, moved }

    init(_ publication: Publication, _ planned: PlannedEdition, _ house: House) {
        self.publication = publication.name
        release = house.zone.rfc3339(planned.release)
        cutOff = house.zone.rfc3339(planned.cutOff)
        releaseShown = shown(planned.release, house.zone)
        cutOffShown = shown(planned.cutOff, house.zone)
        channels = publication.channels.kinds.map(\.rawValue).sorted()
        moved = planned.moved.map { "from \($0.from): \(house.catalogue.text($0.reason, house.settings.organisation.language))" }
    }
}
