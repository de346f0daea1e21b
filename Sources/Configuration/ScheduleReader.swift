import Core
import Foundation

/// Turns one `.schedule` file into a ``Publication``.
struct ScheduleReader {
    let file: String
    private(set) var problems: [SettingsProblem] = []
    /// Where what is checked later stands: `Publication <name> Audience` and the like.
    private(set) var places: [String: Place] = [:]

    init(file: String) { self.file = file }

    /// The file's name without its ending.
    private var name: String { String((file as NSString).lastPathComponent.dropLast(".schedule".count)) }

    /// Whether the publication's times could be read; without them it stands as continuous, so that its other keys are checked too.
    private(set) var hasTiming = true

    /// The publication as far as it could be read; ``problems`` says what could not.
    mutating func read(_ text: SectionFile) -> Publication {
        problems += text.problems
        if name.isEmpty || !name.utf8.allSatisfy({ (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) {
            problems.append(
                .init(
                    Place(file: file), cause: "‘\(name)’ cannot stand in an address",
                    mend: "Name the file with the letters a–z, digits and hyphens, such as ledige-stillinger.schedule."))
        }
        var sections: [String: SectionReader] = [:]
        for section in text.sections {
            guard let rule = KnownKeys.schedule.first(where: { $0.kind == section.heading }) else {
                let near = nearestName(to: section.heading, among: KnownKeys.schedule.map(\.kind))
                problems.append(
                    .init(
                        section.place, cause: "there is no section [\(section.heading)] in a schedule",
                        mend: near.map { "Did you mean [\($0)]?" }
                            ?? "Known are: \(KnownKeys.schedule.map(\.kind).joined(separator: ", "))."))
                continue
            }
            if let first = sections[section.heading] {
                problems.append(
                    .init(
                        section.place,
                        cause: "[\(section.heading)] stands a second time; the first is in line \(first.section.place.line ?? 0)",
                        mend: "Put the keys of both into one section."))
                continue
            }
            sections[section.heading] = SectionReader(section, rule)
        }
        func reader(_ kind: String) -> SectionReader {
            sections[kind]
                ?? SectionReader(
                    .init(heading: kind, place: Place(file: file)), KnownKeys.schedule.first { $0.kind == kind } ?? .init(kind, []))
        }
        var (about, when, which, out) = (reader("Publication"), reader("Schedule"), reader("Selection"), reader("Channels"))
        defer { problems += about.problems + when.problems + which.problems + out.problems }
        let title = about.required("Title", "Direktionens nyhedsbrev")
        let timing = timing(&when)
        hasTiming = timing != nil
        var publication = Publication(name: name, title: title ?? name, timing: timing ?? .continuous)
        describe(&publication, &about)
        schedule(&publication, &when)
        select(&publication, &which)
        channels(&publication, &out)
        return publication
    }

    private mutating func timing(_ section: inout SectionReader) -> Publication.Timing? {
        if let followed = section.text("Follows") {
            if let entry = section.entries("When").first {
                section.complain(entry, "a publication that follows another has no rule of its own", "Remove When= or Follows=.")
            }
            _ = section.required("Ahead", "24h")
            section.refuse("From", "it counts nothing where Follows= gives the times")
            guard let ahead = section.span("Ahead") else { return nil }
            return .ahead(of: followed, by: ahead)
        }
        section.refuse("Ahead", "it needs Follows=, the publication that is gone ahead of")
        guard let text = section.required("When", "FREQ=MONTHLY;BYDAY=1TU;BYHOUR=8;BYMINUTE=0"), let entry = section.entries("When").first
        else { return nil }
        if text.lowercased() == "continuous" {
            section.refuse("From", "a continuous publication has no rule that could count from it")
            return .continuous
        }
        let from = section.value("From", "a day such as 2026-01-01") { CivilDate(iso: $0) }
        do throws(RecurrenceRule.Problem) {
            return .recurring(try RecurrenceRule(text), from: from)
        } catch {
            section.complain(entry, error.cause, error.mend)
            return nil
        }
    }

    private mutating func describe(_ publication: inout Publication, _ section: inout SectionReader) {
        publication.template = section.text("Template") ?? publication.template
        publication.audience = section.text("Audience") ?? publication.audience
        publication.language = section.choice("Language")
        publication.showsLeaderNotes = section.boolean("LeaderNotes") ?? false
        publication.leaderBlock = section.text("LeaderBlock")
        if publication.showsLeaderNotes { section.refuse("LeaderBlock", "LeaderNotes=yes gives the talking points to all") }
        publication.mandatoryReason = section.text("Mandatory")
        note("Template", section)
        note("Audience", section)
        note("LeaderBlock", section)
    }

    private mutating func schedule(_ publication: inout Publication, _ section: inout SectionReader) {
        publication.onHoliday = section.choice("OnHoliday") ?? publication.onHoliday
        publication.cutOff = section.span("CutOff") ?? publication.cutOff
        publication.atLeastEvery = section.span("AtLeastEvery")
        publication.ifEmpty = section.choice("IfEmpty") ?? publication.ifEmpty
        publication.ifLate = section.span("IfLate") ?? publication.ifLate
        publication.approval = section.choice("Approval") ?? publication.approval
        publication.approvalAlarm = section.span("ApprovalAlarm") ?? publication.approvalAlarm
        if publication.approval == .none { section.refuse("ApprovalAlarm", "nothing waits for approval where Approval=none") }
        if publication.timing == .continuous {
            section.refuse("ApprovalAlarm", "a continuous publication has no release that could lack approval")
            if ![.none, .editor].contains(publication.approval), let entry = section.entries("Approval").first {
                section.complain(
                    entry, "a continuous publication shows single items, each approved by one editor",
                    "Write Approval=editor or Approval=none.")
            }
        }
        note("Follows", section)
        note("CutOff", section)
        note("From", section)
    }

    private mutating func select(_ publication: inout Publication, _ section: inout SectionReader) {
        publication.selection.categories = section.entries("Category").map(\.value)
        publication.selection.excludedCategories = section.entries("NotCategory").map(\.value)
        publication.selection.sources = section.entries("Source").map(\.value)
        publication.selection.perSource = section.count("PerSource", 1...1000)
        publication.selection.max = section.count("Max", 1...1000) ?? publication.selection.max
        publication.selection.order = section.choice("Order") ?? publication.selection.order
        publication.selection.repeats = section.boolean("Repeats") ?? false
        publication.selection.requiresAlternativeText = section.boolean("RequireAlt") ?? false
        note("Source", section)
    }

    private mutating func channels(_ publication: inout Publication, _ section: inout SectionReader) {
        publication.channels.email = section.boolean("Email") ?? false
        publication.channels.web = section.boolean("Web") ?? false
        publication.channels.feed = section.boolean("Feed") ?? false
        publication.channels.feedAccess = section.feedAccess("PrivateFeed", "FeedTokenVersion")
        if !publication.channels.feed { section.refuse("PrivateFeed", "there is no Feed=yes") }
        publication.channels.endpoints = section.entries("Endpoint").map(\.value)
        if publication.channels.kinds.isEmpty {
            problems.append(
                .init(
                    section.section.place.with(key: "Email"), cause: "the publication has no channel, so nobody would see it",
                    mend: "Set one of Email=yes, Web=yes, Feed=yes or Endpoint= in [Channels]."))
        }
        note("Endpoint", section)
    }

    private mutating func note(_ key: String, _ section: SectionReader) {
        places["Publication \(name) \(key)"] =
            section.entries(key).first.map { $0.place.with(key: key) } ?? section.section.place.with(key: key)
    }
}
