import Core
import Database

/// A player that fetches a feed: one with a name (`?screen=kantinen`), or whoever comes from an address.
package struct ScreenRecord: Hashable, Codable, Sendable {
    package struct Key: Hashable, Codable, Sendable {
        package var feed: String
        /// The screen's name, or the address it came from.
        package var label: String
        package var isNamed: Bool

        package init(feed: String, label: String, isNamed: Bool) {
            self.feed = feed
            self.label = label
            self.isNamed = isNamed
        }
    }

    package var key: Key
    /// Where it last came from; empty on a Unix socket.
    package var address: String
    /// What it fetched last: `rss`, `page`.
    package var player: String
    package var first: Instant
    package var last: Instant

    package init(key: Key, address: String, player: String, first: Instant, last: Instant) {
        self.key = key
        self.address = address
        self.player = player
        self.first = first
        self.last = last
    }
}

extension Ledger {
    /// The most screens that are kept of each kind, with and without a name: whoever invents names or addresses fills no disk.
    package static let screenLimit = 2_000
    /// An address without a name is forgotten after a day without a fetch: it may be a person's feed reader.
    package static let nameless = Span.days(1)

    /// Notes when screens last fetched, in one transaction, and forgets addresses that have been silent for ``nameless``.
    package func recordScreens(_ screens: [ScreenRecord], at now: Instant) throws(Fault) {
        guard !screens.isEmpty else { return }
        try write([]) { db throws(Fault) in
            try db.run("DELETE FROM screen WHERE named = 0 AND last < ?", Value(now - Self.nameless))
            for screen in screens {
                let known = try db.run(
                    "UPDATE screen SET last = max(last, ?), address = ?, player = ? WHERE feed = ? AND label = ? AND named = ?",
                    Value(screen.last), Value(screen.address), Value(screen.player), Value(screen.key.feed), Value(screen.key.label),
                    Value(screen.key.isNamed))
                guard known == 0 else { continue }
                try db.run(
                    """
                    INSERT INTO screen (feed, label, named, address, player, first, last)
                    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE (SELECT count(*) FROM screen WHERE named = ?3) < ?8
                    """, Value(screen.key.feed), Value(screen.key.label), Value(screen.key.isNamed), Value(screen.address),
                    Value(screen.player), Value(screen.first), Value(screen.last), Value(Self.screenLimit))
            }
        }
    }

    /// The screens that are known, those with a name first, then by feed and label.
    package func screens(limit: Int = screenLimit) throws(Fault) -> [ScreenRecord] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT feed, label, named, address, player, first, last FROM screen ORDER BY named DESC, feed, label LIMIT ?", Value(limit)
            ) { row in
                ScreenRecord(
                    key: .init(feed: row.text(0), label: row.text(1), isNamed: row.bool(2)), address: row.text(3), player: row.text(4),
                    first: row.instant(5), last: row.instant(6))
            }
        }
    }

    /// Forgets a screen by its name, or by its address, in every feed. Returns those that were known.
    package func forgetScreen(_ label: String, by actor: String, at now: Instant) throws(Fault) -> [ScreenRecord.Key] {
        let keys = try screens().map(\.key).filter { $0.label == label }
        guard !keys.isEmpty else { return [] }
        try write([]) { db throws(Fault) in
            try db.run("DELETE FROM screen WHERE label = ?", Value(label))
            try db.audit(now, actor, "forget", "screen", label)
        }
        return keys
    }
}
