import Core

/// The editions of a publication with a rule of its own, after a scheduled time.
///
/// Two scheduled times that a closing day brings to the same release are one edition: the one whose own time that is, else the
/// first of them. Which of them it is does not depend on where the sequence was begun.
struct RegularEditions: Sequence {
    let dates: Recurrence
    let after: CivilDateTime
    let closingDays: DanishClosingDays
    let onHoliday: Publication.OnHoliday
    let cutOff: Span
    let zone: Zone

    func makeIterator() -> some IteratorProtocol<PlannedEdition> {
        // Whoever is moved onto the same release lies within the search for a working day, to either side.
        let earliest = CivilDateTime(secondsSince1970: after.secondsSince1970 - Int64(DanishClosingDays.search + 1) * 86_400)
        var recent: [Instant] = []
        return dates.dates(from: earliest).lazy.compactMap { scheduled -> PlannedEdition? in
            guard let edition = edition(scheduled), !recent.contains(edition.release) else { return nil }
            recent = recent.filter { edition.release - .days(Int64(2 * DanishClosingDays.search)) < $0 } + [edition.release]
            return scheduled <= after ? nil : edition
        }.makeIterator()
    }

    /// `nil` when the date is skipped, or is moved onto another date of the rule.
    private func edition(_ scheduled: CivilDateTime) -> PlannedEdition? {
        guard let time = released(scheduled) else { return nil }
        let isMoved = time != scheduled
        if isMoved, dates.contains(time) { return nil }
        let release = zone.instant(time)
        let reason = isMoved ? closingDays.closingDay(scheduled.date) : nil
        return PlannedEdition(
            scheduled: scheduled, release: release, cutOff: zone.instant(release, minus: cutOff),
            moved: reason.map { .init(from: scheduled.date, because: $0) })
    }

    /// The time after a move; `nil` when the publication skips closing days. Where no working day is near, the date stands.
    private func released(_ scheduled: CivilDateTime) -> CivilDateTime? {
        guard closingDays.closingDay(scheduled.date) != nil else { return scheduled }
        let step: Int
        switch onHoliday {
        case .run: return scheduled
        case .skip: return nil
        case .nextWorkingDay: step = 1
        case .previousWorkingDay: step = -1
        }
        guard let day = closingDays.workingDay(from: scheduled.date, step: step) else { return scheduled }
        return CivilDateTime(secondsSince1970: Int64(day.dayNumber) * 86_400 + Int64(scheduled.secondOfDay))
    }
}
