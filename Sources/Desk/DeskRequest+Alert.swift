import Core
import HTTPServer
import Ledger
import Press

// A crisis message from the desk: written, looked through as it will look, sent; confirmed by a second person where the settings ask for
// two; ended. The same use cases as the command line's `alert`.
extension DeskRequest {
    private static let past = 10
    private static let longestText = 20_000

    /// What stands or waits, and a form for a new one.
    func alert() throws(Fault) -> Response {
        guard visitor.canAlert else { return try forbid("open") }
        return try alertPage(nil)
    }

    /// `wish` is what somebody has written and wants to mend.
    private func alertPage(_ wish: AlertWish?) throws(Fault) -> Response {
        var current: [Value] = []
        for alert in try ledger.alerts([.proposed, .standing], limit: 20) { current.append(try shown(alert)) }
        let past = try ledger.alerts([.ended, .rejected], limit: Self.past)
        return try page(
            .alert, text("desk.alert"),
            [
                "hasCurrent": .bool(!current.isEmpty), "current": .list(current), "isWriting": .bool(wish != nil || current.isEmpty),
                "needsTwo": .bool(house.outlook.alertNeedsTwoPeople), "form": form(wish), "hasPast": .bool(!past.isEmpty),
                "past": .list(past.map { row($0) }),
            ])
    }

    private func form(_ wish: AlertWish?) -> Value {
        let wanted = (wish?.audience ?? house.outlook.alertAudience).lowercased()
        var until = ""
        if case .at(let time)? = wish?.end { until = time }
        return [
            "title": .text(wish?.title ?? ""), "text": .text(wish?.text ?? ""), "until": .text(until),
            "isDrill": .bool(wish?.isDrill ?? false),
            "audiences": .list(
                house.audiences.map { audience in
                    [
                        "value": .text(audience.name), "label": .text(label(of: audience)),
                        "isChosen": .bool(audience.name.lowercased() == wanted),
                    ]
                }),
        ]
    }

    /// One line of a list.
    func row(_ alert: AlertRecord) -> Value {
        [
            "address": "/desk/alert", "title": .text(alert.content.title),
            "state": .text(alert.state == .standing ? "held" : alert.state.rawValue),
            "stateLabel": .text(label(of: alert)), "facts": .text(facts(alert)), "isDrill": .bool(alert.isDrill),
        ]
    }

    private func label(of alert: AlertRecord) -> String {
        switch alert.state {
        case .proposed: text("desk.alertProposed")
        case .standing: text("desk.alertStanding")
        case .ended: text("desk.alertEnded")
        case .rejected: text("desk.alertRejected")
        }
    }

    private func facts(_ alert: AlertRecord) -> String {
        let people = alert.confirmer.map { text("desk.byTwo", ["first": alert.proposer, "second": $0]) } ?? alert.proposer
        var facts = [text("desk.byWhom", ["name": people, "moment": house.moment(alert.raised ?? alert.proposed)])]
        if let until = alert.until, alert.ended == nil { facts.append(text("desk.alertUntil", ["moment": house.moment(until)])) }
        if let ended = alert.ended { facts.append(text("desk.alertOverSince", ["moment": house.moment(ended)])) }
        return facts.joined(separator: ". ")
    }

    private func shown(_ alert: AlertRecord) throws(Fault) -> Value {
        let isOwn = alert.proposer == visitor.name
        var values: [String: Value] = [
            "id": .number("\(alert.id)"), "title": .text(alert.content.title), "stateLabel": .text(label(of: alert)),
            "isStanding": .bool(alert.state == .standing), "isProposed": .bool(alert.state == .proposed), "isDrill": .bool(alert.isDrill),
            "facts": .text(facts(alert)), "canConfirm": .bool(alert.state == .proposed && !isOwn),
            "isOwn": .bool(alert.state == .proposed && isOwn),
        ]
        values.merge(ways(try house.outlook.look(alert), "/desk/alert/\(alert.id)")) { _, new in new }
        return .map(values)
    }

    /// How a message looks, and where it goes.
    private func ways(_ look: DeskOutlook.AlertLook, _ address: String) -> [String: Value] {
        let counts = site.audienceCounts.counts(ledger, house.audiences)
        let audience = house.audiences.first { $0.name.lowercased() == look.audience.lowercased() }
        let name = audience.map { label(of: $0) } ?? look.audience
        let people = counts?[look.audience.lowercased()]
        var ways = [
            people.map { text("desk.wayMail", ["audience": name, "count": "\($0)"]) } ?? text("desk.wayMailUncounted", ["audience": name])
        ]
        let feeds = house.outlook.feeds.map { title(ofFeed: $0) }
        if !feeds.isEmpty { ways.append(text("desk.wayScreens", ["feeds": feeds.joined(separator: ", ")])) }
        let endpoints = house.outlook.endpoints.map(\.name)
        if !endpoints.isEmpty { ways.append(text("desk.wayEndpoints", ["endpoints": endpoints.joined(separator: ", ")])) }
        let ends = look.until.map { text("desk.alertUntil", ["moment": house.moment($0)]) } ?? text("desk.alertNoEnd")
        return [
            "ways": .list(ways.map(Value.text)), "mail": .text(address + "/mail.html"), "ends": .text(ends),
            "screen": [
                "banner": .text(look.banner), "title": .text(look.content.title),
                "summary": .text(look.content.summary.isEmpty ? look.content.body.plainText : look.content.summary),
                "source": .text(look.source), "isDrill": .bool(look.isDrill),
            ],
        ]
    }

