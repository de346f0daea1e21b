import Core
import Ledger

/// A way out of the house: mail through a relay, or posts to one intranet endpoint.
///
/// A channel opens lanes; the ``OutboxStage`` gives each lane a thread of its own and the deliveries that are due.
/// Every channel passes the conformance suite in `Tests/PushTests`.
package protocol Channel: Sendable {
    /// Which deliveries are its: `email`, or `endpoint/<name>`.
    var outlet: String { get }
    /// What the ledger notes as the way a delivery took: the relay's or endpoint's name.
    var route: String { get }
    /// How many lanes may be open at once, at least 1.
    var lanes: Int { get }
    /// How many deliveries a lane claims at once, at least 1; each is on the disk as being sent from then on.
    var batchSize: Int { get }
    /// Its part of the deliveries among channels of the same outlet and priority, at least 1.
    var weight: Int { get }
    /// Channels of an outlet with the lowest number get all deliveries as long as one of them is in use.
    var priority: Int { get }
    /// When it gets none but urgent deliveries.
    var quietHours: DailyWindow? { get }
    /// How many deliveries its own limits let it send within a time.
    func allowance(at now: Instant, within span: Span) -> Allowance
    /// The pause before attempt `attempt + 1`; `nil` when there shall be none.
    func retryDelay(afterAttempt attempt: Int) -> Span?
    /// Opens a connection or what there is of one. Throws a ``Fault`` when the other side cannot be reached or is not safe to
    /// talk to; nothing of an edition has been said then. A wait on the other side ends when `interruption` is cut.
    func openLane(_ interruption: Interruption) throws(Fault) -> any Lane
}

extension Channel {
    package var weight: Int { 1 }
    package var priority: Int { 10 }
    package var quietHours: DailyWindow? { nil }
    package func allowance(at now: Instant, within span: Span) -> Allowance { .unlimited }
    package func openLane() throws(Fault) -> any Lane { try openLane(Interruption()) }
}

/// One connection, used by one thread.
package protocol Lane {
    /// Delivers what ``Batch/next()`` hands out until it hands out nothing more, and settles each.
    ///
    /// A lane settles delivery n before it completes delivery n + 1 on the wire: that bounds the copies that a killed process can
    /// leave to one per lane (a power cut: to what the lane had not recorded, at most 64). When it throws, the connection is over: what was handed out and not settled was not completed on
    /// the wire, and goes back. A message that was complete when the connection broke is settled as ``DeliveryOutcome/ambiguous``
    /// first.
    func carry(_ batch: Batch) throws(Fault)
    func close()
}

/// What became of one attempt. `reply` is the receiver's own words or the cause, for `deliveries` and the log; it never holds a secret.
package enum DeliveryOutcome: Hashable, Sendable {
    case sent(reply: String)
    /// Temporary; tried again at `until`, or after the channel's own pause.
    case deferred(reply: String, until: Instant? = nil)
    case failed(reply: String)
    /// The receiver refuses us, whoever the recipient: tried again as ``deferred``, and the channel is paused when it goes on so.
    case unwelcome(reply: String)
    /// In words that may mean us or this recipient: final when the receiver takes others' mail, else as ``unwelcome``.
    case unproved(reply: String)
    /// Complete on the wire, its answer lost.
    case ambiguous(reply: String)
}
