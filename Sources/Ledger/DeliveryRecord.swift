import Core
import Database

/// Where deliveries leave the house.
package enum Outlet {
    package static let email = "email"
}

/// Where a delivery stands: one edition, or one mail about a correction of it, to one recipient.
///
///     pending ──claim──▶ sending ──acknowledge──▶ sent
///        ▲                  ├──defer──▶ deferred ──claim──▶ sending …
///        └────give back─────┼──doubt──▶ ambiguous ──claim──▶ sending …
///                           └──fail──▶ failed ──retry──▶ pending
///
///     pending | deferred | ambiguous ──stop──▶ failed
///
/// While its edition is paused a waiting delivery keeps its state and is not claimed: see ``Ledger/pauseDeliveries(of:reason:by:at:)``.
/// `ambiguous`: the message was complete on the wire and no answer came; it is tried again under the same Message-ID.
package enum DeliveryState: String, Hashable, Codable, Sendable, CaseIterable {
    case pending, sending, sent, deferred, failed, ambiguous
}

/// A delivery in the hands of one lane. Only who holds it can say what became of it, and only once.
package struct ClaimedDelivery: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case recipient(RecipientID, EmailAddress, name: String, Language?)
        /// A note of the service itself, in place of an edition.
        case notice(NoticeID, EmailAddress)
    }

    package let id: DeliveryID
    /// `nil` for a notice.
    package let edition: EditionID?
    package let outlet: String
    /// From which queue it was claimed.
    package let queue: DeliveryQueue
    package let target: Target
    /// 1 for the first attempt.
    package let attempt: Int
    package let stopBy: Instant
    /// Which of the edition's renderings is theirs; empty for the one of all.
    package let variant: String
    package let department: String
    /// 0 for the edition itself, else the number of the correction that the mail is about.
    package let correction: Int
    /// How many of its corrections the edition had at the claim: what is composed now holds them.
    package let content: Int
}

/// A delivery as `deliveries` shows it.
package struct DeliveryRecord: Hashable, Codable, Sendable {
    package var id: DeliveryID
    package var outlet: String
    /// The recipient's address.
    package var address: String?
    /// 0 for the edition itself, else the number of the correction that the mail is about.
    package var correction: Int
    package var state: DeliveryState
    package var attempt: Int
    package var since: Instant
    package var due: Instant?
    /// How often the answer to a complete message was lost: each may be a second copy, under the same Message-ID.
    package var doubtful: Int
    /// The relay or host that answered.
    package var route: String?
    package var reply: String?
    /// What the last report said that came back after the mail was taken: hard or soft, its status, its reason.
    package var bounce: String?
}