    /// The mail of a draft of one's own, or of a message that stands or waits.
    func alertPreview() throws(Fault) -> Response {
        guard visitor.canAlert else { return try forbid("open") }
        let (name, view) = (request.captures["id"] ?? "", request.captures["view"] ?? "")
        guard view == "mail.html" else { return try notFound() }
        if let draft = site.drafts.draft(name, of: visitor.holder) { return try preview(draft.look.rendering, view) }
        guard let number = Int64(name),
            let alert = try ledger.alerts([.proposed, .standing], limit: 20).first(where: { $0.id.number == number })
        else { return try notFound() }
        return try preview(try house.outlook.look(alert).rendering, view)
    }

    // MARK: Acts

    func actOnAlert(_ form: DeskForm) throws(Fault) -> Response {
        let act = form["act"] ?? ""
        guard visitor.canAlert else { return try forbid(act) }
        let back = "/desk/alert"
        let id = form["id"].flatMap { Int64($0) }.map(AlertID.init)
        switch (act, id) {
        case ("edit", _): return try alertPage(wish(form))
        case ("preview", _): return try lookThrough(wish(form))
        case ("raise", _):
            guard let draft = site.drafts.take(form["draft"] ?? "", of: visitor.holder) else {
                // It has gone out already, or the service was started anew meanwhile.
                tell(text("desk.alertAgain"), isProblem: true)
                return try lookThrough(wish(form))
            }
            let words = house.outlook.alertNeedsTwoPeople ? text("desk.doneProposed") : text("desk.doneRaised")
            return done(back, words) { () throws(Fault) in try perform(.raiseAlert(draft.wish)) }
        case ("confirm", let id?):
            return done(back, text("desk.doneRaised")) { () throws(Fault) in try perform(.confirmAlert(id)) }
        case ("end", let id?):
            let words = form["farewell"].flatMap { $0.split(whereSeparator: \.isWhitespace).isEmpty ? nil : $0 }
            return done(back, text("desk.doneEnded")) { () throws(Fault) in
                try perform(.endAlert(id, farewell: words.map { String($0.prefix(Self.longestText)) }))
            }
        default: return try forbid(act)
        }
    }

    private func wish(_ form: DeskForm) -> AlertWish {
        let text = String((form["text"] ?? "").prefix(Self.longestText)).replacing("\r\n", with: "\n")
        return AlertWish(
            text: text, title: form.line("title").map { String($0.prefix(300)) }, audience: form.line("audience"),
            end: form.line("until").map(AlertWish.End.at), isDrill: form["drill"] == "yes")
    }

    /// The message as it will look, with the button that sends it; the form again, with the reason, when it cannot go out.
    private func lookThrough(_ wish: AlertWish) throws(Fault) -> Response {
        func problem(_ words: String) throws(Fault) -> Response {
            tell(words, isProblem: true)
            return try alertPage(wish)
        }
        guard wish.title != nil else { return try problem(text("desk.noTitle")) }
        if case .at(let time)? = wish.end {
            guard let civil = CivilDateTime(iso: time), now < house.zone.instant(civil) else { return try problem(text("desk.alertPast")) }
        }
        let look: DeskOutlook.AlertLook
        do throws(Fault) { look = try house.outlook.draft(wish) } catch { return try problem(error.cause) }
        if look.isDrill, try ledger.alerts([.standing]).contains(where: { !$0.isDrill }) { return try problem(text("desk.noDrillNow")) }
        let name = site.drafts.add(wish, look, for: visitor.holder, at: now)
        var values: [String: Value] = [
            "draft": .text(name), "needsTwo": .bool(house.outlook.alertNeedsTwoPeople), "isDrill": .bool(look.isDrill), "form": form(wish),
            "audience": .text(wish.audience ?? ""),
            "button": .text(
                house.outlook.alertNeedsTwoPeople
                    ? text("desk.alertPropose") : look.isDrill ? text("desk.alertSendDrill") : text("desk.alertSend")),
        ]
        values.merge(ways(look, "/desk/alert/\(name)")) { _, new in new }
        return try page(.alertCheck, text("desk.alertCheck"), values)
    }
}
