import Core
import Foundation

extension Settings {
    /// Where the configuration is when a command names none.
    package static let defaultFiles = ["./budstikke.conf", "/etc/budstikke/budstikke.conf"]

    /// Reads the configuration and its schedules. Throws every problem in them together; what stands on the disk beside them is
    /// the business of ``problemsOutside()``.
    package static func load(_ file: String) throws(SettingsProblems) -> Settings {
        let (settings, problems) = read(file)
        guard problems.isEmpty else { throw SettingsProblems(problems) }
        return settings
    }

    /// What could be read, and what is wrong with the rest: for `check`, which goes on to look at what the settings name.
    package static func read(_ file: String) -> (settings: Settings, problems: [SettingsProblem]) {
        let absolute = URL(fileURLWithPath: file).standardizedFileURL.path
        var reader = SettingsReader(Settings(file: absolute, folder: (absolute as NSString).deletingLastPathComponent))
        do throws(Fault) { reader.read(try SettingsFiles(absolute)) } catch {
            return (reader.settings, [.init(Place(file: absolute), cause: error.cause, mend: error.mend)])
        }
        return (reader.settings, reader.problems)
    }
}

/// Turns sections into ``Settings``, one section kind after another.
struct SettingsReader {
    var settings: Settings
    var problems: [SettingsProblem] = []
    /// Publications whose times could not be read.
    private var untimed: Set<String> = []
    /// The locations that a feed names, until all audiences are known.
    var feedLocations: [String: [String]] = [:]

    init(_ settings: Settings) { self.settings = settings }

    private static let readers: [String: @Sendable (inout SettingsReader, inout SectionReader) -> Void] = [
        "Organisation": { $0.organisation(&$1) }, "Drop": { $0.drop(&$1) }, "Programs": { $0.programs(&$1) }, "Source": { $0.source(&$1) },
        "Audience": { $0.audience(&$1) },
        "Recipients": { $0.recipients(&$1) }, "Retention": { $0.retention(&$1) },
        "Email": { $0.email(&$1) }, "Bounces": { $0.bounces(&$1) }, "Relay": { $0.relay(&$1) }, "Domain": { $0.domain(&$1) },
        "Web": { $0.web(&$1) }, "Endpoint": { $0.endpoint(&$1) }, "Feed": { $0.feed(&$1) }, "Screens": { $0.screens(&$1) },
        "Alert": { $0.alert(&$1) }, "ClosingDays": { $0.closingDays(&$1) }, "Desk": { $0.desk(&$1) },
        "Phones": { $0.phones(&$1) }, "Store": { $0.store(&$1) },
        "Alarm": { $0.alarm(&$1) }, "Metrics": { $0.metrics(&$1) },
    ]

    mutating func read(_ files: SettingsFiles) {
        problems += files.problems
        let rules = Dictionary(uniqueKeysWithValues: KnownKeys.configuration.map { ($0.kind, $0) })
        for section in files.sections {
            guard let rule = rules[section.kind], rule.isNamed || section.name.isEmpty else {
                let near = nearestName(to: section.kind, among: rules.keys.sorted())
                problems.append(
                    .init(
                        section.place, cause: "there is no section [\(section.heading)]",
                        mend: near.map { "Did you mean [\($0)\(rules[$0]?.isNamed == true ? " name" : "")]?" }
                            ?? "Known are: \(rules.keys.sorted().joined(separator: ", "))."))
                continue
            }
            if rule.isNamed, section.name.isEmpty {
                problems.append(.init(section.place, cause: "[\(section.kind)] has no name", mend: "Write [\(section.kind) name]."))
                continue
            }
            var reader = SectionReader(section, rule)
            settings.places[section.heading] = section.place
            Self.readers[section.kind]?(&self, &reader)
            problems += reader.problems
        }
        requireSections(files)
        if settings.bounces != nil, let email = settings.email, email.returnPath == nil {
            problems.append(
                .init(
                    settings.places["Email"] ?? Place(file: settings.file), cause: "[Bounces] is there, and [Email] has no ReturnPath=",
                    mend: "Add the address that reports go to, such as ReturnPath=bounce@koege.example"))
        }
        contactPhones()
        readSchedules()
        resolveLocations()
        problems += SettingsCheck(settings: settings, untimed: untimed).problems
    }

