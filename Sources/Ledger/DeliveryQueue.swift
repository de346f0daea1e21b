import Core

/// Where a waiting delivery stands in line, so that a claim finds what may go without passing over what may not.
///
/// It follows from the edition and the recipient's address; each transition that makes a delivery wait sets it anew.
package enum DeliveryQueue: Hashable, Sendable {
    /// Goes before all others, at any hour: an urgent edition, and a notice, which answers what its reader has just done.
    case urgent
    case general
    /// To a receiving domain that has limits.
    case domain(String)
    /// Its edition is paused: not to be claimed.
    case paused

    var stored: String {
        switch self {
        case .urgent: "!"
        case .general: ""
        case .domain(let name): name
        case .paused: "-"
        }
    }

    /// An SQL expression for the queue of a delivery; without arguments of one in the table. What has no edition is a notice.
    static func expression(edition: String = "delivery.edition", recipient: String = "delivery.recipient") -> String {
        """
        coalesce(CASE WHEN \(edition) IS NULL THEN '!' END,
        (SELECT CASE WHEN paused IS NOT NULL THEN '-' WHEN urgent THEN '!' END FROM dispatch WHERE dispatch.edition = \(edition)),
        (SELECT throttled_domain.name FROM recipient JOIN throttled_domain
         ON throttled_domain.name = substr(recipient.address, instr(recipient.address, '@') + 1) WHERE recipient.id = \(recipient)), '')
        """
    }
}

/// What a lane wants to claim.
package struct ClaimOrder: Sendable {
    package var outlet: String
    /// Over which relay or endpoint it is going to go.
    package var route: String?
    package var limit: Int
    /// From which queues, in this order, and at most how many of each.
    package var queues: [(queue: DeliveryQueue, most: Int)]
    /// Among how many lanes what is due is shared: a claim takes no more than its part, but for a few.
    package var lanes: Int

    /// A part smaller than this is not worth a connection.
    static let leastShare = 8

    /// `queues` may hold a queue once.
    package init(_ outlet: String, route: String? = nil, limit: Int, queues: [(queue: DeliveryQueue, most: Int)]? = nil, lanes: Int = 1) {
        self.outlet = outlet
        self.route = route
        self.limit = limit
        self.queues = queues ?? [(.urgent, limit), (.general, limit)]
        self.lanes = lanes
    }
}
