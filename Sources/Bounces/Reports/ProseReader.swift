import Foundation

/// Reads reports that are written for people alone: qmail, Exim, old Exchange and Gmail, Notes, GroupWise, and reports whose
/// machine's part got lost.
///
/// Only what stands before the mail that came back counts, and no line that is quoted.
struct ProseReader {
    private let lines: [String]
    private let whole: String

    init(_ text: String) {
        var kept: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).prefix(2_000) {
            let plain = line.trimmingCharacters(in: .whitespaces)
            if Self.beginsOriginal(plain.lowercased()), !kept.isEmpty { break }
            if plain.hasPrefix(">"), !plain.hasPrefix(">>>") { continue }
            kept.append(String(line.prefix(2_000)))
        }
        lines = kept
        whole = kept.joined(separator: "\n")
    }

    /// Where the mail that came back begins.
    private static func beginsOriginal(_ line: String) -> Bool {
        let marks = [
            "below this line is a copy", "this is a copy of the message", "this is a copy of your message", "original message follows",
            "--- original message", "-----original message", "the headers of the original", "this is a copy of the headers",
            "--- message header follows", "message headers follow", "--- returned message", "unsent message below",
            "original message headers", "--- undelivered message", "message text follows", "received: from ", "return-path: <",
            "oprindelige meddelelseshoveder", "---- oprindelig", "opprinnelige meldingshoder", "copy of the original", "message follows",
        ]
        return marks.contains { line.contains($0) } && line.count < 120
    }

    /// What the words say; empty when they tell of no delivery that failed. `known` are addresses of the header.
    func findings(failed known: [String], subject: String) -> [BounceFinding] {
        let lower = whole.lowercased()
        if isDelay(lower, subject.lowercased()) {
            return [
                BounceFinding(
                    .none, address: known.first ?? addresses().first ?? "", status: code(classes: [4]), reason: "delivery delayed")
            ]
        }
        guard tellsFailure(lower, subject.lowercased()) || !known.isEmpty else { return [] }
        let found = known.isEmpty ? addresses() : known
        guard !found.isEmpty else { return [finding("", words())] }
        return found.prefix(100).map { finding($0, explanation($0)) }
    }

    private func finding(_ address: String, _ words: String) -> BounceFinding {
        let words = words.isEmpty ? self.words() : words
        let status = StatusCode.first(in: words, classes: [4, 5]) ?? StatusCode.first(in: whole, classes: [4, 5])
        let judged =
            StatusCode.first(in: words) == nil && FailureKind.of(words) == nil && StatusCode.reply(in: words) == nil ? whole : words
        return BounceFinding(
            FailureJudgement.verdict(status, judged), address: address, status: status.map(\.description) ?? "",
            reason: words.isEmpty ? "delivery failed" : words)
    }

    private func code(classes: Set<Int>) -> String { StatusCode.first(in: whole, classes: classes).map(\.description) ?? "" }

    // MARK: What kind of notice

    private func isDelay(_ text: String, _ subject: String) -> Bool {
        let marks = [
            "this is a warning message only", "you do not need to resend", "will retry for", "will continue to try", "will be retried",
            "delivery attempts will continue", "has been delayed", "is delayed", "not yet been delivered", "delayed 24 hours",
            "still trying",
            "could not send message for past", "transient non-fatal errors", "delivery incomplete", "der gøres fortsat forsøg",
            "leveringen er forsinket", "leveringen er forsinka", "er blevet forsinket", "vil fortsat bli forsøkt",
        ]
        if subject.contains("(delay)") || subject.contains("delayed") || subject.contains("forsinket")
            || subject.hasPrefix("warning: message")
            || subject.hasPrefix("warning: could not send") || subject.contains("delivery delay")
        {
            return true
        }
        return marks.contains { text.contains($0) } && !text.contains("given up") && !text.contains("permanent error")
            && !text.contains("failed permanently") && !text.contains("permanent fatal errors")
    }

    private func tellsFailure(_ text: String, _ subject: String) -> Bool {
        if StatusCode.first(in: text, classes: [4, 5]) != nil { return true }
        return Self.failures.contains { text.contains($0) } || Self.failures.contains { subject.contains($0) }
    }

    private static let failures = [
        "could not be delivered", "couldn't be delivered", "couldn’t be delivered", "cannot be delivered", "can't be delivered",
        "wasn't delivered", "wasn’t delivered", "was not delivered", "not be delivered", "unable to deliver", "wasn't able to deliver",
        "not able to deliver", "not able to be delivered", "delivery failed", "delivery has failed", "delivery failure",
        "failed permanently",
        "undeliverable", "undelivered", "not reach", "could not be reached", "permanent fatal error", "permanent error", "returned mail",
        "delivery to the following",
        "failure notice", "returned to sender", "returning message to sender", "error occurred while trying to deliver", "unknown user",
        "user unknown", "unable to be delivered", "kunne ikke leveres", "kan ikke leveres", "blev ikke leveret", "ikke leveret",
        "mislykkedes", "ikke levert", "mislyktes", "kunne ikke nås", "nåede ikke",
    ]

    // MARK: Addresses and words

    /// Addresses of recipients: those that head a paragraph, those after the words that announce them, else the first one at all.
    private func addresses() -> [String] {
        var found: [String] = []
        func add(_ address: String?) {
            guard let address, !found.contains(where: { $0.lowercased() == address.lowercased() }), found.count < 100 else { return }
            found.append(address)
        }
        for line in lines {
            let plain = line.trimmingCharacters(in: .whitespaces)
            if plain.hasPrefix("<"), let close = plain.firstIndex(of: ">") {
                let rest = plain[plain.index(after: close)...]
                if rest.isEmpty || rest.hasPrefix(":") || rest.hasPrefix(" ") { add(ReportAddress.first(in: plain[..<close])) }
            }
        }
        if found.isEmpty { for address in announced() { add(address) } }
        if found.isEmpty {
            for line in lines {
                guard let range = line.range(of: "rcpt to:", options: .caseInsensitive) else { continue }
                add(ReportAddress.first(in: line[range.upperBound...]))
            }
        }
        if found.isEmpty { add(ReportAddress.first(in: whole)) }
        return found
    }

    private static let announcements = [
        "following address", "following recipient", "these recipients", "following user", "recipient(s)", "address(es) failed",
        "delivered to",
        "delivered to:", "could not be reached", "undeliverable to", "not delivered to", "deliver to", "message to", "disse modtagere",
        "følgende modtager", "disse mottakerne", "følgende mottaker", "recipients or groups", "the message to", "unknown user",
        "meddelelse til", "melding til", "besked til", "mailbox exceeds allowed size", "undeliverable",
    ]

    /// On the line that announces them, or on the first lines after it, up to an empty line behind the first address.
    private func announced() -> [String] {
        for (index, line) in lines.enumerated() {
            let lower = line.lowercased()
            guard let mark = Self.announcements.compactMap({ lower.range(of: $0)?.upperBound }).first else { continue }
            if let same = ReportAddress.first(in: lower[mark...]) {
                // As it is written, not as it was searched.
                return [whole.range(of: same, options: .caseInsensitive).map { String(whole[$0]) } ?? same]
            }
            var found: [String] = []
            for next in lines[(index + 1)...].prefix(12) {
                if next.allSatisfy(\.isWhitespace) {
                    if found.isEmpty { continue } else { break }
                }
                let isIndented = next.hasPrefix(" ") || next.hasPrefix("\t") || found.isEmpty
                guard let address = ReportAddress.first(in: next), isIndented, !next.lowercased().contains("host ") else {
                    if found.isEmpty { continue } else { break }
                }
                if !found.contains(address) { found.append(address) }
            }
            if !found.isEmpty { return found }
        }
        return []
    }

    /// The words behind an address, to the end of the paragraph that has a code or a known cause.
    private func explanation(_ address: String) -> String {
        guard let start = lines.firstIndex(where: { $0.range(of: address, options: .caseInsensitive) != nil }) else { return "" }
        var text: [String] = []
        if let range = lines[start].range(of: address, options: .caseInsensitive) {
            text.append(String(lines[start][range.upperBound...].drop { ">:;,. '\")]".contains($0) }))
        }
        var wasEmpty = false
        for line in lines[(start + 1)...].prefix(12) {
            let plain = line.trimmingCharacters(in: .whitespaces)
            let spoken = text.joined(separator: " ")
            if plain.isEmpty {
                if StatusCode.reply(in: spoken) != nil || StatusCode.first(in: spoken) != nil || FailureKind.of(spoken) != nil { break }
                wasEmpty = true
                continue
            }
            // The next recipient's paragraph.
            if wasEmpty, plain.hasPrefix("<"), plain.contains("@"), !plain.contains("#") { break }
            wasEmpty = false
            text.append(plain)
        }
        return text.joined(separator: " ").trimmingCharacters(in: .whitespaces)
    }

    /// The line that has a code or a known cause.
    private func words() -> String {
        let line =
            lines.first { StatusCode.first(in: $0, classes: [4, 5]) != nil }
            ?? lines.first { StatusCode.reply(in: $0) != nil && FailureKind.of($0) != nil } ?? lines.first { FailureKind.of($0) != nil }
        return line?.trimmingCharacters(in: .whitespaces) ?? ""
    }
}
