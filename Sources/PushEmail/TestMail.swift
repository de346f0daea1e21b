import Core
import Ledger
import Push

extension EmailChannel {
    /// Sends an edition to one address, over the same way as the real ones and outside the ledger: for who wants to see it first.
    /// Returns the relay's word. Throws a ``Fault`` when the relay cannot be reached or does not take it.
    package func sendTest(
        _ rendering: EditionRendering, of edition: EditionRecord, in language: Language, to address: EmailAddress
    ) throws(Fault) -> String {
        // No recipient of the directory has the number 0, so the links of a test mail change nobody's choices.
        let recipient = MailRecipient(
            id: RecipientID(0), address: address, name: "", preferences: settings.preferences(RecipientID(0), edition.publication))
        let mail = PersonalMail(shared: try mails.shared(edition, rendering, language), recipient: recipient, edition: edition.id, settings)
        switch way {
        case .directory(let path):
            return "written to \(try MailFolder(path).write(mail))"
        case .relay(let endpoint):
            let queue = SingleMail(mail)
            let session = try RelayDoor(endpoint, token: token, limits).open(Interruption())
            do throws(SMTPSession.Ending) {
                try session.carry(queue)
                session.quit()
            } catch {
                switch error {
                case .queue(let fault): throw fault
                case .connection(let cause):
                    throw Fault("send a test over", route, cause: cause, mend: "See the relay's own log.")
                }
            }
            switch queue.outcome {
            case .sent(let reply): return reply
            case .deferred(let reply, _), .failed(let reply), .unwelcome(let reply), .unproved(let reply), .ambiguous(let reply):
                throw Fault("send a test over", route, cause: "the relay answered: \(reply)", mend: "See the relay's log, or try later.")
            case nil: throw Fault("send a test over", route, cause: "nothing was said about the mail", mend: "See the relay's own log.")
            }
        }
    }
}

/// A queue of one.
private final class SingleMail: MailQueue {
    private(set) var outcome: DeliveryOutcome?
    private var waiting: PersonalMail?

    init(_ mail: PersonalMail) { waiting = mail }

    func next(waiting _: Bool) -> PersonalMail? {
        defer { waiting = nil }
        return waiting
    }

    func settle(_ mail: PersonalMail, _ outcome: DeliveryOutcome) { self.outcome = outcome }
}
