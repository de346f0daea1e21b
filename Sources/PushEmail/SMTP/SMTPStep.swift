import Core

/// A place in the dialogue where the relay answers.
enum SMTPStep: String, Sendable {
    case reset = "RSET"
    case mail = "MAIL"
    case recipient = "RCPT"
    case data = "DATA"
    /// The final dot.
    case content = "the message"

    /// The only code family that lets the dialogue go on: 354 after DATA, 2xx elsewhere (RFC 5321, section 4.3.2).
    func accepts(_ reply: SMTPReply) -> Bool { self == .data ? reply.code == 354 : (200...299).contains(reply.code) }
}

/// How long each step may take. RFC 5321, section 4.5.3.2 gives 5 minutes to a command, 2 to DATA, 3 to a block of content
/// and 10 to the final dot; a relay of one's own answers in seconds, and a lane must not be held for so long.
package struct SMTPLimits: Hashable, Sendable {
    package var command = Span.seconds(30)
    package var data = Span.seconds(60)
    /// For sending all of one mail.
    package var content = Span.seconds(120)
    /// After the final dot: longer than a relay's content filter takes, since giving up here may mean a second copy.
    package var acceptance = Span.seconds(120)
    package var quit = Span.seconds(1)

    package init() {}

    func reply(_ step: SMTPStep) -> Span {
        switch step {
        case .reset, .mail, .recipient: command
        case .data: data
        case .content: acceptance
        }
    }
}
