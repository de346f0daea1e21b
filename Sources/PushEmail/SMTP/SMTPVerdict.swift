import Push

/// What a refusal means for the one recipient of the transaction: the table of codes (RFC 5321, RFC 3463, the registry of RFC 5248).
///
/// 4xx is temporary. 5xx is final where it speaks of this recipient or this message. Where it speaks of us (login, protocol, policy,
/// reputation) it says nothing about the recipient: an edition must not end for everybody because the relay has forgotten a
/// rule. 5.7.1 and its kin are said of both; then what others got decides.
enum SMTPVerdict: String, Hashable, Sendable {
    /// Later, for this recipient.
    case later
    /// Final for this recipient, or for this message to anybody.
    case final
    /// About us or the relay itself, whoever the recipient.
    case us
    /// About us or about this recipient.
    case unproved

    init(_ reply: SMTPReply, at step: SMTPStep) {
        let parts = reply.enhanced?.split(separator: ".").compactMap { Int($0) } ?? []
        let (subject, detail) = parts.count == 3 ? (parts[1], parts[2]) : (nil, nil)
        if reply.code < 500 {
            // At MAIL nothing has been said of a recipient yet.
            self = step == .mail && (subject == 7 || subject == 3 || Self.basicAboutUs.contains(reply.code)) ? .us : .later
            return
        }
        guard let subject, let detail else {
            self = Self.basicAboutUs.contains(reply.code) || step == .mail && reply.code == 550 ? .us : .final
            return
        }
        // A mailbox that does not exist is no word about us, whatever basic code stands before it.
        self = Self.table[subject]?[detail] ?? Self.subjects[subject] ?? (Self.basicAboutUs.contains(reply.code) ? .us : .final)
    }

    /// Without an enhanced code: syntax, sequence, authentication, and a local error at 421, 451 and 454.
    private static let basicAboutUs: Set<Int> = [421, 451, 454, 500, 501, 502, 503, 504, 521, 530, 534, 535, 538]

    /// By subject (the second number), where the detail is not in the table: 1 addressing, 2 mailbox, 3 mail system, 4 routing,
    /// 5 protocol, 6 content, 7 policy. 0 says nothing.
    private static let subjects: [Int: SMTPVerdict] = [1: .final, 2: .final, 3: .us, 4: .final, 5: .us, 6: .final, 7: .us]

    private static let table: [Int: [Int: SMTPVerdict]] = [
        // 5.1.7 and 5.1.8: our sender address, by its syntax or its domain.
        1: [7: .us, 8: .us],
        // 5.3.0 is said of anything; 5.3.4: the message is too big for the system; 5.3.6: priority changed.
        3: [0: .unproved, 4: .final, 6: .final],
        // 5.5.0 is said of an unknown user by old Exchange; 5.5.3: too many recipients, but a transaction of ours has one.
        5: [0: .unproved],
        7: [
            // Delivery not authorised; list expansion prohibited; 5.7.0 "other security status" stays about us.
            1: .unproved, 2: .unproved,
            // Conversion of the message's security features; encryption, keys and algorithms of this message.
            3: .final, 4: .final, 5: .final, 6: .final, 7: .final,
            // RFC 7293: the mailbox has another owner now; its domain has.
            17: .final, 18: .final,
            // RFC 7372 and 7489 (20 to 27): DKIM, SPF, reverse DNS, several checks: about us by the subject's rule.
            // Exchange Online: a recipient that takes mail from few.
            124: .final, 133: .final, 134: .final, 135: .final, 136: .final, 193: .final,
        ],
    ]

    /// The outcome for the recipient, with the relay's words.
    static func outcome(_ reply: SMTPReply, at step: SMTPStep) -> DeliveryOutcome {
        let text = "\(step.rawValue): \(reply)"
        return switch SMTPVerdict(reply, at: step) {
        case .later: .deferred(reply: text)
        case .final: .failed(reply: text)
        case .us: .unwelcome(reply: text)
        case .unproved: .unproved(reply: text)
        }
    }
}
