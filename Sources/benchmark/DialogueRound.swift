import Core
import Curl
import Foundation
import Push
import PushEmail
import Synchronization
import TestKit

/// Mails over our dialogue without a ledger: a queue in memory for each connection.
enum DialogueRound {
    static func run(_ count: Int, _ connections: Int) throws -> Measure {
        let sink = try MailSink()
        defer { sink.stop() }
        let shared = try SampleEdition.shared()
        let endpoint = try SMTPEndpoint(url: "smtp://127.0.0.1:\(sink.port)", startTLS: .none)
        let mails = (1...count).compactMap(SampleEdition.recipient).map { SampleMail(shared: shared, recipient: $0) }
        let failures = Mutex<[String]>([])
        let threads = DispatchGroup()
        let (start, before) = (ContinuousClock.now, processorTime())
        for lane in 0..<connections {
            threads.enter()
            Thread {
                do {
                    let session = SMTPSession(try SMTPConnection(endpoint))
                    let part = mails.indices.filter { $0 % connections == lane }.map { mails[$0] }
                    try session.carry(MemoryQueue(part))
                    session.quit()
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
                threads.leave()
            }.start()
        }
        threads.wait()
        let (seconds, spent) = ((ContinuousClock.now - start) / .seconds(1), processorTime() - before)
        if let failure = failures.withLock({ $0.first }) {
            throw Fault("send", "the mails", cause: failure, mend: "Run the figure alone.")
        }
        return Measure(count, seconds, spent)
    }
}

private struct SampleMail: OutgoingMail {
    let shared: SharedMail
    let recipient: MailRecipient

    var envelope: SMTPEnvelope {
        SMTPEnvelope(
            sender: recipient.address, recipient: recipient.address, identifier: shared.messageIdentifier(recipient).localPart,
            size: shared.announcedSize)
    }

    func append(into buffer: inout [UInt8]) { shared.append(to: recipient, into: &buffer) }
}

private final class MemoryQueue: MailQueue {
    private var waiting: ArraySlice<SampleMail>

    init(_ mails: [SampleMail]) { waiting = mails[...] }

    func next(waiting: Bool) throws(Fault) -> SampleMail? { self.waiting.popFirst() }

    func settle(_ mail: SampleMail, _ outcome: DeliveryOutcome) throws(Fault) {
        guard case .sent = outcome else { throw Fault("send", "a mail", cause: "\(outcome)", mend: "Run the figure alone.") }
    }
}
