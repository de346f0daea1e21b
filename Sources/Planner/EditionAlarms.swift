import Core
import Ledger

/// The Planner's alarms: those that the ledger's state calls for stand, and all others end.
///
/// Comes in: what failed in a pass, and the ledger. Goes out: alarms raised and ended. Since they follow from the state and not from
/// the step that led there, a crash between a step and its alarm loses none, and one whose publication is gone does not stand for ever.
struct EditionAlarms: Sendable {
    let ledger: Ledger
    let release: ReleaseStep
    let zone: Zone

    private enum Kind: String, CaseIterable {
        case planner
        case unscheduled = "unscheduled-publication"
        case empty = "empty-edition"
        case held = "held-edition"
        case silent = "silent-publication"
        case unapproved = "unapproved-edition"
    }

    private struct Cause {
        var kind: Kind
        var object: String
        var text: String
    }

    /// Raises and ends the alarms; `failures` are the last pass's, by publication. Throws a ``Fault`` when the ledger does.
    func review(failures: [String: Fault], at now: Instant) throws(Fault) {
        var causes = failures.map { Cause(kind: .planner, object: $0.key, text: $0.value.description) }
        causes += try held(at: now)
        for publication in release.scheduled {
            if failures[publication.name] == nil, let cause = try unscheduled(publication) { causes.append(cause) }
            if let cause = try empty(publication, at: now) { causes.append(cause) }
            if let cause = try silent(publication, at: now) { causes.append(cause) }
            causes += try unapproved(publication, at: now)
        }
        for cause in causes { try ledger.raiseAlarm(cause.kind.rawValue, cause.object, cause.text, at: now) }
        for alarm in try ledger.standingAlarms() {
            guard let kind = Kind(rawValue: alarm.kind), !causes.contains(where: { $0.kind == kind && $0.object == alarm.object }) else {
                continue
            }
            try ledger.endAlarm(alarm.kind, alarm.object, at: now)
        }
    }

    /// Editions that a person has to look at. One that an editor holds before its time has been looked at.
    private func held(at now: Instant) throws(Fault) -> [Cause] {
        try ledger.editions([.held]).filter { $0.release <= now }.map { edition in
            Cause(
                kind: .held, object: edition.slug,
                text: "\(edition.slug) is held: \(edition.reason ?? "no reason given"). Look at it with ‘budstikke preview "
                    + "\(edition.publication)’, release it with ‘budstikke run \(edition.publication)’.")
        }
    }

    /// A publication whose rule names no date any more, or never did.
    private func unscheduled(_ publication: Publication) throws(Fault) -> Cause? {
        guard try ledger.editions([.open], publication: publication.name).isEmpty else { return nil }
        return Cause(
            kind: .unscheduled, object: publication.name,
            text:
                "\(publication.name) has no further date in its rule. Mend When= in Schedules/\(publication.name).schedule, or remove the file."
        )
    }

    /// An edition past its cut-off without items, of a publication that wants to know.
    private func empty(_ publication: Publication, at now: Instant) throws(Fault) -> Cause? {
        guard publication.ifEmpty == .alert, let open = try ledger.editions([.open], publication: publication.name).first,
            open.cutOff <= now, try release.items(for: open, at: max(now, open.release)).isEmpty
        else { return nil }
        return Cause(
            kind: .empty, object: publication.name,
            text: "\(open.slug) has no items, and its cut-off has passed. Drop an item before its release.")
    }

    /// Editions that would be held soon, because somebody's approval is missing.
    private func unapproved(_ publication: Publication, at now: Instant) throws(Fault) -> [Cause] {
        var causes: [Cause] = []
        for edition in try ledger.editions([.open, .closed], publication: publication.name)
        where edition.release - publication.approvalAlarm <= now && now < edition.release {
            let items = try release.items(for: edition, at: edition.release)
            guard !items.isEmpty, let reason = try release.approval(of: edition, items).reason else { continue }
            causes.append(
                Cause(
                    kind: .unapproved, object: edition.slug,
                    text: "\(edition.slug) is to go out \(zone.rfc3339(edition.release)) and is \(reason). Without it, it is held then."))
        }
        return causes
    }

    /// A publication that should come at least every so often and has been silent for longer.
    private func silent(_ publication: Publication, at now: Instant) throws(Fault) -> Cause? {
        guard let limit = publication.atLeastEvery else { return nil }
        let since = try ledger.watchedSince(publication.name)
        guard let last = try ledger.lastReleased(of: publication.name)?.released ?? since, limit < now - last else { return nil }
        return Cause(
            kind: .silent, object: publication.name,
            text: "\(publication.name) has been silent since \(zone.rfc3339(last)); it shall come at least every \(limit).")
    }
}
