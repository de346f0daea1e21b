import Core
import Ledger

/// One line in the log for each delivery that has failed for good: which edition, by which relay, to whom by a digest, and the codes of the
/// answer. Its words are left to `deliveries`: they are a stranger's, and name the recipient.
final class DeliveryFailures {
    private let ledger: Ledger
    private let log: Log
    private let pseudonym: (@Sendable (EmailAddress) -> String)?
    private var slugs: [EditionID: String] = [:]

    init(_ ledger: Ledger, _ log: Log, pseudonym: (@Sendable (EmailAddress) -> String)?) {
        self.ledger = ledger
        self.log = log
        self.pseudonym = pseudonym
    }

    func tell(_ delivery: ClaimedDelivery, _ reply: String, route: String) {
        let status = reply.firstMatch(of: /(?:^|[^0-9.])([245][0-9]{2}(?: [245]\.[0-9]{1,3}\.[0-9]{1,3})?)(?:[^0-9.]|$)/).map {
            String($0.1)
        }
        let recipient =
            switch delivery.target {
            case .recipient(_, let address, _, _), .notice(_, let address): pseudonym?(address)
            }
        log.notice(
            "a delivery has failed",
            [
                "EDITION": delivery.edition.flatMap(slug) ?? "none", "RELAY": route, "RECIPIENT": recipient ?? "none",
                "STATUS": status ?? "none",
            ], event: .deliveryFailed)
    }

    private func slug(_ edition: EditionID) -> String? {
        if let known = slugs[edition] { return known }
        guard let slug = try? ledger.edition(edition)?.slug else { return nil }
        slugs[edition] = slug
        return slug
    }
}
