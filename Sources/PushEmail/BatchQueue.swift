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

    func next(waiting: Bool) throws(Fault) -> ClaimedMail? {
        let mail: ClaimedMail
        if let held {
            mail = held
        } else if let delivery = try batch.next() {
            mail = try mails.mail(delivery)
        } else {
            return nil
        }
        held = mail
        guard try mayStart(waiting: waiting) else { return nil }
        held = nil
        return mail
    }

    func settle(_ mail: ClaimedMail, _ outcome: DeliveryOutcome) throws(Fault) {
        try batch.settle(mail.delivery, outcome)
        if case .ambiguous = outcome { doubted += 1 } else { answered += 1 }
    }

    /// Waits in short pieces, so that a stop of the service is heard whatever the rate is.
    private func mayStart(waiting: Bool) throws(Fault) -> Bool {
        guard let rate else { return true }
        while let due = rate.take(at: clock.now()) {
            guard waiting, !batch.isStopped else { return false }
            if due - clock.now() >= Self.longWait { try batch.record() }
            Kick().wait(until: due, clock: clock, atMost: .milliseconds(250))
        }
        return true
    }
}