    private mutating func requireSections(_ files: SettingsFiles) {
        let examples = [
            ("Organisation", "Name=Køge Kommune"), ("Drop", "Folder=drop"), ("Recipients", "CSV=recipients.csv"),
            ("Email", "From=Nyhedsbrev <nyhedsbrev@koege.example>"),
        ]
        for (kind, example) in examples where !files.sections.contains(where: { $0.kind == kind }) {
            problems.append(
                .init(Place(file: settings.file), cause: "the section [\(kind)] is missing", mend: "Add [\(kind)] with \(example)"))
        }
        for (kind, example) in [("Source", "[Source HR]"), ("Relay", "[Relay outbox] with Directory=outbox")]
        where !files.sections.contains(where: { $0.kind == kind }) {
            problems.append(.init(Place(file: settings.file), cause: "there is no [\(kind) …]", mend: "Add \(example)"))
        }
    }

    private mutating func organisation(_ section: inout SectionReader) {
        settings.organisation.name = section.required("Name", "Køge Kommune") ?? ""
        settings.organisation.language = section.choice("Language") ?? .da
        settings.organisation.zone =
            section.value("TimeZone", "a zone of the tz database such as Europe/Copenhagen", Zone.init) ?? .copenhagen
        settings.organisation.stateFolder = settings.path(section.text("State") ?? "state")
        settings.templatesFolder = section.text("Templates").map(settings.path) ?? settings.templatesFolder
        settings.schedulesFolder = section.text("Schedules").map(settings.path) ?? settings.schedulesFolder
    }

    private mutating func drop(_ section: inout SectionReader) {
        settings.drop.folder = settings.path(section.required("Folder", "drop") ?? "drop")
        settings.drop.settle = section.span("Settle") ?? settings.drop.settle
        settings.drop.rescan =
            section.value("Rescan", "a time such as 15s, and no less than 100ms") {
                Span($0).flatMap { $0 < .milliseconds(100) ? nil : $0 }
            }
            ?? settings.drop.rescan
        settings.drop.unresponsive =
            section.value("Unresponsive", "a time such as 1m, and no less than 1s") {
                Span($0).flatMap { $0 < .seconds(1) ? nil : $0 }
            }
            ?? settings.drop.unresponsive
        settings.drop.notify = section.choice("Notify") ?? settings.drop.notify
        for entry in section.entries("BlockedWord") {
            if entry.value.comparableWords.isEmpty {
                section.complain(entry, "‘\(entry.value)’ has no letter or digit", "Write BlockedWord=projekt fønix")
            } else {
                settings.drop.blockedWords.append(entry.value)
            }
        }
    }

    private mutating func programs(_ section: inout SectionReader) {
        let programs = settings.programs
        settings.programs.pandoc = section.text("Pandoc").map { programs.pandoc.at(settings.path($0)) } ?? programs.pandoc
        settings.programs.vipsthumbnail =
            section.text("VipsThumbnail").map { programs.vipsthumbnail.at(settings.path($0)) } ?? programs.vipsthumbnail
        settings.programs.ldapsearch = section.text("LDAPSearch").map { programs.ldapsearch.at(settings.path($0)) } ?? programs.ldapsearch
    }

    private mutating func source(_ section: inout SectionReader) {
        let name = section.section.name
        if name.contains("/") || name.hasPrefix(".") {
            problems.append(
                .init(section.section.place, cause: "‘\(name)’ cannot be a folder's name", mend: "Leave out the slash or the leading dot."))
        }
        let folder = Self.folderName(name)
        if let other = settings.sources.first(where: { Self.folderName($0.name) == folder }) {
            problems.append(
                .init(
                    section.section.place,
                    cause: "‘\(name)’ and ‘\(other.name)’ would be one folder where the case of letters does not count",
                    mend: "Give one of them another name."))
        }
        if folder == "akut" {
            problems.append(
                .init(section.section.place, cause: "‘\(name)’ is the folder of crisis messages", mend: "Give the source another name."))
        }
        var source = Source(
            name: name, kind: section.choice("Kind") ?? .department,
            contact: section.value("Contact", "a mail address") { EmailAddress($0) }, category: section.text("Category"))
        source.mayAlert = section.boolean("MayAlert") ?? false
        settings.sources.append(source)
    }

    /// Two names with the same are one folder on a share that does not tell letters' case, or NFC from NFD, apart.
    private static func folderName(_ name: String) -> String { name.lowercased().precomposedStringWithCanonicalMapping }

