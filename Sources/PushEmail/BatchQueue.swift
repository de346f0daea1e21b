import Core
import Ledger
import Push

/// A batch of the outbox as the lanes of email take from it: composed mails, at the permitted rate.
final class BatchQueue: MailQueue {
    /// How many outcomes came from the relay itself: the connection was of use.
    private(set) var answered = 0
    /// How many complete mails got no answer.
    private(set) var doubted = 0

    /// Before such a wait what is known goes to the ledger.
    private static let longWait = Span.milliseconds(100)
    /// A mail that may not go for longer than this goes back: another relay may be free for it.
    private static let longestWait = Span.seconds(2)

    /// How many mails the present connection still takes; `nil` when there is no limit.
    private(set) var budget: Int?
    /// The connection has carried what it may, and there may be more.
    private(set) var isSpent = false

    /// Handed out by the batch, and not permitted by the rate yet.
    private var held: ClaimedMail?
    private let batch: Batch
    private let mails: EditionMails
    private let rate: SendingRate?
    private let clock: any WallClock

    init(_ batch: Batch, _ mails: EditionMails, _ rate: SendingRate?, _ clock: any WallClock) {
        self.batch = batch
        self.mails = mails
        self.rate = rate
        self.clock = clock
    }

    /// A connection begins to take from the queue.
    func allow(_ budget: Int?) {
        self.budget = budget
        isSpent = false
    }

    func next(waiting: Bool) throws(Fault) -> ClaimedMail? {
        if let budget, budget <= 0 {
            isSpent = true
            return nil
        }
        let mail: ClaimedMail
        if let held {
            mail = held
        } else if let delivery = try batch.next() {
            mail = try mails.mail(delivery)
        } else {
            return nil
        }
        held = mail
        guard try mayStart(mail.delivery, waiting: waiting) else { return nil }
        held = nil
        budget = budget.map { $0 - 1 }
        return mail
    }

    func settle(_ mail: ClaimedMail, _ outcome: DeliveryOutcome) throws(Fault) {
        try batch.settle(mail.delivery, outcome)
        if case .ambiguous = outcome { doubted += 1 } else { answered += 1 }
    }

    /// Waits in short pieces, so that a stop of the service and a crisis message are heard whatever the rate is.
    private func mayStart(_ delivery: ClaimedDelivery, waiting: Bool) throws(Fault) -> Bool {
        guard let rate else { return true }
        while let due = rate.take(at: clock.now()) {
            guard waiting, !batch.isStopped(before: delivery), due - clock.now() <= Self.longestWait else { return false }
            if due - clock.now() >= Self.longWait { try batch.record() }
            Kick().wait(until: due, clock: clock, atMost: .milliseconds(250))
        }
        return true
    }
}
