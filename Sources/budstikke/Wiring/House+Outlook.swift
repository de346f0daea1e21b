import Core
import Desk
import Ledger
import Planner

extension House {
    /// The most editions of one publication that a page foresees.
    private static let foreseen = 200

    /// What the desk's pages about time, people, channels and crises need.
    func outlook() -> DeskOutlook {
        DeskOutlook(
            endpoints: settings.endpoints, feeds: settings.feeds.map(\.name), screenSilence: settings.screenSilence,
            alertNeedsTwoPeople: settings.alert.needsTwoPeople, alertAudience: settings.alert.audience,
            coming: { [self] from, to throws(Fault) in try coming(from, to) },
            closed: { [self] in closed($0) }, reasons: { [self] address throws(Fault) in try release.reasons(for: address) },
            draft: { [self] wish throws(Fault) in
                let draft = try AlertOperations(house: self, actor: "desk").draft(wish, in: settings.organisation.language, at: clock.now())
                return try look(
                    draft.content, from: AlertSource.prefix, isDrill: draft.isDrill, audience: draft.audience.name, until: draft.until)
            },
            look: { [self] alert throws(Fault) in
                try look(alert.content, from: alert.source, isDrill: alert.isDrill, audience: alert.audience, until: alert.until)
            })
    }

    private func coming(_ from: Instant, _ to: Instant) throws(Fault) -> [DeskOutlook.Coming] {
        var coming: [DeskOutlook.Coming] = []
        for publication in settings.publications {
            let planned = try calendar.editions(of: publication, from: from, to: to, limit: Self.foreseen)
            coming += planned.map { edition in
                DeskOutlook.Coming(
                    publication: publication.name, title: publication.title, scheduled: "\(edition.scheduled)", release: edition.release,
                    cutOff: edition.cutOff, movedFrom: edition.moved?.from,
                    reason: edition.moved.map { catalogue.text($0.reason, settings.organisation.language) })
            }
        }
        return coming.sorted { ($0.release, $0.publication) < ($1.release, $1.publication) }
    }

    private func closed(_ date: CivilDate) -> String? {
        guard let day = calendar.closingDays.closingDay(date), day != .saturday, day != .sunday else { return nil }
        return catalogue.text(day.catalogueKey, settings.organisation.language)
    }

    private func look(
        _ content: ItemContent, from source: String, isDrill: Bool, audience: String, until: Instant?
    ) throws(Fault) -> DeskOutlook.AlertLook {
        let language = settings.organisation.language
        let shown = AlertSource.shown(source)
        return DeskOutlook.AlertLook(
            content: content, isDrill: isDrill, audience: audience, until: until,
            banner: AlertWords(catalogue).banner(AlertMark(.raised, isDrill: isDrill), language),
            source: shown.isEmpty ? settings.organisation.name : shown,
            rendering: try alertRelease.preview(content, from: source, isDrill: isDrill, until: until, at: clock.now()))
    }
}
