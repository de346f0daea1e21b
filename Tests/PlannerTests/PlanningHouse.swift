import Core
import Foundation
import Ledger
import Synchronization
import TestKit
import Testing

@testable import Planner

/// A real ledger and a clock that the test moves, with the planner's stage made anew for every pass, as after a restart.
final class PlanningHouse {
    let folder: TemporaryFolder
    private(set) var ledger: Ledger
    let clock: ManualClock
    var publications: [Publication]
    var audiences: [Audience] = []
    var endpoints: [Endpoint] = []
    var committees: [String] = []
    let template = Template()
    private var dropped = 0

    /// A template that a test may break.
    final class Template: Sendable {
        let isBroken = Mutex(false)
    }

    /// Friday 20 November 2026, 12:00 in Copenhagen, unless told.
    init(_ publications: Publication..., at now: String = "2026-11-20T12:00") throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        clock = ManualClock(try Self.instant(now))
        self.publications = publications
        if let anne = EmailAddress("anne@koege.example") {
            _ = try ledger.replaceDirectory([Person(address: anne, name: "Anne")], at: clock.now())
        }
    }

    static func instant(_ local: String) throws -> Instant { Zone.copenhagen.instant(try #require(CivilDateTime(iso: local))) }

    /// A weekly publication on Tuesdays at 08:00, cut off two days before.
    static func weekly(_ rule: String = "FREQ=WEEKLY;BYDAY=TU;BYHOUR=8", name: String = "nyt") throws -> Publication {
        var publication = Publication(name: name, title: name, timing: .recurring(try RecurrenceRule(rule), from: nil))
        publication.cutOff = .days(2)
        publication.channels.email = true
        publication.channels.web = true
        return publication
    }

    static func leaders(ahead span: Span = .hours(24)) -> Publication {
        var publication = Publication(name: "ledere", title: "Ledere", timing: .ahead(of: "nyt", by: span))
        publication.channels.email = true
        publication.showsLeaderNotes = true
        return publication
    }

    var release: ReleaseStep {
        ReleaseStep(
            ledger: ledger, publications: publications, audiences: audiences, endpoints: endpoints, defaultLanguage: .da,
            composition: Composition(ledger: ledger, zone: .copenhagen) { [template] content, language throws(Fault) in
                try Self.rendering(content, language, isBroken: template.isBroken.withLock { $0 })
            }, committees: committees)
    }

    func stage() -> PlannerStage {
        let calendar = EditionCalendar(zone: .copenhagen, closingDays: ClosingDays(), publications: publications)
        return PlannerStage(ledger: ledger, release: release, calendar: calendar, clock: clock, log: Log("planner", threshold: .alert))
    }

    private static func rendering(_ content: EditionContent, _ language: Language, isBroken: Bool) throws(Fault) -> EditionRendering {
        guard !isBroken else { throw Fault("render", content.slug, cause: "the template is broken", mend: "Mend it.") }
        let lines = (content.isAboutCorrections ? ["about"] : []) + content.entries.map(\.content.title) + content.corrections.map(\.note)
        let text = SlottedText(marked: lines.joined(separator: "\n"))
        return EditionRendering(
            subject: "\(language.rawValue) \(content.slug) \(content.number)", mailHTML: text, mailText: text, pictures: [],
            web: ([content.slug] + content.corrections.map { "\($0.date) \($0.note)" }).joined(separator: "\n"))
    }

    /// Moves the clock to a local time and lets the planner do all that is due; when something is due next, in local time.
    @discardableResult
    func pass(at local: String? = nil) throws -> String? {
        if let local { clock.set(try Self.instant(local)) }
        return stage().pass().map { Zone.copenhagen.civil($0).description }
    }

    /// Closes the ledger and opens it again.
    func restart() throws {
        // Its lock is released with the object, so another takes its place before it is opened again.
        ledger = try TemporaryFolder().ledger()
        ledger = try folder.ledger()
    }

    @discardableResult
    func drop(_ name: String, source: String = "HR", _ change: (inout ItemContent) -> Void = { _ in }) throws -> ItemID {
        dropped += 1
        var content = ItemContent(title: name, summary: "S", body: Document([.paragraph([.text("Tekst \(dropped)")])]))
        change(&content)
        let submission = Submission(source: source, name: name, digest: "\(dropped)", content: content, pictures: [])
        return try ledger.accept(submission, at: clock.now()).item
    }

    func people(_ people: [(String, Language?, role: String)]) throws {
        let persons = try people.map { Person(address: try #require(EmailAddress($0.0)), role: $0.role, language: $0.1) }
        _ = try ledger.replaceDirectory(persons, at: clock.now())
    }

    /// The publication's editions by scheduled time: slug without the publication's name, and state.
    func editions(_ name: String = "nyt") throws -> [String] {
        try ledger.editions(Set(EditionState.allCases), publication: name, limit: 10_000).sorted { $0.scheduled < $1.scheduled }
            .map { "\($0.slug.dropFirst(name.count + 1)) \($0.state.rawValue)" }
    }

    func edition(_ slug: String) throws -> EditionRecord { try #require(try ledger.edition(slug: slug)) }

    /// What an edition froze, by title.
    func titles(_ slug: String) throws -> [String] { try ledger.items(of: edition(slug).id).map(\.content.title) }

    func alarms() throws -> [String] { try ledger.standingAlarms().map { "\($0.kind) \($0.object)" } }

    /// What `budstikke run` does with the edition of this name.
    func run(_ slug: String) throws {
        let edition = try edition(slug)
        try release.release(edition, try release.items(for: edition, at: clock.now()), by: "editor", at: clock.now())
    }
}
