import Core
import Database

/// A report on a delivery, as it was understood, on its way into the ledger.
package struct BounceEntry: Hashable, Sendable {
    package enum Verdict: String, Hashable, Codable, Sendable, CaseIterable { case hard, soft, none }

    /// The same for the same report, however often it is met.
    package var digest: String
    package var verdict: Verdict
    /// Whom the mail was for; `nil` when that is not proved.
    package var recipient: RecipientID?
    package var edition: EditionID?
    package var status: String
    package var reason: String

    package init(digest: String, verdict: Verdict, recipient: RecipientID?, edition: EditionID?, status: String, reason: String) {
        self.digest = digest
        self.verdict = verdict
        self.recipient = recipient
        self.edition = edition
        self.status = status
        self.reason = reason
    }
}

extension Ledger {
    /// Soft bounces within ``softPeriod`` after which an address is suppressed.
    package static let softLimit = 5
    package static let softPeriod = Span.days(30)

    /// What recording a report has changed.
    package enum BounceOutcome: Hashable, Sendable {
        /// It was recorded before; nothing has changed.
        case known
        case recorded
        /// Its recipient is sent nothing from now on.
        case suppressed
    }

    /// Records a report, once. A hard one suppresses its recipient's address at once, the fifth soft one in 30 days does too, in
    /// the same transaction.
    package func recordBounce(_ entry: BounceEntry, at now: Instant) throws(Fault) -> BounceOutcome {
        try write([.recipients]) { db throws(Fault) in
            // A number from a token whose ledger is gone (a restored backup) names nobody.
            let recipient = try entry.recipient.flatMap { id throws(Fault) in
                try db.first("SELECT id FROM recipient WHERE id = ?", Value(id)) { row -> RecipientID in row.identifier(0) }
            }
            let new = try db.run(
                """
                INSERT OR IGNORE INTO bounce (digest, at, verdict, recipient, edition, status, reason) VALUES (?, ?, ?, ?, ?, ?, ?)
                """, Value(entry.digest), Value(now), Value(entry.verdict.rawValue), Value(recipient), Value(entry.edition),
                Value(entry.status), Value(entry.reason))
            guard new > 0 else { return .known }
            guard let recipient else { return .recorded }
            switch entry.verdict {
            case .none: return .recorded
            case .hard:
                let reason = [entry.status, entry.reason].filter { !$0.isEmpty }.joined(separator: " ")
                return try db.suppress(recipient, reason, now) ? .suppressed : .recorded
            case .soft:
                let count =
                    try db.first(
                        "SELECT count(*) FROM bounce WHERE recipient = ? AND verdict = 'soft' AND counts AND at > ?", Value(recipient),
                        Value(now - Self.softPeriod)
                    ) { $0.int(0) } ?? 0
                guard count >= Self.softLimit else { return .recorded }
                let reason = "\(count) soft bounces in 30 days, the last: \(entry.status) \(entry.reason)"
                return try db.suppress(recipient, reason, now) ? .suppressed : .recorded
            }
        }
    }

    /// Whether a report is recorded already.
    package func hasBounce(_ digest: String) throws(Fault) -> Bool {
        try read { db throws(Fault) in try db.first("SELECT 1 FROM bounce WHERE digest = ?", Value(digest)) { _ in true } ?? false }
    }

    /// How many reports of each verdict have come.
    package func bounceCounts() throws(Fault) -> [BounceEntry.Verdict: Int] {
        let counts = try read { db throws(Fault) in
            try db.all("SELECT verdict, count(*) FROM bounce GROUP BY verdict") {
                (BounceEntry.Verdict(rawValue: $0.text(0)), $0.int(1))
            }
        }
        return counts.reduce(into: [:]) { if let verdict = $1.0 { $0[verdict] = $1.1 } }
    }

    /// The recipient with an address, for installations whose return path has no token.
    package func recipient(address: EmailAddress) throws(Fault) -> RecipientID? {
        try read { db throws(Fault) in
            try db.first("SELECT id FROM recipient WHERE address_key = ?", Value(address.key)) { $0.identifier(0) }
        }
    }
}
