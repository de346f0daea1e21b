import Core
import Crypto
import Desk
import Intake
import Ledger

/// Crisis messages, as an operator raises, confirms and ends them.
struct AlertOperations {
    var house: House
    var actor: String

    /// The longest list that is printed.
    private static let listed = 50

    /// A message as it was asked for, by the rules of any text that people read.
    struct Draft {
        var content: ItemContent
        var isDrill: Bool
        var audience: Audience
        var until: Instant?
    }

    /// What would go out. `language` is that in which a text is refused. Throws a ``Fault`` that says why nothing may.
    func draft(_ wish: AlertWish, in language: Language = .en, at now: Instant) throws(Fault) -> Draft {
        let settings = house.settings
        let until = try wish.end.map { end throws(Fault) in try instant(end, now) }
        let wanted = wish.audience ?? settings.alert.audience
        guard let audience = settings.audiences.first(where: { $0.name.lowercased() == wanted.lowercased() }) else {
            let near = nearestName(to: wanted, among: settings.audiences.map(\.name))
            throw Fault(
                "alert", "the audience ‘\(wanted)’", cause: "there is none of this name",
                mend: near.map { "Did you mean ‘\($0)’?" }
                    ?? "Known are: \(settings.audiences.map(\.name).joined(separator: ", ")).")
        }
        let (content, saysDrill) = try AlertText.content(
            wish.text, title: wish.title, settings: house.intakeSettings(settings.sources), catalogue: house.catalogue, language: language,
            at: now)
        return Draft(content: content, isDrill: wish.isDrill || saysDrill, audience: audience, until: until ?? content.visibleUntil)
    }

    func raise(_ wish: AlertWish, at now: Instant) throws(Fault) -> Answer {
        let draft = try draft(wish, at: now)
        let (content, isDrill) = (draft.content, draft.isDrill)
        if isDrill, let real = try ledger.alerts([.standing]).first(where: { !$0.isDrill }) {
            throw Fault(
                "begin", "a drill", cause: "the crisis message \(real.id) ‘\(real.content.title)’ is a real one and stands",
                mend: "End it first with ‘budstikke alert --end’.")
        }
        // Each is a message of its own, also when it says what another one said.
        let digest =
            AlertSource.prefix + SHA256.hexadecimalDigest("\(now.milliseconds) \(actor) \(wish.text) \(hexadecimal(randomBytes(8)))".utf8)
        let submission = Submission(
            source: AlertSource.prefix, name: "alert-\(digest.suffix(16)).txt", digest: digest, content: content, pictures: [])
        let accepted = try ledger.accept(submission, at: now)
        let id = try ledger.proposeAlert(
            AlertProposal(
                item: accepted.item, version: 1, isDrill: isDrill, audience: draft.audience.name, until: draft.until,
                proposer: actor), needsTwoPeople: house.settings.alert.needsTwoPeople, at: now)
        let alert = try ledger.alert(id)
        let line = AlertLine(alert)
        let next =
            alert.state == .proposed
            ? "It waits for a second person: ‘budstikke alert --confirm \(id)’."
            : "It is on its way. ‘budstikke alert --end’ takes it back everywhere and sends the all-clear."
        return Answer(text: line.text(house.zone) + "\n" + next, json: jsonText(line))
    }

    func confirm(_ id: AlertID, at now: Instant) throws(Fault) -> Answer {
        try ledger.confirmAlert(id, by: actor, at: now)
        return try told(id)
    }

    func end(_ id: AlertID?, _ farewell: String?, at now: Instant) throws(Fault) -> Answer {
        if let farewell, !farewell.isEmpty {
            // By the rules of any text that people read.
            _ = try AlertText.content(
                farewell, title: nil, settings: house.intakeSettings(house.settings.sources), catalogue: house.catalogue, at: now)
        }
        let ended: AlertID
        if let id { ended = id } else { ended = try onlyStanding() }
        try ledger.endAlert(ended, .ended, by: actor, farewell: farewell, at: now)
        return try told(ended)
    }

    func list() throws(Fault) -> Answer {
        let lines = try ledger.alerts(limit: Self.listed).map(AlertLine.init)
        return Answer(
            text: lines.isEmpty ? "There is no crisis message." : lines.map { $0.text(house.zone) }.joined(separator: "\n"),
            json: jsonText(lines))
    }

    private var ledger: Ledger { house.ledger }

    private func told(_ id: AlertID) throws(Fault) -> Answer {
        let line = AlertLine(try ledger.alert(id))
        return Answer(text: line.text(house.zone), json: jsonText(line))
    }

    private func onlyStanding() throws(Fault) -> AlertID {
        let standing = try ledger.alerts([.standing])
        guard let first = standing.first else {
            throw Fault(
                "end", "the crisis message", cause: "none stands",
                mend: "See them with ‘budstikke alert --list’; a proposed one is dropped with --end --id N.")
        }
        guard standing.count == 1 else {
            throw Fault(
                "end", "the crisis message", cause: "\(standing.count) stand: \(standing.map { "\($0.id)" }.joined(separator: ", "))",
                mend: "Name one: budstikke alert --end --id \(first.id)")
        }
        return first.id
    }

    private func instant(_ end: AlertWish.End, _ now: Instant) throws(Fault) -> Instant {
        let instant: Instant
        switch end {
        case .after(let span): instant = now + span
        case .at(let text):
            guard let civil = civil(text, now) else {
                throw Fault(
                    "read", "--until \(text)", cause: "it is not a time", mend: "Write 14:30, or 2026-12-01T14:30.")
            }
            instant = house.zone.instant(civil)
        }
        guard now < instant else {
            throw Fault("alert", "until \(shown(instant, house.zone))", cause: "that is past", mend: "Write a later time.")
        }
        return instant
    }

    /// A time of day is the next one of that kind.
    private func civil(_ text: String, _ now: Instant) -> CivilDateTime? {
        if let whole = CivilDateTime(iso: text) { return whole }
        let parts = text.split(whereSeparator: { ":.".contains($0) }).compactMap { Int($0) }
        guard parts.count == 2 else { return nil }
        let today = house.zone.civil(now).date
        guard let time = CivilDateTime(today, hour: parts[0], minute: parts[1], second: 0) else { return nil }
        return now < house.zone.instant(time) ? time : CivilDateTime(today + 1, hour: parts[0], minute: parts[1], second: 0)
    }
}

/// A crisis message as `alert --list` and `status` print it.
struct AlertLine: Encodable {
    var id: AlertID
    var state: AlertState
    var drill: Bool
    var title: String
    var audience: String
    var proposer: String
    var confirmer: String?
    var proposed: Instant
    var raised: Instant?
    var until: Instant?
    var ended: Instant?
    var ending: AlertEnding?

    init(_ alert: AlertRecord) {
        id = alert.id
        state = alert.state
        drill = alert.isDrill
        title = alert.content.title
        audience = alert.audience
        proposer = alert.proposer
        confirmer = alert.confirmer
        proposed = alert.proposed
        raised = alert.raised
        until = alert.until
        ended = alert.ended
        ending = alert.ending
    }

    func text(_ zone: Zone) -> String {
        var text = "\(drill ? "DRILL" : "ALERT") \(id) \(state.rawValue) since \(shown(ended ?? raised ?? proposed, zone))"
        text += " by \(confirmer.map { "\(proposer) and \($0)" } ?? proposer), to \(audience)"
        if let ending { text += ", \(ending.rawValue)" } else if let until { text += ", until \(shown(until, zone))" }
        return text + ": " + title
    }
}
