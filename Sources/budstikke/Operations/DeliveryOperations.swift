import Core
import Crypto
import Desk
import Ledger

/// Who got an edition by mail, who did not and why; again for those alone. What endpoints got is ``PostOperations``'.
struct DeliveryOperations {
    var ledger: Ledger
    var zone: Zone
    var key: InstallationKey
    var actor: String

    /// How long a repeated delivery is tried.
    static let retryPeriod = Span.days(5)

    func list(_ slug: String, failedOnly: Bool, _ form: DeliveriesForm) throws(Fault) -> Answer {
        let edition = try edition(slug)
        if form == .csv { return try csv(edition, failedOnly: failedOnly) }
        let deliveries = try ledger.deliveries(of: edition.id, failedOnly: failedOnly)
        var table = TextTable("TO", "STATE", "TRIES", "SINCE", "VIA", "REPLY")
        for delivery in deliveries {
            table.add(
                Self.receiver(delivery), delivery.state.rawValue, "\(delivery.attempt)", shown(delivery.since, zone),
                delivery.route ?? "–",
                delivery.bounce.map { "\(delivery.reply ?? "–"); came back: \($0)" } ?? delivery.reply ?? "–")
        }
        let counts = try ledger.deliveryCounts(of: edition.id)
        let summary = DeliveryState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }.joined(separator: ", ")
        let answers = try ledger.usefulness(of: edition.id)
        let useful = answers == (0, 0) ? "" : "\nUseful: \(answers.useful) yes, \(answers.notUseful) no"
        let old = counts.isEmpty ? "No deliveries." : "Who got it is no longer kept ([Retention] Deliveries=), only how many: \(summary)."
        let empty = failedOnly ? "No failed deliveries." : old
        return Answer(
            text: (table.isEmpty ? empty : table.text + "\n\n\(slug): \(summary)\(useful)") + (try phoneLine(edition))
                + (table.isEmpty ? "" : try releaseLine(edition) + pauseLine(edition)),
            json: jsonText(deliveries.map { DeliveryLine($0, key) }),
            isProblem: counts[.failed] ?? 0 > 0)
    }

    private func phoneLine(_ edition: EditionRecord) throws(Fault) -> String {
        let counts = try ledger.phoneMessageCounts(of: edition.id)
        let parts = DeliveryState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }
        return parts.isEmpty ? "" : "\nPhones: " + parts.joined(separator: ", ")
    }

    /// Who a mail is to, and which correction it is about.
    private static func receiver(_ delivery: DeliveryRecord) -> String {
        (delivery.address ?? delivery.outlet) + (delivery.correction > 0 ? " (correction \(delivery.correction))" : "")
    }

    private func releaseLine(_ edition: EditionRecord) throws(Fault) -> String {
        let line = ReleaseReport(try ledger.moments(of: edition.id)).line(zone)
        return line.isEmpty ? "" : "\nOut: " + line
    }

    private func pauseLine(_ edition: EditionRecord) throws(Fault) -> String {
        guard let reason = try ledger.pause(of: edition.id) else { return "" }
        return "\nPaused: \(reason). Go on with ‘budstikke resume \(edition.slug)’, or end it with ‘budstikke stop \(edition.slug)’."
    }

    private func csv(_ edition: EditionRecord, failedOnly: Bool) throws(Fault) -> Answer {
        var table = SpreadsheetTable("to", "state", "tries", "since", "next try", "via", "reply", "bounce")
        var failed = false
        var last: DeliveryID?
        while case let page = try ledger.deliveries(of: edition.id, failedOnly: failedOnly, after: last, limit: 10_000), !page.isEmpty {
            for delivery in page {
                table.add(
                    Self.receiver(delivery), delivery.state.rawValue, "\(delivery.attempt)", civil(delivery.since),
                    delivery.due.map(civil) ?? "", delivery.route ?? "", delivery.reply ?? "", delivery.bounce ?? "")
                failed = failed || delivery.state == .failed
            }
            last = page.last?.id
        }
        return Answer(text: table.text, json: jsonText(["csv": table.text]), isProblem: failed)
    }

    /// As a spreadsheet takes it for a date: without zone.
    private func civil(_ instant: Instant) -> String { "\(zone.civil(instant))".replacing("T", with: " ") }

    func resume(_ slug: String, at now: Instant) throws(Fault) -> Answer {
        try ledger.resumeDeliveries(of: try edition(slug).id, by: actor, at: now)
        try ledger.endAlarm("paused-edition", slug, at: now)
        return Answer(text: "The deliveries of \(slug) go on.", json: jsonText(["edition": slug, "state": "running"]))
    }

    func stop(_ slug: String, at now: Instant) throws(Fault) -> Answer {
        let count = try ledger.stopDeliveries(of: try edition(slug).id, by: actor, at: now)
        try ledger.endAlarm("paused-edition", slug, at: now)
        return Answer(
            text: "\(count) deliveries of \(slug) were waiting and are given up. ‘budstikke retry \(slug)’ would take them up again.",
            json: jsonText(["stopped": count]))
    }

    func retry(_ slug: String, at now: Instant) throws(Fault) -> Answer {
        let edition = try edition(slug)
        let count = try ledger.retryFailed(edition.id, by: actor, stopBy: now + Self.retryPeriod, at: now)
        return Answer(text: "\(count) failed deliveries are tried again." + (try pauseLine(edition)), json: jsonText(["retried": count]))
    }

    private func edition(_ slug: String) throws(Fault) -> EditionRecord {
        guard let edition = try ledger.edition(slug: slug) else { throw ItemOperations.unknown(slug) }
        return edition
    }
}

/// A delivery as `deliveries --json` prints it.
private struct DeliveryLine: Encodable {
    var to: String
    /// What the log calls the recipient.
    var digest: String?
    var outlet: String
    /// 0 for the edition itself, else the number of the correction that the mail is about.
    var correction: Int
    var state: DeliveryState
    var attempts: Int
    var since: Instant
    var due: Instant?
    var doubtful: Int
    var via: String?
    var reply: String?
    var bounce: String?

    init(_ delivery: DeliveryRecord, _ key: InstallationKey) {
        digest = delivery.address.flatMap { EmailAddress($0) }.map(key.recipientDigest)
        to = delivery.address ?? delivery.outlet
        outlet = delivery.outlet
        correction = delivery.correction
        state = delivery.state
        attempts = delivery.attempt
        since = delivery.since
        due = delivery.due
        doubtful = delivery.doubtful
        via = delivery.route
        reply = delivery.reply
        bounce = delivery.bounce
    }
}
