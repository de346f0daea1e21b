import Core
import Ledger

/// The steps of a publication's editions: planned, closed at the cut-off, then released, held or skipped.
///
/// What is done follows from the ledger and the instant alone. A date that was missed while nobody was there is settled like any
/// other, each once; of several that are too late only the last is held, with all that they would have carried.
struct EditionSteps: Sendable {
    let ledger: Ledger
    let release: ReleaseStep
    let calendar: EditionCalendar
    let log: Log

    /// How many dates one pass settles; the next one goes on at once.
    private static let mostRounds = 200

    /// Brings the publication's editions up to now; returns when the next step of one is due.
    func advance(_ publication: Publication, at now: Instant) throws(Fault) -> Instant? {
        for _ in 0..<Self.mostRounds {
            for edition in try ledger.editions([.closed], publication: publication.name).reversed() where edition.release <= now {
                try releaseOrHold(edition, publication, at: now)
            }
            try skipEmptied(publication, at: now)
            guard let open = try planNext(publication, at: now), open.cutOff <= now, try close(open, publication, at: now) else {
                return try nextDue(publication, after: now)
            }
        }
        return now
    }

    /// A publication that has left `Schedules/`: its open edition is dropped, what waits for release is skipped at its time.
    func settleUnscheduled(at now: Instant) throws(Fault) {
        let known = Set(release.scheduled.map(\.name) + [AlertPublication.name])
        for edition in try ledger.editions([.open, .closed, .held]) where !known.contains(edition.publication) {
            if edition.state == .open {
                try ledger.dropOpenEdition(of: edition.publication)
            } else if edition.release <= now {
                try skip(edition, .notScheduled, at: now)
            }
        }
    }

    private func nextDue(_ publication: Publication, after now: Instant) throws(Fault) -> Instant? {
        try ledger.editions([.open, .closed], publication: publication.name)
            .flatMap { edition in
                (edition.state == .open ? [edition.cutOff] : []) + [edition.release]
                    + (publication.approval == .none ? [] : [edition.release - publication.approvalAlarm])
            }.filter { now < $0 }.min()
    }

    /// The publication's open edition, at the time that the schedule says today; `nil` when no time is left in its rule.
    private func planNext(_ publication: Publication, at now: Instant) throws(Fault) -> EditionRecord? {
        let open = try ledger.editions([.open], publication: publication.name).first
        let last = try ledger.lastScheduled(of: publication.name).flatMap { CivilDateTime(iso: $0.scheduled) }
        var since = try ledger.watchedSince(publication.name) ?? now
        var planned = try calendar.next(publication, after: last, releasedAfter: since)
        // A date that the schedule did not have before it was edited has not been missed.
        if let open, let date = planned, date.scheduled.description != open.scheduled, date.release <= now {
            since = now
            planned = try calendar.next(publication, after: last, releasedAfter: since)
        }
        guard let planned else {
            try ledger.dropOpenEdition(of: publication.name)
            return nil
        }
        let plan = EditionPlan(
            publication: publication.name, slug: "\(publication.name)-\(calendar.zone.civil(planned.release).date)",
            title: publication.title,
            audience: publication.audience, scheduled: planned.scheduled.description, release: planned.release, cutOff: planned.cutOff,
            leaderNotes: publication.showsLeaderNotes)
        if let open, open.follows(plan) { return open }
        return try ledger.edition(try ledger.planEdition(plan, watchedSince: since, at: now))
    }

    /// At the cut-off: freezes the items. An edition that had none by then stays open, and takes all that come until its last call.
    /// Returns whether it is settled.
    private func close(_ edition: EditionRecord, _ publication: Publication, at now: Instant) throws(Fault) -> Bool {
        if publication.ifLate < now - edition.release, let date = CivilDateTime(iso: edition.scheduled),
            let next = try calendar.next(publication, after: date), next.cutOff <= now
        {
            try skip(edition, .missed, ["time": "\(next.scheduled)"], at: now)
            return true
        }
        let items = try release.items(for: edition, at: max(now, edition.release))
        let wasInTime = items.contains { $0.received < edition.cutOff }
        let lastCall = try wasInTime ? now : lastCall(edition, publication)
        if !items.isEmpty, lastCall <= now {
            try ledger.closeEdition(edition.id, items: items.map { FrozenItem(item: $0.id, version: $0.version) }, at: now)
            log.notice("\(edition.slug) closed with \(items.count) items", ["EDITION": edition.slug], event: .editionClosed)
            return true
        }
        guard edition.release <= now else { return false }
        try skip(edition, .noItems, at: now)
        return true
    }

    /// Until when an edition that was empty at its cut-off takes items: its release, or that of the edition that goes ahead of it and
    /// has to carry the same.
    private func lastCall(_ edition: EditionRecord, _ publication: Publication) throws(Fault) -> Instant {
        var last = edition.release
        for ahead in release.publications where ahead.timing.followed == publication.name {
            let open = try ledger.editions([.open], publication: ahead.name).first { $0.scheduled == edition.scheduled }
            if let open { last = min(last, open.release) }
        }
        return last
    }

    /// At the release time: releases the edition, or holds it when it is too late or something in it was not approved. Held means
    /// held: approving its items does not send it, an editor's `run` does.
    private func releaseOrHold(_ edition: EditionRecord, _ publication: Publication, at now: Instant) throws(Fault) {
        let items = try release.items(for: edition, at: now)
        let unapproved = try release.approval(of: edition, items).reason
        if items.isEmpty {
            try skip(edition, .itemsGone, at: now)
        } else if publication.ifLate < now - edition.release {
            let time = calendar.zone.rfc3339(edition.release)
            let reason = Phrase.tooLate.written(["time": time, "limit": "\(publication.ifLate)"])
            try ledger.holdEdition(edition.id, reason: reason, by: "planner", at: now)
        } else if let unapproved {
            try ledger.holdEdition(edition.id, reason: unapproved, by: "planner", at: now)
        } else {
            try release.release(edition, items, by: "planner", at: now)
            log.notice("\(edition.slug) released with \(items.count) items", ["EDITION": edition.slug], event: .editionReleased)
        }
    }

    /// A held edition has nothing to wait for when its sources have withdrawn all that it froze. An item that an editor holds may come back.
    private func skipEmptied(_ publication: Publication, at now: Instant) throws(Fault) {
        for edition in try ledger.editions([.held], publication: publication.name) where edition.release <= now {
            let hadItems = try ledger.hasFrozen(edition.id)
            let items = try ledger.items(of: edition.id)
            if hadItems, items.isEmpty { try skip(edition, .itemsWithdrawn, at: now) }
        }
    }

    private func skip(_ edition: EditionRecord, _ phrase: Phrase, _ places: [String: String] = [:], at now: Instant) throws(Fault) {
        let reason = phrase.written(places)
        try ledger.skipEdition(edition.id, reason: reason, at: now)
        log.notice("\(edition.slug) skipped: \(reason)", ["EDITION": edition.slug], event: .editionSkipped)
    }
}

extension EditionRecord {
    fileprivate func follows(_ plan: EditionPlan) -> Bool {
        title == plan.title && audience == plan.audience && scheduled == plan.scheduled && release == plan.release && cutOff == plan.cutOff
            && leaderNotes == plan.leaderNotes
    }
}
