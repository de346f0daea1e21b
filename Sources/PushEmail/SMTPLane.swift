import Core
import Curl
import Push

/// One connection to a relay, opened when the lane is and again when the relay has closed it.
///
/// A relay closes connections for its own reasons: after so many messages, or because one was idle. When the present one has
/// brought answers before it ended, or had lain idle, the rest of the batch goes back without complaint and the next batch gets
/// a new one; otherwise the end is a ``Fault``, and the outbox pauses before it tries again.
final class SMTPLane: Lane {
    private let endpoint: SMTPEndpoint
    private let route: String
    private let mails: EditionMails
    private let rate: SendingRate?
    private let clock: any WallClock
    private let limits: SMTPLimits
    private var session: SMTPSession?
    /// The session has carried a whole batch and lain idle since.
    private var wasIdle = false

    init(
        _ endpoint: SMTPEndpoint, route: String, _ mails: EditionMails, _ rate: SendingRate?, _ clock: any WallClock, _ limits: SMTPLimits
    ) throws(Fault) {
        self.endpoint = endpoint
        self.route = route
        self.mails = mails
        self.rate = rate
        self.clock = clock
        self.limits = limits
        session = SMTPSession(try SMTPConnection(endpoint), limits: limits)
    }

    func carry(_ batch: Batch) throws(Fault) {
        let queue = BatchQueue(batch, mails, rate, clock)
        let session: SMTPSession
        if let present = self.session { session = present } else { session = SMTPSession(try SMTPConnection(endpoint), limits: limits) }
        self.session = session
        do throws(SMTPSession.Ending) {
            try session.carry(queue)
            wasIdle = true
        } catch {
            self.session = nil
            // A complete mail without an answer is never excused: a relay that does so each time must not get the next at once.
            let excused = queue.doubted == 0 && (queue.answered > 0 || wasIdle)
            wasIdle = false
            switch error {
            case .queue(let fault): throw fault
            case .connection(let cause) where !excused:
                throw Fault("send through the relay", route, cause: cause, mend: "See the relay's own log.")
            case .connection: break
            }
        }
    }

    func close() {
        session?.quit()
        session = nil
    }
}
