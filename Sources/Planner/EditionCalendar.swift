import Core

/// When the editions of publications come out.
///
/// Comes in: a publication and a *scheduled* time, that of the edition before. Goes out: the editions after it, by the
/// publication's rule, moved off closing days, with their cut-off. Now plays no part: an edition that was missed is still the next
/// one, and what is then done with it is the late rule's business. A publication that nothing can be planned for has no editions.
package struct EditionCalendar: Sendable {
    package let zone: Zone
    package let closingDays: DanishClosingDays
    private let publications: [String: Publication]

    package init(zone: Zone, closingDays: ClosingDays, publications: [Publication]) {
        self.zone = zone
        self.closingDays = DanishClosingDays(closingDays)
        self.publications = Dictionary(publications.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The first edition that is scheduled after a time; `nil` when there is none. Throws a ``Fault`` when the publication goes ahead
    /// of one that is not there or that itself goes ahead of it.
    package func next(_ publication: Publication, after scheduled: CivilDateTime) throws(Fault) -> PlannedEdition? {
        try editions(of: publication, after: scheduled).first { _ in true }
    }

    /// The first edition that is scheduled after the last one and released after an instant, whatever day moved it there.
    /// Throws as ``next(_:after:)`` does.
    package func next(_ publication: Publication, after last: CivilDateTime?, releasedAfter since: Instant) throws(Fault) -> PlannedEdition?
    {
        // A closing day brings a release at most so far behind its scheduled time.
        let earliest = zone.civil(since - .days(Int64(DanishClosingDays.search) + 1))
        return try editions(of: publication, after: max(last ?? earliest, earliest)).first { since < $0.release }
    }

    /// All editions that are scheduled after a time, each computed when it is asked for. Throws as ``next(_:after:)`` does.
    package func editions(of publication: Publication, after scheduled: CivilDateTime) throws(Fault) -> AnySequence<PlannedEdition> {
        switch publication.timing {
        case .continuous: return AnySequence([])
        case .recurring(let rule, let anchor):
            let first = CivilDateTime(secondsSince1970: Int64((anchor ?? RecurrenceRule.defaultAnchor).dayNumber) * 86_400)
            let editions = RegularEditions(
                dates: Recurrence(rule, start: first, zone: zone), after: scheduled, closingDays: closingDays,
                onHoliday: publication.onHoliday, cutOff: publication.cutOff, zone: zone)
            let leads = leads(of: publication)
            return AnySequence(editions.lazy.map { edition in leads.reduce(edition) { close($0, by: $1) } })
        case .ahead:
            let (main, steps) = try chain(from: publication)
            return AnySequence(
                try editions(of: main, after: scheduled).lazy.map { edition in steps.reduce(edition) { precede($0, by: $1) } })
        }
    }

    /// The editions of a publication that come out in a time, at most `limit` of them. Throws as ``next(_:after:)`` does.
    package func editions(of publication: Publication, from: Instant, to: Instant, limit: Int) throws(Fault) -> [PlannedEdition] {
        // A closing day moves a release by no more than this, and one that goes ahead of another has that one's scheduled time.
        let slack = Span.days(Int64(DanishClosingDays.search) + 1)
        let lead = try chain(from: publication).steps.reduce(Span.days(0), +)
        let last = zone.civil(to + slack + lead)
        var found: [PlannedEdition] = []
        for edition in try editions(of: publication, after: zone.civil(from - slack)) {
            guard found.count < limit, edition.scheduled < last else { break }
            if from <= edition.release, edition.release < to { found.append(edition) }
        }
        return found
    }

    /// The publication at the end of a chain of those that go ahead of one another, and the steps back from it.
    private func chain(from publication: Publication) throws(Fault) -> (main: Publication, steps: [Span]) {
        var (main, steps, passed) = (publication, [Span](), [publication.name])
        while case .ahead(of: let followed, by: let span) = main.timing {
            guard let next = publications[followed] else {
                throw Fault(
                    "plan", publication.name, cause: "it goes ahead of ‘\(followed)’, and there is no Schedules/\(followed).schedule",
                    mend: "Name another publication in Follows=.")
            }
            guard !passed.contains(followed) else {
                throw Fault(
                    "plan", publication.name, cause: "the publications \(passed.joined(separator: ", ")) follow one another in a circle",
                    mend: "Give one of them a rule of its own.")
            }
            steps.insert(span, at: 0)
            passed.append(followed)
            main = next
        }
        return (main, steps)
    }

    /// The steps back to each publication that goes ahead of this one.
    private func leads(of publication: Publication) -> [[Span]] {
        publications.values.filter(\.timing.isAhead).compactMap { ahead in
            guard let chain = try? chain(from: ahead), chain.main.name == publication.name else { return nil }
            return chain.steps
        }
    }

    /// The edition, frozen before the one that goes ahead of it is released: nothing may be in it that the leaders have not had.
    private func close(_ edition: PlannedEdition, by steps: [Span]) -> PlannedEdition {
        let ahead = steps.reduce(edition) { precede($0, by: $1) }
        return PlannedEdition(
            scheduled: edition.scheduled, release: edition.release, cutOff: min(edition.cutOff, ahead.release), moved: edition.moved)
    }

    /// The edition that goes ahead of another: it cannot carry items that come in after its own release.
    private func precede(_ edition: PlannedEdition, by span: Span) -> PlannedEdition {
        let release = zone.instant(edition.release, minus: span)
        return PlannedEdition(
            scheduled: edition.scheduled, release: release, cutOff: min(edition.cutOff, release), moved: edition.moved)
    }
}

extension Zone {
    /// The time a span before an instant. Whole days are civil days, the same time of day on a date so many days before, though the
    /// clocks may have changed in between; any other span is exact.
    func instant(_ instant: Instant, minus span: Span) -> Instant {
        guard span.milliseconds % Span.days(1).milliseconds == 0 else { return instant - span }
        let local = civil(instant)
        return self.instant(CivilDateTime(secondsSince1970: local.secondsSince1970 - span.milliseconds / 1000))
    }
}
