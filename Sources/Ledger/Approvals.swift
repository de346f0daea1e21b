import Core
import Database

/// Somebody's yes to an edition, and to exactly what stood in it then.
package struct EditionApproval: Hashable, Codable, Sendable {
    package var actor: String
    /// As what they approved it: a role's spelling.
    package var capacity: String
    /// What they approved: ``EditionRecord/approvable(_:)`` at that moment.
    package var content: String
    package var at: Instant

    package var role: DeskRole? { DeskRole(capacity) }
}

extension EditionRecord {
    /// What an approval of the edition is bound to: its title, and its items in their order with their versions. Versions are never
    /// changed, so the same text is the same edition to the letter, and a text that differs tells which item is new or changed.
    package func approvable(_ items: [ItemRecord]) -> String {
        "\(title)\n\(leaderNotes ? "leader notes\n" : "")\(Self.approvableItems(items))"
    }

    /// The part about the items alone: two publications that carry the same items agree in it.
    package static func approvableItems(_ items: [ItemRecord]) -> String {
        items.map { "\($0.id).\($0.version)" }.joined(separator: " ")
    }
}

extension EditionApproval {
    var items: Substring { content[(content.lastIndex(of: "\n").map(content.index(after:)) ?? content.startIndex)...] }

    /// Whether exactly these items were approved.
    package func covers(_ items: [ItemRecord]) -> Bool { self.items == EditionRecord.approvableItems(items) }
}

extension Ledger {
    /// Records a yes in each of the capacities that somebody has. Only an edition that has not been released can be approved.
    package func approveEdition(
        _ id: EditionID, content: String, as capacities: [DeskRole], by actor: String, at now: Instant
    ) throws(Fault) {
        try write([.editions]) { db throws(Fault) in
            let slug = try db.requireUnreleased(id, "approve")
            for capacity in capacities {
                try db.run(
                    "INSERT OR REPLACE INTO edition_approval (edition, actor, capacity, content, at) VALUES (?, ?, ?, ?, ?)", Value(id),
                    Value(actor), Value(capacity.description), Value(content), Value(now))
            }
            try db.audit(now, actor, "approve", "edition \(slug)", capacities.map(\.description).joined(separator: ", "))
        }
    }

    /// Every yes to an edition, also to what it was before, the oldest first.
    package func approvals(of edition: EditionID) throws(Fault) -> [EditionApproval] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT actor, capacity, content, at FROM edition_approval WHERE edition = ? ORDER BY at, actor, capacity LIMIT 200",
                Value(edition)
            ) { EditionApproval(actor: $0.text(0), capacity: $0.text(1), content: $0.text(2), at: $0.instant(3)) }
        }
    }

    /// Sets the order of an edition's items, the lead story first, and which of them are left out. What is not named comes after, in the
    /// publication's own order.
    package func arrangeEdition(
        _ id: EditionID, order: [ItemID], leftOut: [ItemID], by actor: String, at now: Instant
    ) throws(Fault) {
        func text(_ items: [ItemID]) -> String { items.map(\.description).joined(separator: " ") }
        try write([.editions]) { db throws(Fault) in
            let slug = try db.requireUnreleased(id, "arrange")
            try db.run("UPDATE edition SET item_order = ?, left_out = ? WHERE id = ?", Value(text(order)), Value(text(leftOut)), Value(id))
            try db.audit(
                now, actor, "arrange", "edition \(slug)",
                text(order) + (leftOut.isEmpty ? "" : "; " + Phrase.leftOut.written(["items": text(leftOut)])))
        }
    }
}

extension Connection {
    fileprivate func requireUnreleased(_ id: EditionID, _ act: String) throws(Fault) -> String {
        let found = try first("SELECT state, slug FROM edition WHERE id = ?", Value(id)) {
            (EditionState(rawValue: $0.text(0)) ?? .skipped, $0.text(1))
        }
        guard let (state, slug) = found, [.open, .closed, .held].contains(state) else {
            throw Fault(
                act, found.map { "edition \($0.1)" } ?? "edition \(id)", cause: found.map { "it is \($0.0)" } ?? "there is no such edition",
                mend: "See the editions with ‘budstikke status’.")
        }
        return slug
    }
}
