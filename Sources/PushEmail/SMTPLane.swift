import Core
import Push

/// One connection to a relay, opened when the lane is and again when the relay has closed it.
///
/// A relay closes connections for its own reasons: after so many messages, or because one was idle. When the present one has
/// brought answers before it ended, or had lain idle, the rest of the batch goes back without complaint and the next batch gets
/// a new one; otherwise the end is a ``Fault``, and the outbox pauses before it tries again.
final class SMTPLane: Lane {
    private let door: RelayDoor
    private let route: String
    private let mails: EditionMails
    private let rate: SendingRate?
    private let clock: any WallClock
    private let perConnection: Int?
    private let interruption: Interruption
    private var session: SMTPSession?
    /// How many more mails the session takes.
    private var budget: Int?
    /// The session has carried a whole batch and lain idle since.
    private var wasIdle = false

    init(
        _ door: RelayDoor, route: String, _ mails: EditionMails, _ rate: SendingRate?, _ clock: any WallClock, perConnection: Int?,
        _ interruption: Interruption
    ) throws(Fault) {
        self.door = door
        self.route = route
        self.mails = mails
        self.rate = rate
        self.clock = clock
        self.perConnection = perConnection
        self.interruption = interruption
        session = try door.open(interruption)
        budget = perConnection
    }

    func carry(_ batch: Batch) throws(Fault) {
        let queue = BatchQueue(batch, mails, rate, clock)
        // Each turn is a connection that has carried as many messages as it may; a limit is at least 1, so every turn carries one.
        while try carry(queue) {}
    }

    /// Returns whether a new connection is to go on with the batch.
    private func carry(_ queue: BatchQueue) throws(Fault) -> Bool {
        let session: SMTPSession
        if let present = self.session {
            session = present
        } else {
            session = try door.open(interruption)
            budget = perConnection
        }
        self.session = session
        queue.allow(budget)
        do throws(SMTPSession.Ending) {
            try session.carry(queue)
            wasIdle = true
            budget = queue.budget
            guard let budget, budget <= 0 else { return false }
            session.quit()
            self.session = nil
            wasIdle = false
            return queue.isSpent
        } catch {
            self.session = nil
            // A complete mail without an answer is never excused: a relay that does so each time must not get the next at once.
            let excused = queue.doubted == 0 && (queue.answered > 0 || wasIdle)
            wasIdle = false
            switch error {
            case .queue(let fault): throw fault
            case .connection(let cause) where !excused:
                throw Fault("send through the relay", route, cause: cause, mend: "See the relay's own log.")
            case .connection: return false
            }
        }
    }

    func close() {
        session?.quit()
        session = nil
    }
}
