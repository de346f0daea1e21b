import Core
import HTTPServer
import Ledger
import Press

/// The correction of an edition that has gone out, and the offer to write to those who have got it.
extension DeskRequest {
    /// What the edition's page says of corrections; nothing for an edition that waits, or a crisis message.
    func correctionValues(_ edition: EditionRecord) throws(Fault) -> [String: Value] {
        guard isCorrectable(edition) else { return [:] }
        let corrections = try ledger.corrections(of: edition.id)
        let changes = try house.pendingChanges(edition)
        let behind = try ledger.countBehind(edition.id)
        let moments = try ledger.moments(of: edition.id)
        return [
            "hasCorrections": .bool(true), "corrections": .list(corrections.map(line)), "hasHistory": .bool(!corrections.isEmpty),
            "canCorrect": .bool(visitor.canRun), "hasChanges": .bool(!changes.isEmpty),
            "changes": .list(
                changes.map {
                    let places = ["title": $0.title]
                    return .text($0.isRemoved ? text("desk.changeRemoved", places) : text("desk.changeMended", places))
                }),
            "seenCorrection": .text(Self.digest(of: edition, changes)),
            "offer": behind > 0 && visitor.canRun ? .text(text("desk.mailOffer", ["count": String(behind)])) : .null,
            "moments": .list(moments.map { .text("\(channel($0.channel)): \(clock($0))") }), "hasMoments": .bool(!moments.isEmpty),
            "spread": Value(moments.spread.map { text("desk.spread", ["seconds": seconds($0)]) }),
        ]
    }

    private func isCorrectable(_ edition: EditionRecord) -> Bool {
        [.released, .recalled].contains(edition.state) && edition.publication != AlertPublication.name
    }

    private func line(_ correction: CorrectionRecord) -> Value {
        let places = ["name": correction.actor, "moment": house.moment(correction.at)]
        let mailed = correction.mailed.map { " " + text("desk.correctionMailed", ["moment": house.moment($0)]) } ?? ""
        return ["note": .text(correction.note), "facts": .text(text("desk.byWhom", places) + mailed)]
    }

    private func channel(_ name: String) -> String {
        switch name {
        case ReleaseChannel.email: text("desk.channelEmail")
        case ReleaseChannel.web: text("desk.channelWeb")
        case ReleaseChannel.feeds: text("desk.channelFeeds")
        default: String(name.drop { $0 != "/" }.dropFirst())
        }
    }

    private var decimalMark: String { house.language == .en ? "." : "," }

    /// `8.00.00,1`, and the last one's time where that is another.
    private func clock(_ moment: ReleaseMoment) -> String {
        func time(_ instant: Instant) -> String {
            let civil = house.zone.civil(instant)
            let tenth = (instant.milliseconds - instant.seconds * 1000) / 100
            let parts = [String(civil.hour), padded(civil.minute, 2), padded(civil.second, 2)]
            return parts.joined(separator: house.language == .en ? ":" : ".") + "\(decimalMark)\(tenth)"
        }
        let (first, last) = (time(moment.first), time(moment.last))
        return first == last ? first : "\(first)–\(last)"
    }

    private func seconds(_ span: Span) -> String { "\(span.milliseconds / 1000)\(decimalMark)\(span.milliseconds % 1000 / 100)" }

    /// What the form's reader saw: how often it had been corrected, and what this would change.
    private static func digest(of edition: EditionRecord, _ changes: [DeskHouse.PendingChange]) -> String {
        digest("\(edition.corrections)\n" + changes.map { "\($0.isRemoved) \($0.title)" }.joined(separator: "\n"))
    }

    func actOnSent(_ edition: EditionRecord, _ act: String, _ form: DeskForm) throws(Fault) -> Response {
        let back = "/desk/editions/\(edition.slug)"
        guard visitor.canRun else { return try forbid(act) }
        guard isCorrectable(edition), form["seen"] == Self.digest(of: edition, try house.pendingChanges(edition)) else {
            tell(text("desk.changed"), isProblem: true)
            return .seeOther(back)
        }
        if act == "mailCorrection" { return later(back, text("desk.doneMailed"), .mailCorrection(edition: edition.slug)) }
        guard let note = form.line("note") else {
            tell(text("desk.noNote"), isProblem: true)
            return .seeOther(back)
        }
        if let objection = house.objection(ItemContent(title: note, summary: note, body: Document([]))) {
            tell(objection, isProblem: true)
            return .seeOther(back)
        }
        return later(back, text("desk.doneCorrected"), .recall(edition: edition.slug, note: note, items: [], mail: false))
    }
}
