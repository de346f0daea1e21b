import Foundation

/// What a mail that came to the return path says of a delivery.
///
/// Comes in: the mail's bytes, a stranger's, of any kind. Goes out: a ``BounceReport``; no input is an error. In this order: a delivery
/// report by its machine's part (RFC 3464), also when that stands in an ordinary multipart from a mail system; a receipt or a
/// complaint, from which nothing follows; words for people, from a mail system only; everything else is no report. So a person
/// who quotes, forwards or answers a report, and a program that answers in a person's name, cause nothing.
package enum ReportReader {
    package static func read(_ bytes: [UInt8]) -> BounceReport {
        let mail = MIMEPart(mail: bytes)
        let header = mail.header
        let receivers = ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "to", "cc"].flatMap {
            header.all($0)
        }
        .prefix(50)
        return BounceReport(
            findings: findings(mail), messageIdentifier: ReportAddress.bare(header["message-id"] ?? ""),
            receivedFor: receivers.flatMap { $0.split(separator: ",").prefix(50).map { ReportAddress.bare(String($0)) } })
    }

    private static func findings(_ mail: MIMEPart) -> [BounceFinding] {
        let (header, type) = (mail.header, mail.contentType)
        let subject = header.shown("subject")
        let sender = ReportSender(header)
        let reportType = type.type == "multipart/report" ? type.parameters["report-type"]?.lowercased() ?? "" : ""
        let parts = mail.flattened
        if let none = withoutConsequence(reportType, parts) { return [none] }
        let isAnswer = AutomaticReply.isAnswerOrForwarded(subject)
        if let status = parts.first(where: { DeliveryStatusReader.types.contains($0.contentType.type) }),
            type.type == "multipart/report" || DeliveryStatusReader.types.contains(type.type) || sender.isMailSystem && !isAnswer
        {
            let found = DeliveryStatusReader.findings(status, notice: notice(parts))
            if !found.isEmpty { return found }
        }
        return prose(parts, header, sender, subject, isReport: type.type == "multipart/report", isAnswer: isAnswer)
            ?? [BounceFinding(.none, reason: AutomaticReply.isOne(header) ? "automatic reply" : "not a delivery report")]
    }

    /// Read receipts (RFC 8098), complaints (RFC 5965), and reports on mail authentication or transport.
    private static func withoutConsequence(_ reportType: String, _ parts: [MIMEPart]) -> BounceFinding? {
        let types = Set(parts.map(\.contentType.type))
        if reportType == "disposition-notification" || types.contains("message/disposition-notification") {
            return BounceFinding(.none, reason: "read receipt")
        }
        if reportType == "feedback-report" || types.contains("message/feedback-report") {
            return BounceFinding(.none, reason: "complaint (feedback report)")
        }
        if reportType == "tlsrpt" { return BounceFinding(.none, reason: "transport report") }
        return nil
    }

    /// Words for people; `nil` when this is no report of a mail system.
    private static func prose(
        _ parts: [MIMEPart], _ header: HeaderBlock, _ sender: ReportSender, _ subject: String, isReport: Bool, isAnswer: Bool
    ) -> [BounceFinding]? {
        let failed = (header["x-failed-recipients"] ?? "").split(separator: ",").prefix(100).map { ReportAddress.bare(String($0)) }.filter {
            $0.contains("@")
        }
        guard !isAnswer, header["x-autoreply"] == nil,
            sender.isMailSystem || isReport || !failed.isEmpty || sender.hasEmptyPath && isBounce(subject)
        else { return nil }
        let found = ProseReader(notice(parts)).findings(failed: failed, subject: subject)
        return found.isEmpty ? nil : found
    }

    private static func isBounce(_ subject: String) -> Bool {
        let subject = subject.lowercased()
        return [
            "undeliver", "delivery status notification", "failure notice", "returned mail", "delivery fail", "delivery has failed",
            "delivery notification", "mail delivery", "non-delivery", "nondeliverable", "returning message", "kan ikke leveres",
            "kunne ikke leveres", "ikke leveret", "ikke levert", "kunne ikke afleveres",
        ].contains { subject.contains($0) }
    }

    /// Bytes of the words for people that are looked at.
    private static let noticeLimit = 32 << 10

    /// The report's words for people: its first text, or its first HTML without the marks.
    private static func notice(_ parts: [MIMEPart]) -> String {
        if let text = parts.first(where: { $0.contentType.type == "text/plain" && !isAttached($0) }) {
            let plain = text.text(limit: noticeLimit)
            if plain.contains(where: { !$0.isWhitespace }) { return plain }
        }
        return parts.first { $0.contentType.type == "text/html" }.map { HTMLText.plain($0.text(limit: noticeLimit * 4)) } ?? ""
    }

    private static func isAttached(_ part: MIMEPart) -> Bool {
        part.header["content-disposition"]?.lowercased().hasPrefix("attachment") ?? false
    }
}

/// The text of an HTML notice, for reading codes and addresses in it; not for showing.
enum HTMLText {
    static func plain(_ html: String) -> String {
        var text = ""
        var rest = Substring(html)
        while let open = rest.firstIndex(of: "<") {
            text += rest[..<open]
            let tag = rest[open...].prefix(20).lowercased()
            guard let close = rest[open...].firstIndex(of: ">") else { break }
            // An address in angle brackets that the writer forgot to escape is text.
            let inner = rest[rest.index(after: open)..<close]
            if inner.contains("@"), !inner.contains("="), !inner.contains(" ") { text += "<\(inner)>" }
            rest = rest[rest.index(after: close)...]
            for hidden in ["style", "script"] where tag.hasPrefix("<" + hidden) {
                let end = rest.range(of: "</" + hidden, options: .caseInsensitive)?.lowerBound ?? rest.endIndex
                rest = rest[end...]
            }
            if ["<br", "<p", "</p", "<div", "</div", "<tr", "</tr", "<li", "<h", "</h", "<td"].contains(where: { tag.hasPrefix($0) }) {
                text += "\n"
            }
        }
        text += rest
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&#39;", "'"), ("&quot;", "\""), ("&#64;", "@"), ("&amp;", "&"),
        ] {
            text = text.replacing(entity, with: character)
        }
        return text
    }
}
