/// Whether a failed delivery means that nothing will ever arrive at the address.
///
/// A code that speaks of the address or its domain is hard. One that speaks of a full mailbox, of the mail, of its sender or of the
/// way is soft, although it begins with 5: the person is there. Where the code says nothing (5.0.0, none at all) the words decide;
/// a refusal for good without any more words is hard, anything else soft.
enum FailureJudgement {
    /// `status` as the report has it, `text` the receiver's own words.
    static func verdict(_ status: StatusCode?, _ text: String) -> BounceVerdict {
        let spoken = StatusCode.first(in: text, classes: [4, 5])
        // A code of the final host is more exact than the reporting system's 5.0.0.
        let code = status.map { $0.saysNothing ? spoken ?? $0 : $0 } ?? spoken
        let kind = FailureKind.of(text)
        guard let code else { return byReply(StatusCode.reply(in: text), kind, text) }
        if code.kind == 4 { return .soft }
        // 5.4.7 of a system that gave up, with the host's own temporary word.
        if code.kind != 5 { return .soft }
        return bySubject(code, kind, text)
    }

    private static func bySubject(_ code: StatusCode, _ kind: FailureKind?, _ text: String) -> BounceVerdict {
        let isUnknown = kind == .unknown
        switch (code.subject, code.detail) {
        case (0, _): return byReply(StatusCode.reply(in: text), kind, text)
        case (1, 5), (1, 7), (1, 8): return .soft
        case (1, _): return .hard
        case (2, 1): return kind == .full || kind == .policy ? .soft : .hard
        case (2, 0): return isUnknown ? .hard : .soft
        case (2, _): return .soft
        case (3, 0): return isUnknown ? .hard : .soft
        case (4, 4), (4, 310): return .hard
        case (4, 0), (4, 1): return isUnknown || text.lowercased().contains("access denied") ? .hard : .soft
        case (5, 0), (5, 4): return isUnknown ? .hard : .soft
        case (7, 13): return .hard
        case (7, 0), (7, 1): return isUnknown && !isPolicy(text) ? .hard : .soft
        default: return .soft
        }
    }

    private static func byReply(_ reply: Int?, _ kind: FailureKind?, _ text: String) -> BounceVerdict {
        if let reply, reply < 500 { return .soft }
        switch kind {
        case .unknown: return .hard
        case .sender, .full, .size, .policy, .expired: return .soft
        case nil: break
        }
        if reply == 552 { return .soft }
        let text = text.lowercased()
        return reply != nil || ["permanent", "fatal"].contains(where: { text.contains($0) }) && !text.contains("non-fatal") ? .hard : .soft
    }

    /// "5.7.1 … rejected by policy, see https://…/user-unknown": the policy counts.
    private static func isPolicy(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["spam", "policy", "blocked", "spf", "dkim", "dmarc", "reputation", "blacklist", "blocklist", "not authorized"].contains {
            text.contains($0)
        }
    }
}
