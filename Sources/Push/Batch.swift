import Core
import Ledger

/// The deliveries that one lane has claimed, handed out one by one; their outcomes go to the ledger through it.
package final class Batch {
    private let outcomes: LaneOutcomes
    private let isStopping: () -> Bool
    private let givesWay: () -> Bool
    private var waiting: ArraySlice<ClaimedDelivery>
    private var open: [DeliveryID: ClaimedDelivery] = [:]
    /// When each of those that are open was handed out.
    private var begun: [DeliveryID: ContinuousClock.Instant] = [:]

    /// `givesWay` says whether something urgent has come since the claim: then what is not urgent itself goes back.
    init(
        _ claimed: [ClaimedDelivery], _ outcomes: LaneOutcomes, givesWay: @escaping () -> Bool = { false },
        isStopping: @escaping () -> Bool
    ) {
        waiting = claimed[...]
        self.outcomes = outcomes
        self.givesWay = givesWay
        self.isStopping = isStopping
    }

    /// A batch of a lane that carries no other.
    convenience init(
        _ claimed: [ClaimedDelivery], _ channel: any Channel, _ ledger: Ledger, _ clock: any WallClock, isStopping: @escaping () -> Bool
    ) {
        self.init(claimed, LaneOutcomes(channel, ledger, clock), isStopping: isStopping)
    }

    /// Whether a lane that waits for something before this delivery waits no longer: the service is stopping, or something urgent has come.
    package func isStopped(before delivery: ClaimedDelivery) -> Bool { isStopping() || delivery.queue != .urgent && givesWay() }

    /// The next delivery; `nil` when there is none left, the service is stopping, or something urgent is to go first. One whose edition's time is over is settled here.
    package func next() throws(Fault) -> ClaimedDelivery? {
        try outcomes.prepare()
        while let delivery = waiting.first, !isStopped(before: delivery) {
            waiting.removeFirst()
            guard delivery.stopBy <= outcomes.clock.now() else {
                open[delivery.id] = delivery
                begun[delivery.id] = .now
                return delivery
            }
            try outcomes.giveUp(delivery, "given up: not delivered before \(delivery.stopBy)")
        }
        return nil
    }

    /// Takes what became of a delivery. When it returns, a killed process does not forget it; on the disk it is with the others of
    /// the batch, at the latest a second after the first of them when more follow, or when the lane is done or waits.
    package func settle(_ delivery: ClaimedDelivery, _ outcome: DeliveryOutcome) throws(Fault) {
        open[delivery.id] = nil
        if let start = begun.removeValue(forKey: delivery.id) { outcomes.took(.now - start) }
        try outcomes.add(delivery, outcome)
    }

    /// Puts what was settled so far on the disk. For a lane that is about to wait.
    package func record() throws(Fault) { try outcomes.record() }

    /// Records what was settled and gives back what was not, and makes a claim for the next batch if there is one, in one
    /// transaction. Called by the outbox when the lane is done with the batch.
    @discardableResult
    func close(claiming order: ClaimOrder? = nil) throws(Fault) -> [ClaimedDelivery] {
        outcomes.giveBack(Array(waiting) + open.values.sorted { $0.id < $1.id })
        waiting = []
        open = [:]
        return try outcomes.record(claiming: order)
    }
}