    private mutating func audience(_ section: inout SectionReader) {
        var conditions: [Audience.Condition] = []
        for entry in section.entries("Match") {
            let parts = entry.value.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            let values = parts.count == 2 ? parts[1].split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } : []
            if values.isEmpty || parts[0].isEmpty {
                section.complain(entry, "‘\(entry.value)’ is not column=value", "Write Match=role=leder|direktør")
            } else {
                conditions.append(.init(attribute: parts[0], values: values))
            }
        }
        if conditions.isEmpty, section.entries("Match").isEmpty { _ = section.required("Match", "role=leder") }
        if section.section.name.lowercased() != Audience.everybody.name {
            settings.audiences.append(Audience(name: section.section.name, conditions: conditions))
        } else {
            problems.append(
                .init(section.section.place, cause: "the audience alle is everybody and cannot be another", mend: "Choose another name."))
        }
    }

    private mutating func email(_ section: inout SectionReader) {
        _ = section.required("From", "Nyhedsbrev <nyhedsbrev@koege.example>")
        let from = section.value("From", "Name <address>", Mailbox.init)
        let returnPath = section.value("ReturnPath", "a mail address") { EmailAddress($0) }
        let delimiter = section.value("Delimiter", "one or two signs such as + or -, or none") { text in
            text == "none" || (1...2).contains(text.utf8.count) && text.utf8.allSatisfy { "+-=_.".utf8.contains($0) } ? text : nil
        }
        let pictures: Settings.Pictures? = section.choice("Pictures")
        if let returnPath, delimiter != "none", returnPath.localPart.utf8.count > Self.longestReturnPath,
            let entry = section.entries("ReturnPath").first
        {
            section.complain(
                entry, "with a token behind it the part before the @ would be longer than 64 characters",
                "Use at most \(Self.longestReturnPath), or write Delimiter=none.")
        }
        if returnPath == nil { section.refuse("Delimiter", "there is no ReturnPath=") }
        let quiet = section.quietHours()
        let pause = pauseRule(&section)
        guard let from else { return }
        settings.email = Settings.Email(
            from: from, returnPath: returnPath, delimiter: delimiter == "none" ? nil : delimiter ?? "+", pictures: pictures ?? .attached)
        settings.email?.quietHours = quiet
        settings.email?.pause = pause
    }

    private mutating func alert(_ section: inout SectionReader) {
        settings.alert.needsTwoPeople = section.boolean("TwoPeople") ?? false
        settings.alert.audience = section.text("Audience") ?? settings.alert.audience
    }

    private func pauseRule(_ section: inout SectionReader) -> PauseRule? {
        var rule = PauseRule()
        rule.atLeast = section.count("PauseAtLeast", 1...1_000_000) ?? rule.atLeast
        guard section.text("PauseAtRefused")?.lowercased() != "no" else {
            section.refuse("PauseAtLeast", "PauseAtRefused= is no")
            return nil
        }
        let percent = section.value("PauseAtRefused", "a share from 1% to 100%, or no") { text -> Int? in
            guard text.hasSuffix("%"), let number = Int(text.dropLast()), (1...100).contains(number) else { return nil }
            return number
        }
        rule.percent = percent ?? rule.percent
        return rule
    }

    /// The token has at most 13 + 13 + 16 characters and two hyphens; numbers of nine digits, which no ledger reaches, make 30.
    private static let longestReturnPath = 30

    private mutating func closingDays(_ section: inout SectionReader) {
        settings.closingDays.constitutionDay = section.boolean("ConstitutionDay") ?? settings.closingDays.constitutionDay
        settings.closingDays.christmasEve = section.boolean("ChristmasEve") ?? settings.closingDays.christmasEve
        settings.closingDays.newYearsEve = section.boolean("NewYearsEve") ?? settings.closingDays.newYearsEve
        for entry in section.entries("Closed") {
            if let date = CivilDate(iso: entry.value) {
                settings.closingDays.others.insert(date)
            } else {
                section.complain(entry, "‘\(entry.value)’ is not a day", "Write Closed=2026-12-28")
            }
        }
    }

    private mutating func readSchedules() {
        let folder = settings.schedulesFolder
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            problems.append(
                .init(
                    Place(file: folder), cause: "the folder of schedules does not exist", mend: "Create it, or copy the shipped Schedules.")
            )
            return
        }
        for name in names.sorted() where name.hasSuffix(".schedule") {
            do throws(Fault) {
                var reader = ScheduleReader(file: folder + "/" + name)
                let publication = reader.read(try SectionFile(path: folder + "/" + name))
                settings.publications.append(publication)
                if !reader.hasTiming { untimed.insert(publication.name) }
                problems += reader.problems
                settings.places.merge(reader.places) { first, _ in first }
            } catch {
                problems.append(.init(Place(file: folder + "/" + name), cause: error.cause, mend: error.mend))
            }
        }
    }
}
