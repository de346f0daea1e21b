import Core
import Desk
import Ledger

/// Who got an edition by mail, who did not and why; again for those alone. What endpoints got is ``PostOperations``'.
struct DeliveryOperations {
    var ledger: Ledger
    var zone: Zone
    var actor: String

    /// How long a repeated delivery is tried.
    static let retryPeriod = Span.days(5)

    func list(_ slug: String, failedOnly: Bool) throws(Fault) -> Answer {
        let edition = try edition(slug)
        let deliveries = try ledger.deliveries(of: edition.id, failedOnly: failedOnly)
        var table = TextTable("TO", "STATE", "TRIES", "SINCE", "VIA", "REPLY")
        for delivery in deliveries {
            table.add(
                delivery.address ?? delivery.outlet, delivery.state.rawValue, "\(delivery.attempt)", shown(delivery.since, zone),
                delivery.route ?? "–", delivery.reply ?? "–")
        }
        let counts = try ledger.deliveryCounts(of: edition.id)
        let summary = DeliveryState.allCases.compactMap { state in counts[state].map { "\($0) \(state.rawValue)" } }.joined(separator: ", ")
        let empty = failedOnly ? "No failed deliveries." : "No deliveries."
        return Answer(
            text: table.isEmpty ? empty : table.text + "\n\n\(slug): \(summary)", json: jsonText(deliveries.map(DeliveryLine.init)),
            isProblem: counts[.failed] ?? 0 > 0)
    }

    func retry(_ slug: String, at now: Instant) throws(Fault) -> Answer {
        let count = try ledger.retryFailed(try edition(slug).id, by: actor, stopBy: now + Self.retryPeriod, at: now)
        return Answer(text: "\(count) failed deliveries are tried again.", json: jsonText(["retried": count]))
    }

    private func edition(_ slug: String) throws(Fault) -> EditionRecord {
        guard let edition = try ledger.edition(slug: slug) else { throw ItemOperations.unknown(slug) }
        return edition
    }
}

/// A delivery as `deliveries --json` prints it.
private struct DeliveryLine: Encodable {
    var to: String
    var outlet: String
    var state: DeliveryState
    var attempts: Int
    var since: Instant
    var due: Instant?
    var doubtful: Int
    var via: String?
    var reply: String?

    init(_ delivery: DeliveryRecord) {
        to = delivery.address ?? delivery.outlet
        outlet = delivery.outlet
        state = delivery.state
        attempts = delivery.attempt
        since = delivery.since
        due = delivery.due
        doubtful = delivery.doubtful
        via = delivery.route
        reply = delivery.reply
    }
}
