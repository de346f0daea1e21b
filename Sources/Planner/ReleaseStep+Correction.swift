import Core
import Ledger

/// What a correction of a released edition would bring.
package struct PendingCorrection: Sendable {
    package struct Change: Hashable, Sendable {
        package enum Kind: String, Hashable, Codable, Sendable {
            /// An editor has mended it, or a new file has come in its place.
            case mended
            /// It was withdrawn, or is held back: it is in the edition no more.
            case removed
        }

        package var kind: Kind
        /// The item that the edition carries.
        package var item: ItemID
        /// Its title as it is now.
        package var title: String
    }

    /// All that the edition would carry, in its order.
    package var items: [ItemRecord] = []
    package var changes: [Change] = []
    /// Those of ``items`` that are not as they were sent.
    package var mended: [ItemRecord] = []
}

/// The correction of a released edition: its items are brought to what editors have made of them since, with a note that readers see.
///
/// Comes in: an edition, a note, and the items as they are in the ledger now. Goes out: the edition's pages anew, in one transaction;
/// web, feeds and endpoints follow the ledger by themselves, and mails that still wait are made of the corrected edition. Nobody who
/// has got it is written to until somebody asks for it (``mailCorrection(of:by:at:)``). On failure nothing has changed.
extension ReleaseStep {
    /// What would change: every item of the edition, or of those that are named the mended ones. What is withdrawn or held goes in any case.
    /// Throws a ``Fault`` when a named item is not in the edition, or is as it was sent.
    package func pendingCorrection(of edition: EditionRecord, only named: Set<ItemID>? = nil) throws(Fault) -> PendingCorrection {
        var pending = PendingCorrection()
        var unmet = named ?? []
        for former in try ledger.items(of: edition.id, withdrawnToo: true) {
            let isNamed = named?.contains(former.id) ?? true
            guard let present = try inForce(former) else {
                unmet.remove(former.id)
                pending.changes.append(.init(kind: .removed, item: former.id, title: former.content.title))
                continue
            }
            let isMended = present.id != former.id || present.version != former.version
            guard isMended, isNamed || named?.contains(present.id) == true else {
                if isNamed, named != nil {
                    throw Fault(
                        "correct", "item \(former.id)", cause: "it is as it was sent",
                        mend: "Mend it at the desk or drop its file again, or withdraw it with ‘budstikke withdraw \(former.id)’.")
                }
                pending.items.append(former)
                continue
            }
            unmet.subtract([former.id, present.id])
            pending.items.append(present)
            pending.mended.append(present)
            pending.changes.append(.init(kind: .mended, item: former.id, title: present.content.title))
        }
        if let stranger = unmet.min() {
            throw Fault(
                "correct", "item \(stranger)", cause: "edition \(edition.slug) does not carry it", mend: "See what it carries at the desk.")
        }
        return pending
    }

    /// The item as its source and the editors want it to be now; `nil` when it is not to be shown.
    private func inForce(_ former: ItemRecord) throws(Fault) -> ItemRecord? {
        guard let item = try ledger.item(former.id) else { return nil }
        switch item.state {
        case .accepted, .approved: return item
        case .withdrawn, .held: return nil
        case .superseded:
            let successor = try ledger.successor(of: item).flatMap { id throws(Fault) in try ledger.item(id) }
            return successor.flatMap { $0.state == .held ? nil : $0 }
        }
    }

    /// Corrects a released edition. Throws a ``Fault`` when it was not released or is a crisis message, or when something mended has not the
    /// approval that the publication asks for.
    package func correct(
        _ edition: EditionRecord, note: String, only named: Set<ItemID>? = nil, by actor: String, at now: Instant
    ) throws(Fault) -> PendingCorrection {
        try checkCorrectable(edition)
        let pending = try pendingCorrection(of: edition, only: named)
        try checkApproval(edition, pending.mended, by: actor)
        let former = try ledger.corrections(of: edition.id)
        var content = try content(of: edition, pending.items)
        content.corrections = former.map(line) + [.init(date: composition.zone.civil(now).date, note: note)]
        let correction = EditionCorrection(
            after: edition.corrections, note: note, items: pending.items.map { FrozenItem(item: $0.id, version: $0.version) },
            changed: pending.mended.map(\.id), removed: pending.changes.filter { $0.kind == .removed }.map(\.item),
            renderings: try renderings(of: edition, content))
        _ = try ledger.correctEdition(edition.id, correction, by: actor, at: now)
        return pending
    }

