import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    private static let pageSize = 50

    /// How many people each audience names, whose address is suppressed and why, and what one person gets.
    func recipients() throws(Fault) -> Response {
        guard visitor.seesRecipients else { return try forbid("open") }
        return try recipientsPage(asked: "", reasons: nil)
    }

    private func recipientsPage(asked: String, reasons: ReaderReasons?) throws(Fault) -> Response {
        let words = String((request.query("q") ?? "").prefix(200)).trimmingBlanks
        let found = try ledger.suppressions(holding: words, after: cursor, limit: Self.pageSize + 1)
        let shown = found.prefix(Self.pageSize)
        let older =
            found.count > Self.pageSize
            ? shown.last.map {
                "/desk/recipients?" + Self.query(["q": words, "since": "\($0.since.milliseconds)", "after": $0.address]) + "#suppressed"
            } : nil
        let answered: Value = reasons.map { answer($0) } ?? .null
        let counts = site.audienceCounts.counts(ledger, house.audiences)
        return try page(
            .recipients, text("desk.recipients"),
            [
                "audiences": .list(
                    house.audiences.map { audience in
                        ["name": .text(label(of: audience)), "count": Value(counts.map { "\($0[audience.name.lowercased()] ?? 0)" })]
                    }), "isCounting": .bool(counts == nil), "asked": .text(asked), "reasons": answered,
                "search": .text(words), "hasSuppressed": .bool(!shown.isEmpty),
                "suppressedCount": .number("\(try ledger.suppressionCount())"), "older": Value(older),
                "suppressed": .list(
                    shown.map { entry in
                        [
                            "name": .text(entry.address), "reason": .text(entry.reason),
                            "facts": .text(text("desk.alarmSince", ["moment": house.moment(entry.since)])),
                            "liftLabel": .text(text("desk.liftLabel", ["address": entry.address])),
                        ]
                    }),
            ])
    }

    private var cursor: Suppression? {
        guard let since = request.query("since").flatMap({ Int64($0) }), let address = request.query("after") else { return nil }
        return Suppression(address: address, since: Instant(milliseconds: since), reason: "")
    }

    func label(of audience: Audience) -> String { audience.name == Audience.everybody.name ? text("desk.everybody") : audience.name }

    // MARK: Why somebody gets something, or does not

    private func answer(_ reasons: ReaderReasons) -> Value {
        let suppression = reasons.suppression.map { entry in
            text("desk.whySuppressed", ["moment": house.moment(entry.since)])
        }
        return [
            "address": .text(reasons.address.text), "name": Value(reasons.person.map(\.name)),
            "facts": Value(
                reasons.person.map { person in
                    [person.department, person.location, person.role].filter { !$0.isEmpty }.joined(separator: " · ")
                }),
            "isUnknown": .bool(reasons.person == nil), "suppression": Value(suppression),
            "suppressionReason": Value(reasons.suppression?.reason),
            "canLift": .bool(reasons.suppression != nil),
            "liftLabel": .text(text("desk.liftLabel", ["address": reasons.address.text])),
            "hasPublications": .bool(!reasons.publications.isEmpty),
            "publications": .list(
                reasons.publications.map { reason in
                    let gets = reason.verdict == .gets && reasons.suppression == nil
                    return [
                        "title": .text(reason.title), "gets": .bool(gets),
                        "verdict": .text(gets ? text("desk.whyGets") : text("desk.whyGetsNot")),
                        "facts": .text(words(for: reason)),
                    ]
                }),
        ]
    }

    private func words(for reason: ReaderReason) -> String {
        switch reason.verdict {
        case .noMail: return text("desk.whyNoMail")
        case .unsubscribed: return text("desk.whyUnsubscribed")
        case .notInAudience:
            guard let unmet = reason.unmet else { return text("desk.whyNotInAudience", ["audience": reason.audience]) }
            return text(
                "desk.whyUnmet",
                [
                    "audience": reason.audience, "column": unmet.attribute, "wanted": unmet.values.joined(separator: " / "),
                    "value": reason.values.isEmpty ? "–" : reason.values.joined(separator: ", "),
                ])
        case .gets:
            var parts = [
                reason.audience.lowercased() == Audience.everybody.name
                    ? text("desk.whyEverybody") : text("desk.whyInAudience", ["audience": reason.audience])
            ]
            if reason.isMandatory { parts.append(text("desk.whyMandatory")) }
            if reason.seesLeaderNotes { parts.append(text("desk.whyLeaders")) }
            if !reason.mutedTopics.isEmpty { parts.append(text("desk.whyTopics", ["topics": reason.mutedTopics.joined(separator: ", ")])) }
            return parts.joined(separator: " ")
        }
    }

    // MARK: Acts

    func actOnRecipients(_ form: DeskForm) throws(Fault) -> Response {
        let act = form["act"] ?? ""
        guard visitor.seesRecipients, ["why", "lift"].contains(act) else { return try forbid(act) }
        let typed = form.line("address") ?? ""
        guard let address = EmailAddress(typed) else {
            tell(text("desk.noAddress"), isProblem: true)
            return try recipientsPage(asked: String(typed.prefix(254)), reasons: nil)
        }
        // The address stays out of the page's own, which proxies and histories keep.
        if act == "why" { return try recipientsPage(asked: address.text, reasons: try house.outlook.reasons(address)) }
        return done("/desk/recipients", text("desk.doneLifted", ["address": address.text])) { () throws(Fault) in
            try perform(.liftSuppression(address))
        }
    }
}

extension String {
    fileprivate var trimmingBlanks: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
