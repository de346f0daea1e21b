/// What a report says of one recipient, and what is to be concluded from it.
package enum BounceVerdict: String, Hashable, Codable, Sendable, CaseIterable {
    /// Nothing will ever arrive there: no more is sent.
    case hard
    /// It did not arrive this time: counted.
    case soft
    /// Nothing follows: a delay, a delivery, an automatic reply, or no report at all.
    case none
}

package struct BounceFinding: Hashable, Sendable {
    package var verdict: BounceVerdict
    /// As the report has it, empty when it names none: the address that was sent to where the report tells it from the final one.
    package var address: String
    /// `class.subject.detail` (RFC 3463), empty when the report has none.
    package var status: String
    /// One line, at most ``longestReason`` characters, without control characters.
    package let reason: String

    package static let longestReason = 300

    package init(_ verdict: BounceVerdict, address: String = "", status: String = "", reason: String) {
        self.verdict = verdict
        self.address = Self.line(address, 320)
        self.status = status
        self.reason = Self.line(reason, Self.longestReason)
    }

    private static func line(_ text: String, _ limit: Int) -> String {
        var line = ""
        var isSpaced = false
        for scalar in text.unicodeScalars.prefix(limit * 4) {
            if scalar.properties.isWhitespace || scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                isSpaced = !line.isEmpty
                continue
            }
            if isSpaced { line.unicodeScalars.append(" ") }
            isSpaced = false
            line.unicodeScalars.append(scalar)
        }
        return line.count > limit ? line.prefix(limit - 1) + "…" : line
    }
}

/// A mail that came to the return path, as it was understood.
package struct BounceReport: Hashable, Sendable {
    /// One for each recipient that the report names; one in all when it names none or is no report.
    package var findings: [BounceFinding]
    /// The mail's own Message-ID, without brackets; empty when it has none.
    package var messageIdentifier: String
    /// The addresses that the mail came to, by its header: one of them may hold the token of the return path.
    package var receivedFor: [String]

    /// What is concluded from the whole: its first recipient that failed for good, else the first that failed, else the first.
    package var conclusion: BounceFinding {
        for verdict in [BounceVerdict.hard, .soft] {
            if let found = findings.first(where: { $0.verdict == verdict }) { return found }
        }
        return findings.first ?? BounceFinding(.none, reason: "not a delivery report")
    }
}
