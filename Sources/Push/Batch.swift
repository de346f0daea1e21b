import Core
import Ledger

/// The deliveries that one lane has claimed, handed out one by one; their outcomes go to the ledger through it.
package final class Batch {
    private let ledger: Ledger
    private let clock: any WallClock
    private let channel: any Channel
    private let isStopping: () -> Bool
    private var waiting: ArraySlice<ClaimedDelivery>
    private var open: [DeliveryID: ClaimedDelivery] = [:]

    init(_ claimed: [ClaimedDelivery], _ channel: any Channel, _ ledger: Ledger, _ clock: any WallClock, isStopping: @escaping () -> Bool) {
        waiting = claimed[...]
        self.channel = channel
        self.ledger = ledger
        self.clock = clock
        self.isStopping = isStopping
    }

    /// Whether the service is stopping: a lane that waits for something before its next delivery waits no longer.
    package var isStopped: Bool { isStopping() }

    /// The next delivery; `nil` when there is none left or the service is stopping. One whose edition's time is over is settled here.
    package func next() throws(Fault) -> ClaimedDelivery? {
        while !isStopping(), let delivery = waiting.popFirst() {
            guard delivery.stopBy <= clock.now() else {
                open[delivery.id] = delivery
                return delivery
            }
            try ledger.fail(delivery, reply: "given up: not delivered before \(delivery.stopBy)", route: channel.route, at: clock.now())
        }
        return nil
    }

    /// Records what became of a delivery; on the disk when this returns.
    package func settle(_ delivery: ClaimedDelivery, _ outcome: DeliveryOutcome) throws(Fault) {
        let now = clock.now()
        let route = channel.route
        let pause = channel.retryDelay(afterAttempt: delivery.attempt)
        switch outcome {
        case .sent(let reply):
            try ledger.acknowledge(delivery, reply: reply, route: route, at: now)
        case .failed(let reply):
            try ledger.fail(delivery, reply: reply, route: route, at: now)
        case .deferred(let reply, let until):
            if let next = until ?? pause.map({ now + $0 }), next < delivery.stopBy {
                try ledger.deferUntil(next, delivery, reply: reply, route: route, at: now)
            } else {
                try ledger.fail(delivery, reply: "given up after \(delivery.attempt) attempts: \(reply)", route: route, at: now)
            }
        case .ambiguous(let reply):
            if let pause, now + pause < delivery.stopBy {
                try ledger.doubt(delivery, until: now + pause, reply: reply, route: route, at: now)
            } else {
                try ledger.fail(delivery, reply: "given up after \(delivery.attempt) attempts: \(reply)", route: route, at: now)
            }
        }
        open[delivery.id] = nil
    }

    /// Gives back what was not settled. Called by the outbox when the lane is done with the batch.
    func close() throws(Fault) {
        try ledger.giveBack(Array(waiting) + open.values.sorted { $0.id < $1.id }, at: clock.now())
        waiting = []
        open = [:]
    }
}
