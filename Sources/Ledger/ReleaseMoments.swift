import Core
import Database

/// The channels of a release, as the ledger names them.
package enum ReleaseChannel {
    package static let email = "email"
    package static let web = "web"
    package static let feeds = "feeds"
    package static func endpoint(_ name: String) -> String { "endpoint/\(name)" }
}

/// When an edition was out on one channel: for mail and posts when the first and the last receiver had taken it, for web and feeds when
/// it could be fetched.
package struct ReleaseMoment: Hashable, Sendable {
    package var channel: String
    package var first: Instant
    package var last: Instant
}

extension [ReleaseMoment] {
    /// From the first channel's first moment to the last channel's first; `nil` with fewer than two channels.
    package var spread: Span? {
        guard count > 1, let earliest = map(\.first).min(), let latest = map(\.first).max() else { return nil }
        return latest - earliest
    }
}

extension Ledger {
    /// Notes that an edition is out on a channel, unless it has been noted.
    package func noteRelease(_ edition: EditionID, on channel: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in
            _ = try db.run(
                "INSERT OR IGNORE INTO release_moment (edition, channel, first, last) VALUES (?1, ?2, ?3, ?3)", Value(edition),
                Value(channel), Value(now))
        }
    }

    /// The channel that was first comes first.
    package func moments(of edition: EditionID) throws(Fault) -> [ReleaseMoment] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT channel, first, last FROM release_moment WHERE edition = ? ORDER BY first, channel LIMIT 1000", Value(edition)
            ) { ReleaseMoment(channel: $0.text(0), first: $0.instant(1), last: $0.instant(2)) }
        }
    }

    /// Editions with a web edition whose moment there has not been noted, the latest first.
    package func editionsNotNotedOnWeb(limit: Int = 20) throws(Fault) -> [EditionRecord] {
        try read { db throws(Fault) in
            try db.all(
                """
                \(EditionRecord.columns) WHERE web AND state = 'released' AND NOT EXISTS
                (SELECT 1 FROM release_moment WHERE release_moment.edition = edition.id AND channel = ?) ORDER BY release DESC LIMIT ?
                """, Value(ReleaseChannel.web), Value(limit)
            ) { EditionRecord($0) }
        }
    }
}

extension Connection {
    func noteMoment(_ edition: EditionID, _ channel: String, first: Instant, last: Instant) throws(Fault) {
        try run(
            """
            INSERT INTO release_moment (edition, channel, first, last) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (edition, channel) DO UPDATE SET first = min(first, ?3), last = max(last, ?4)
            """, Value(edition), Value(channel), Value(first), Value(last))
    }

    /// Notes the mails of editions that were taken over. A mail about a correction is none of them.
    func noteMoments(of results: [DeliveryResult]) throws(Fault) {
        var moments: [EditionID: (first: Instant, last: Instant)] = [:]
        for result in results where result.transition == .acknowledge && result.delivery.correction == 0 {
            guard let edition = result.delivery.edition else { continue }
            let known = moments[edition] ?? (result.at, result.at)
            moments[edition] = (min(known.first, result.at), max(known.last, result.at))
        }
        for (edition, moment) in moments { try noteMoment(edition, ReleaseChannel.email, first: moment.first, last: moment.last) }
    }
}
