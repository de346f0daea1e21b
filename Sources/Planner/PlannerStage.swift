import Core
import Foundation
import Ledger

/// Sees to it that every edition happens at its time.
///
/// Comes in: the publications, their calendar and the ledger's items. Goes out: an open edition for the next time of each
/// publication; at its cut-off the edition closed with its items; at its release time the edition released, with a delivery for each
/// recipient and endpoint, or held for an editor, or skipped when it is empty. Each step is one transaction of the ledger, and the
/// next step follows from what the ledger says, so a restart goes on where the last one stopped. When a step fails (a broken
/// template, a full disk) it raises an alarm, leaves the edition as it is, and tries again; other publications go on.
package final class PlannerStage: Stage {
    package let name = "planner"

    private let ledger: Ledger
    private let release: ReleaseStep
    private let calendar: EditionCalendar
    private let clock: any WallClock
    private let log: Log
    private let kick = Kick()
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()

    /// How soon a step that failed is tried again.
    private static let retryPause = Span.seconds(30)

    /// A pass comes at least every minute; one that takes longer than this has stalled.
    private static let stall = Span.minutes(5)

    package var heartbeats: [Heartbeat] { [heartbeat] }

    package init(ledger: Ledger, release: ReleaseStep, calendar: EditionCalendar, clock: any WallClock, log: Log = Log("planner")) {
        self.ledger = ledger
        self.release = release
        self.calendar = calendar
        self.clock = clock
        self.log = log
        ledger.kick(kick, on: [.editions])
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            var due: Instant?
            repeat {
                due = pass()
                heartbeat.beat(within: Self.stall)
            } while kick.wait(until: due, clock: clock)
            heartbeat.rest()
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    package func stop() {
        kick.stop()
        running.wait()
    }

    /// Does everything that is due; returns when something will be due next.
    package func pass() -> Instant? {
        var next: Instant?
        // Who goes ahead of another takes that one's items, so the others come first.
        let ordered = release.publications.filter { !$0.timing.isAhead } + release.publications.filter(\.timing.isAhead)
        for publication in ordered where publication.timing != .continuous {
            do throws(Fault) {
                let due = try advance(publication)
                try watchSilence(publication)
                next = [next, due].compactMap { $0 }.min()
                try ledger.endAlarm("planner", publication.name, at: clock.now())
            } catch {
                raise("planner", publication.name, error.description)
                next = [next, clock.now() + Self.retryPause].compactMap { $0 }.min()
            }
        }
        return next
    }

    /// Brings the publication's editions up to now; returns when the next step of one is due.
    private func advance(_ publication: Publication) throws(Fault) -> Instant? {
        // Each round settles one scheduled time; a long absence may have left several.
        for _ in 0..<Self.mostMissed {
            for edition in try ledger.editions([.closed], publication: publication.name).reversed() where edition.release <= clock.now() {
                try releaseOrHold(edition, publication)
            }
            guard let open = try planNext(publication) else { return nil }
            if clock.now() < open.cutOff { return open.cutOff }
            try close(open, publication)
            let waiting = try ledger.editions([.open, .closed], publication: publication.name).map(\.release).filter { clock.now() < $0 }
            if let due = waiting.min() { return due }
        }
        return clock.now() + Self.retryPause
    }

    private static let mostMissed = 1000

    /// The publication's open edition, at the time that the schedule says today; `nil` when no time is left in its rule.
    private func planNext(_ publication: Publication) throws(Fault) -> EditionRecord? {
        let last = try ledger.lastScheduled(of: publication.name).flatMap { CivilDateTime(iso: $0.scheduled) }
        let since = try ledger.watchedSince(publication.name, at: clock.now())
        let after = last ?? calendar.zone.civil(since)
        guard let planned = try calendar.next(publication, after: after) else {
            try ledger.dropOpenEdition(of: publication.name)
            return nil
        }
        let plan = EditionPlan(
            publication: publication.name, slug: "\(publication.name)-\(calendar.zone.civil(planned.release).date)",
            title: publication.title,
            audience: publication.audience, scheduled: planned.scheduled.description, release: planned.release, cutOff: planned.cutOff,
            leaderNotes: publication.showsLeaderNotes)
        if let open = try ledger.editions([.open], publication: publication.name).first, open.follows(plan) { return open }
        return try ledger.edition(try ledger.planEdition(plan, at: clock.now()))
    }

    /// At the cut-off: freezes the items. While there are none the edition stays open until its release, so that a late item still comes in.
    private func close(_ edition: EditionRecord, _ publication: Publication) throws(Fault) {
        let items = try release.selected(for: edition, at: clock.now())
        if !items.isEmpty {
            try ledger.closeEdition(edition.id, items: items.map { FrozenItem(item: $0.id, version: $0.version) }, at: clock.now())
            try ledger.endAlarm("empty-edition", publication.name, at: clock.now())
            log.notice("\(edition.slug) closed with \(items.count) items", ["EDITION": edition.slug])
        } else if edition.release <= clock.now() {
            try ledger.skipEdition(edition.id, reason: "no items", at: clock.now())
            log.notice("\(edition.slug) skipped: no items", ["EDITION": edition.slug])
        } else if publication.ifEmpty == .alert {
            raise(
                "empty-edition", publication.name,
                "\(edition.slug) has no items, and its cut-off has passed. Drop an item before its release.")
        }
    }

    /// At the release time: releases the edition, or holds it when it is too late or something in it was not approved.
    private func releaseOrHold(_ edition: EditionRecord, _ publication: Publication) throws(Fault) {
        let now = clock.now()
        let items = try release.items(for: edition, at: now)
        let unapproved = publication.approval == .editor ? items.filter { $0.state == .accepted } : []
        if items.isEmpty {
            try ledger.skipEdition(edition.id, reason: "all items were withdrawn or held", at: now)
            log.notice("\(edition.slug) skipped: all its items were withdrawn or held", ["EDITION": edition.slug])
        } else if now - edition.release > publication.ifLate {
            try hold(edition, "its time was \(edition.release), and it may be at most \(publication.ifLate) late")
        } else if !unapproved.isEmpty {
            try hold(edition, "not approved: item \(unapproved.map(\.id.description).joined(separator: ", "))")
        } else {
            try release.release(edition, items, by: "planner", at: now)
            log.notice("\(edition.slug) released with \(items.count) items", ["EDITION": edition.slug])
        }
    }

    private func hold(_ edition: EditionRecord, _ reason: String) throws(Fault) {
        try ledger.holdEdition(edition.id, reason: reason, by: "planner", at: clock.now())
        raise(
            "held-edition", edition.slug,
            "\(edition.slug) is held: \(reason). Look at it with ‘budstikke preview \(edition.publication)’, release it with ‘budstikke run \(edition.publication)’."
        )
    }

    /// An alarm when a publication that should come at least every so often has been silent for longer.
    private func watchSilence(_ publication: Publication) throws(Fault) {
        guard let limit = publication.atLeastEvery else { return }
        let since = try ledger.watchedSince(publication.name, at: clock.now())
        let last = try ledger.lastReleased(of: publication.name)?.released ?? since
        if clock.now() - last > limit {
            raise(
                "silent-publication", publication.name,
                "\(publication.name) has been silent since \(last); it shall come at least every \(limit).")
        } else {
            try ledger.endAlarm("silent-publication", publication.name, at: clock.now())
        }
    }

    private func raise(_ kind: String, _ object: String, _ text: String) {
        do throws(Fault) {
            if try ledger.raiseAlarm(kind, object, text, at: clock.now()) { log.alert(text, ["ALARM": kind]) }
        } catch {
            log.error("\(error)")
        }
    }
}

extension EditionRecord {
    fileprivate func follows(_ plan: EditionPlan) -> Bool {
        title == plan.title && audience == plan.audience && scheduled == plan.scheduled && release == plan.release && cutOff == plan.cutOff
            && leaderNotes == plan.leaderNotes
    }
}

extension Publication.Timing {
    var isAhead: Bool { if case .ahead = self { true } else { false } }
}
