import Core
import Curl
import Push

/// The dialogue of one connection: mail after mail, one recipient each.
///
/// In: a queue of mails. Out: for each an outcome by the relay's own words. Where the relay offers PIPELINING (RFC 2920), MAIL, RCPT
/// and DATA go in one write, and those of the next mail go in one write with the present mail's content, behind its final dot;
/// otherwise strictly in turn. A mail is settled in the queue before the final dot of the next is sent. After a refusal RSET
/// keeps the connection. Failure: a lost connection, a time-out, 421 or an answer that makes no sense ends the session; a mail
/// whose final dot was sent without an answer is settled as ambiguous, every mail before its dot is left untouched.
package final class SMTPSession {
    /// Why the session is over.
    package enum Ending: Error {
        /// The relay's or the network's doing, in words for the operator.
        case connection(String)
        /// The queue could not record an outcome.
        case queue(Fault)
    }

    package let capabilities: SMTPCapabilities
    /// What the relay calls itself.
    package let relayName: String

    private let connection: SMTPConnection
    private let limits: SMTPLimits
    private var buffer: [UInt8] = []
    /// A refused transaction is still open at the relay.
    private var needsReset = false
    /// Why the session ends once the present mail is settled.
    private var closing: String?
    private var isOver = false

    package init(_ connection: SMTPConnection, limits: SMTPLimits = SMTPLimits()) {
        self.connection = connection
        self.limits = limits
        capabilities = SMTPCapabilities(helloLines: connection.helloLines)
        relayName = connection.helloLines.first.map { String($0.prefix { $0 != " " }) } ?? "the relay"
    }

    /// Carries mails until the queue has none. Throws why the session ended before that.
    package func carry<Queue: MailQueue>(_ queue: Queue) throws(Ending) {
        do throws(Ending) {
            var present = try next(queue, waiting: true)
            var isOpened = false
            while let mail = present {
                var following: Queue.Mail?
                if let refusal = try open(mail, alreadySaid: isOpened) {
                    try settle(queue, mail, refusal)
                } else {
                    if capabilities.pipelining { following = try next(queue, waiting: false) }
                    try settle(queue, mail, try hand(over: mail, before: following))
                }
                if let closing { throw .connection(closing) }
                isOpened = following != nil
                present = if let following { following } else { try next(queue, waiting: true) }
            }
        } catch {
            isOver = true
            throw error
        }
    }

    /// Takes leave (RFC 5321, section 4.1.1.10), waiting but a moment for the answer.
    package func quit() {
        guard !isOver else { return }
        isOver = true
        let deadline = ContinuousClock.now + .milliseconds(limits.quit.milliseconds)
        do throws(ConnectionLoss) {
            try connection.send(Array("QUIT\r\n".utf8), until: deadline)
            _ = try connection.receiveLine(until: deadline)
        } catch {
            // Whether the relay hears the farewell changes nothing for any mail.
        }
    }

    // MARK: The envelope

    /// Opens a transaction; its refusal, or `nil` when the relay awaits the content. With `alreadySaid` the commands lay behind
    /// the final dot of the mail before, and only the answers are left to read.
    private func open<Mail: OutgoingMail>(_ mail: Mail, alreadySaid: Bool) throws(Ending) -> DeliveryOutcome? {
        guard !alreadySaid else { return try judge(SMTPEnvelope.steps) }
        let commands = (needsReset ? [SMTPCommand.reset] : []) + mail.envelope.commands(capabilities)
        needsReset = false
        if capabilities.pipelining {
            try send(commands.flatMap(\.bytes), within: limits.command)
            return try judge(commands.map(\.step))
        }
        for command in commands {
            try send(command.bytes, within: limits.command)
            let reply = try reply(to: command.step)
            if !command.step.accepts(reply) { return try refused(reply, at: command.step) }
        }
        return nil
    }

    /// Reads the answers to commands that were sent together. The first refusal decides; the answers after it only follow from it.
    private func judge(_ steps: [SMTPStep]) throws(Ending) -> DeliveryOutcome? {
        var refusal: DeliveryOutcome?
        for step in steps {
            do throws(Ending) {
                let reply = try reply(to: step)
                let isAccepted = step.accepts(reply)
                if refusal == nil, !isAccepted { refusal = try refused(reply, at: step) }
                if refusal != nil, isAccepted, step == .data { try takeBackData() }
            } catch {
                guard let refusal, case .connection(let cause) = error else { throw error }
                closing = cause
                return refusal
            }
            if closing != nil { break }
        }
        return refusal
    }

    /// RFC 2920, section 3.1: a relay may await content although it refused the recipient; it gets none.
    private func takeBackData() throws(Ending) {
        try send([0x2E, 0x0D, 0x0A], within: limits.command)
        _ = try reply(to: .content)
        needsReset = false
    }

    /// What a refusal means for the mail; throws when it is not about this mail and the session is over.
    private func refused(_ reply: SMTPReply, at step: SMTPStep) throws(Ending) -> DeliveryOutcome {
        guard !reply.isPositive, step != .reset else { throw .connection("it answered \(step.rawValue) with \(reply)") }
        if reply.isClosing {
            // 421 speaks of the connection; only at RCPT some relays mean the recipient by it.
            guard step == .recipient else { throw .connection(reply.description) }
            closing = reply.description
        }
        needsReset = true
        return SMTPVerdict.outcome(reply, at: step)
    }

    // MARK: The content

    /// Sends a mail's content, with the opening of the next behind it, and reads what the relay makes of it. Throws when the
    /// final dot was not sent.
    private func hand<Mail: OutgoingMail>(over mail: Mail, before following: Mail?) throws(Ending) -> DeliveryOutcome {
        buffer.removeAll(keepingCapacity: true)
        mail.append(into: &buffer)
        DotStuffing.finish(&buffer, from: 0)
        let end = buffer.count
        if let following { for command in following.envelope.commands(capabilities) { buffer += command.bytes } }
        do throws(ConnectionLoss) {
            try connection.send(buffer, until: deadline(limits.content))
        } catch {
            closing = error.cause.rawValue
            if error.sent < end { return try earlyRefusal(error.cause) }
        }
        let reply: SMTPReply
        do throws(Ending) {
            reply = try self.reply(to: .content)
        } catch {
            guard case .connection(let cause) = error else { throw error }
            closing = cause
            return .ambiguous(reply: cause)
        }
        if SMTPStep.content.accepts(reply) { return .sent(reply: reply.description) }
        if reply.isPositive || reply.isClosing { closing = reply.description }
        return reply.isPositive ? .ambiguous(reply: reply.description) : SMTPVerdict.outcome(reply, at: .content)
    }

    /// A relay that broke off in the middle of the content may have said why: then that is its answer to this mail.
    private func earlyRefusal(_ cause: ConnectionLoss.Cause) throws(Ending) -> DeliveryOutcome {
        guard let reply = try? readReply(until: deadline(limits.quit)), !reply.isPositive, !reply.isClosing else {
            throw .connection(cause.rawValue)
        }
        return SMTPVerdict.outcome(reply, at: .content)
    }

    // MARK: Bytes and lines

    private func deadline(_ span: Span) -> ContinuousClock.Instant { .now + .milliseconds(span.milliseconds) }

    private func send(_ bytes: [UInt8], within limit: Span) throws(Ending) {
        do throws(ConnectionLoss) {
            try connection.send(bytes, until: deadline(limit))
        } catch {
            // The relay may have closed with a word of farewell: 421 too many messages, say.
            if let reply = try? readReply(until: deadline(limits.quit)) { throw .connection(reply.description) }
            throw .connection(error.cause.rawValue)
        }
    }

    private func reply(to step: SMTPStep) throws(Ending) -> SMTPReply {
        do throws(ConnectionLoss) {
            return try readReply(until: deadline(limits.reply(step)))
        } catch {
            throw .connection("\(error.cause.rawValue) (at \(step.rawValue))")
        }
    }

    /// The most lines of one reply.
    private static let mostLines = 100

    /// One deadline for the whole reply: a relay that drips a byte a second gains nothing by it.
    private func readReply(until deadline: ContinuousClock.Instant) throws(ConnectionLoss) -> SMTPReply {
        var lines = [try connection.receiveLine(until: deadline)]
        while let last = lines.last, SMTPReply.continues(last), lines.count < Self.mostLines {
            lines.append(try connection.receiveLine(until: deadline))
        }
        guard let reply = SMTPReply(lines: lines) else { throw ConnectionLoss(.broken, sent: 0) }
        return reply
    }

    private func next<Queue: MailQueue>(_ queue: Queue, waiting: Bool) throws(Ending) -> Queue.Mail? {
        do throws(Fault) { return try queue.next(waiting: waiting) } catch { throw .queue(error) }
    }

    private func settle<Queue: MailQueue>(_ queue: Queue, _ mail: Queue.Mail, _ outcome: DeliveryOutcome) throws(Ending) {
        do throws(Fault) { try queue.settle(mail, outcome) } catch { throw .queue(error) }
    }
}