    /// Sends a mail about what was corrected since the last such mail: the notes, and the items that were put right. Returns to how many.
    package func mailCorrection(of edition: EditionRecord, by actor: String, at now: Instant) throws(Fault) -> Int {
        try checkCorrectable(edition)
        let untold = try ledger.corrections(of: edition.id).filter { $0.mailed == nil }
        guard let last = untold.last else {
            throw Fault(
                "mail", "the correction of \(edition.slug)",
                cause: edition.corrections == 0 ? "it has not been corrected" : "it has been mailed",
                mend: edition.corrections == 0
                    ? "Correct it first: budstikke recall \(edition.slug) --note TEXT" : "See ‘budstikke deliveries \(edition.slug)’.")
        }
        let touched = Set(untold.flatMap(\.items))
        var content = try content(of: edition, try ledger.items(of: edition.id).filter { touched.contains($0.id) })
        content.corrections = untold.map(line)
        content.isAboutCorrections = true
        let renderings = try renderings(of: edition, content).map { entry in
            var mail = entry
            mail.rendering.web = ""
            return mail
        }
        let isMandatory = publications.first { $0.name == edition.publication }?.mandatoryReason != nil
        return try ledger.mailCorrection(
            last.number, of: edition.id, renderings, mandatory: isMandatory, stopBy: now + Self.deliveryPeriod, by: actor, at: now)
    }

    private func line(_ correction: CorrectionRecord) -> EditionContent.Correction {
        .init(date: composition.zone.civil(correction.at).date, note: correction.note)
    }

    private func content(of edition: EditionRecord, _ items: [ItemRecord]) throws(Fault) -> EditionContent {
        try composition.content(of: edition, items: items, at: edition.released ?? edition.release)
    }

    /// In every form in which the edition was rendered, so that each reader keeps what is theirs: talking points, and no topic that they
    /// had turned off.
    private func renderings(of edition: EditionRecord, _ content: EditionContent) throws(Fault) -> [StoredRendering] {
        let former = try ledger.items(of: edition.id, withdrawnToo: true)
        let topics = Set((former.map(\.content) + content.entries.map(\.content)).compactMap { $0.category?.lowercased() })
        return try ledger.renderedForms(of: edition.id).map { form throws(Fault) in
            guard let variant = ReaderVariant(name: form.variant, topics: topics) else {
                throw Fault(
                    "correct", "edition \(edition.slug)", cause: "what some of its readers had turned off cannot be told any more",
                    mend: "Report this with the log.")
            }
            var rendering = try composition.rendering(of: variant.content(content), in: form.language)
            if !form.variant.isEmpty { rendering.web = "" }
            return StoredRendering(variant: form.variant, language: form.language, rendering: rendering)
        }
    }

    private func checkCorrectable(_ edition: EditionRecord) throws(Fault) {
        if edition.publication == AlertPublication.name {
            throw Fault(
                "correct", "edition \(edition.slug)", cause: "it is a crisis message",
                mend: "End it with ‘budstikke alert --end’, and raise another.")
        }
        guard [.released, .recalled].contains(edition.state) else {
            throw Fault(
                "correct", "edition \(edition.slug)", cause: "it has not been sent: it is \(edition.state.rawValue)",
                mend: "Mend or withdraw its items: they are taken as they are when it goes out.")
        }
    }

    /// What nobody has approved goes out by no door: each mended item needs an editor's approval where the publication asks for any, that of
    /// another person than who corrects where it asks for two. Where it asks for both sides of a committee, their item may be taken
    /// out but not altered.
    private func checkApproval(_ edition: EditionRecord, _ mended: [ItemRecord], by actor: String) throws(Fault) {
        let publication = publications.first { $0.name == edition.publication }
        let followed = publication?.timing.followed.flatMap { name in publications.first { $0.name == name } }
        let rules = Set([publication?.approval ?? .editor, followed?.approval].compactMap { $0 }).subtracting([.none])
        guard !rules.isEmpty else { return }
        for item in mended {
            func refused(_ cause: String, _ mend: String) -> Fault { Fault("correct", "item \(item.id)", cause: cause, mend: mend) }
            if rules.contains(.med), committees.contains(item.source) {
                throw refused(
                    "both sides of \(item.source) have approved it as it was sent, and it has been mended since",
                    "Withdraw it, and let both sides approve the new text in the next edition; or name the other items with --item.")
            }
            guard item.isApproved else {
                throw refused("it has been mended, and nobody has approved that", "Approve it with ‘budstikke approve \(item.id)’.")
            }
            guard rules.isDisjoint(with: [.two, .editorAndDirector]) else {
                let approver = try ledger.auditTrail(of: "item \(item.id)").first { $0.act == ItemState.approved.rawValue }?.actor
                if approver == actor {
                    throw refused("you have approved it yourself, and two people have to agree", "Let somebody else send the correction.")
                }
                continue
            }
        }
    }
}
