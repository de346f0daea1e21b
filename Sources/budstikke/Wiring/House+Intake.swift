import Core
import Intake
import Ledger
import Planner
import Press

extension House {
    /// The stage that takes files in, with the receipt's page from the Press and the forecast from the Planner.
    func intake() throws(Fault) -> IntakeStage {
        var settings = intakeSettings(self.settings.sources)
        settings.hasAlertFolder = self.settings.sources.contains(where: \.mayAlert)
        let language = self.settings.organisation.language
        let memory = PassMemory()
        let press: @Sendable (Receipt) -> Press = { [pressroom] receipt in memory.press(at: receipt.received) { pressroom.press } }
        return try IntakeStage(
            settings, catalogue: catalogue, ledger: ledger, clock: clock,
            receipt: { [self] receipt throws(Fault) in
                var receipt = receipt
                let press = press(receipt)
                receipt.screens = onScreens(receipt, press.catalogue)
                return try press.receipt(receipt, language: language, zone: zone)
            },
            receiptMail: { [zone] receipt throws(Fault) in
                try press(receipt).receiptMail(receipt, language: language, zone: zone)
            }, placements: { [self] in forecast($0, from: $1, at: $2, memory) }, instruments: instruments)
    }

    /// What both stages, and an operator's words, are taken in by.
    func intakeSettings(_ sources: [Source]) -> IntakeSettings {
        var settings = IntakeSettings(
            dropFolder: settings.drop.folder, stateFolder: settings.organisation.stateFolder, sources: sources,
            audiences: settings.audiences, zone: zone, language: settings.organisation.language, settle: settings.drop.settle,
            rescan: settings.drop.rescan, unresponsive: settings.drop.unresponsive)
        settings.pandoc = PandocProgram(path: self.settings.programs.pandoc.path)
        settings.vipsthumbnail = VipsThumbnail(path: self.settings.programs.vipsthumbnail.path)
        settings.blocked = BlockedWords(self.settings.drop.blockedWords)
        settings.notify = self.settings.drop.notify
        return settings
    }

    /// The stage that takes crisis messages in, on a thread of its own: 20,000 files elsewhere do not keep it waiting. A file has to
    /// stand still for two seconds at most, and is looked for every second, for shares that send no hints. `nil` where no source may
    /// send one.
    func alertIntake() throws(Fault) -> IntakeStage? {
        let sources = settings.sources.filter(\.mayAlert)
        guard !sources.isEmpty else { return nil }
        var settings = intakeSettings(
            sources.map { source in
                var own = source
                own.name = AlertSource.name(source.name)
                return own
            })
        settings.settle = min(settings.settle, .seconds(2))
        settings.rescan = min(settings.rescan, .seconds(1))
        settings.alerting = .init(needsTwoPeople: self.settings.alert.needsTwoPeople, audience: self.settings.alert.audience)
        let title = catalogue.text("alert.title", self.settings.organisation.language)
        let isAtOnce = !self.settings.alert.needsTwoPeople
        let language = self.settings.organisation.language
        return try IntakeStage(
            settings, catalogue: catalogue, ledger: ledger, clock: clock,
            receipt: { [pressroom, zone] receipt throws(Fault) in
                try pressroom.press.receipt(receipt, language: language, zone: zone)
            },
            receiptMail: { [pressroom, zone] receipt throws(Fault) in
                try pressroom.press.receiptMail(receipt, language: language, zone: zone)
            }, placements: { _, _, now in Forecast(isAtOnce ? [.shown(publication: title, from: now)] : []) })
    }

    /// The publications whose next edition would select the item, were it closed with this item alone in it; and those that only want its
    /// pictures described.
    private func forecast(_ content: ItemContent, from source: String, at now: Instant, _ memory: PassMemory) -> Forecast {
        let item = Prospect(source: source, received: now, content: content)
        var forecast = Forecast([])
        for publication in settings.publications {
            if let placement = placement(of: item, in: publication, at: now, memory) {
                forecast.placements.append(placement)
            } else if content.lacksAlternativeText, placement(of: item, in: publication, at: now, memory, demanding: false) != nil {
                forecast.demandingAlternative.append(publication.title)
            }
        }
        return forecast
    }

    /// With `demanding` false as if the publication did not demand alternative texts.
    private func placement(
        of item: Prospect, in publication: Publication, at now: Instant, _ memory: PassMemory, demanding: Bool = true
    ) -> Receipt.Placement? {
        guard publication.timing == .continuous else { return coming(publication, for: item, at: now, memory, demanding: demanding) }
        let start = max(now, item.content.visibleFrom ?? now)
        return Self.takes(publication, item, at: start, demanding: demanding) ? .shown(publication: publication.title, from: start) : nil
    }

    /// How many coming editions are looked through: an item for January is told so in November.
    private static let horizon = 12

    /// The first edition of a publication that is still open for the item and would select it.
    private func coming(
        _ publication: Publication, for item: Prospect, at now: Instant, _ memory: PassMemory, demanding: Bool
    ) -> Receipt.Placement? {
        let last = (try? ledger.lastScheduled(of: publication.name)).flatMap { $0 }.flatMap { CivilDateTime(iso: $0.scheduled) }
        for number in 0..<Self.horizon {
            let found = memory.coming(number, of: publication, after: last, at: now) { coming(publication, after: $0, at: now) }
            guard let found else { return nil }
            guard found.edition.cutOff > now else { continue }
            if Self.takes(found.rule, item, at: found.instant, demanding: demanding) {
                return .edition(publication: publication.title, release: found.edition.release, replaceableUntil: found.edition.cutOff)
            }
            // What is over by then is over for every later one too.
            if let end = item.content.visibleUntil, end <= found.instant { return nil }
        }
        return nil
    }

    /// The edition that follows another.
    private func coming(_ publication: Publication, after: CivilDateTime?, at now: Instant) -> PassMemory.Coming? {
        guard let edition = try? calendar.next(publication, after: after, releasedAfter: now) else { return nil }
        // Who goes ahead of another carries that one's items, chosen for that one's time.
        guard case .ahead(let followed, _) = publication.timing, let main = settings.publications.first(where: { $0.name == followed })
        else { return .init(edition: edition, rule: publication, instant: edition.release) }
        let before = CivilDateTime(secondsSince1970: edition.scheduled.secondsSince1970 - 1)
        return .init(edition: edition, rule: main, instant: (try? calendar.next(main, after: before))?.release ?? edition.release)
    }

    private static func takes(_ rule: Publication, _ item: Prospect, at instant: Instant, demanding: Bool) -> Bool {
        var rule = rule
        if !demanding { rule.selection.requiresAlternativeText = false }
        return !rule.select(from: [item], at: instant).isEmpty
    }

    /// An item that is not in the ledger yet.
    struct Prospect: Selectable {
        var id = ItemID(0)
        var source: String
        var received: Instant
        var content: ItemContent

        var facts: SelectionFacts { SelectionFacts(content) }
    }
}
