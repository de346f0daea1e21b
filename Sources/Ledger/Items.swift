import Core
import Database

extension Ledger {
    /// Takes an item in, with its pictures, in one transaction.
    ///
    /// A file of the same name replaces the item as long as no edition has frozen it; afterwards it becomes a new item and the
    /// old one is shown nowhere any more but in the editions that carry it.
    package func accept(_ submission: Submission, at now: Instant) throws(Fault) -> Acceptance {
        try accept([submission], at: now)[0]
    }

    /// Takes several items in, in their order and in one transaction: what became of each, or none of them is taken in.
    package func accept(_ submissions: [Submission], at now: Instant) throws(Fault) -> [Acceptance] {
        var drafts: [Draft] = []
        for submission in submissions {
            let likeness = Likeness(submission.content.comparedText)
            drafts.append(
                Draft(
                    submission: submission, content: try Stored.text(submission.content), likeness: likeness,
                    resemblance: try likeness.flatMap { likeness throws(Fault) in try resemblance(submission, likeness, at: now) }))
        }
        let acceptances = try write([.items]) { db throws(Fault) in
            var acceptances: [Acceptance] = []
            for draft in drafts {
                let acceptance = try db.accept(draft, now)
                acceptances.append(acceptance)
                try db.add(1, to: .acceptances, acceptance.word)
            }
            return acceptances
        }
        signatures.add(
            zip(drafts, acceptances).compactMap { draft, acceptance in
                draft.likeness.map { Signatures.Entry(item: acceptance.item, source: draft.submission.source, likeness: $0) }
            })
        return acceptances
    }

    /// `version` is the one that was looked at; `nil` means whichever is in force. Throws when another has come since.
    package func approveItem(_ id: ItemID, version: Int? = nil, by actor: String, at now: Instant) throws(Fault) {
        try move(id, to: .approved, version: version, actor, now)
    }
    package func holdItem(_ id: ItemID, by actor: String, at now: Instant) throws(Fault) { try move(id, to: .held, actor, now) }
    package func withdrawItem(_ id: ItemID, by actor: String, at now: Instant) throws(Fault) { try move(id, to: .withdrawn, actor, now) }

    /// Withdraws an item that tells the same as another one, which stays; both histories say so.
    package func withdrawItem(_ id: ItemID, inFavourOf other: ItemID, by actor: String, at now: Instant) throws(Fault) {
        guard id != other, let kept = try item(other), ![.withdrawn, .superseded].contains(kept.state) else {
            throw Fault(
                "join", "item \(id) with item \(other)", cause: "item \(other) is not one that is shown",
                mend: "Name the item that stays; see ‘budstikke items’.")
        }
        try move(id, to: .withdrawn, actor, now, Phrase.toldBy.written(["item": "\(other)"])) { db throws(Fault) in
            try db.audit(now, actor, "join", "item \(other)", Phrase.alsoTold.written(["item": "\(id)"]))
        }
    }

    /// Withdraws the live item of a name; `nil` when the source has none of that name.
    package func withdrawItem(source: String, name: String, by actor: String, at now: Instant) throws(Fault) -> ItemID? {
        guard let id = try read({ db throws(Fault) in try db.liveItem(source, name)?.id }) else { return nil }
        try withdrawItem(id, by: actor, at: now)
        return id
    }

    /// Records that a file could not become an item. `reason` names the rule, never the content.
    package func recordRejection(source: String, name: String, reason: String, at now: Instant) throws(Fault) {
        try write([]) { db throws(Fault) in
            try db.audit(now, "intake", "reject", "\(source)/\(name)", reason)
            try db.add(1, to: .refusals, reason)
        }
    }

    package func item(_ id: ItemID) throws(Fault) -> ItemRecord? {
        try read { db throws(Fault) in
            try db.first("\(ItemRecord.columns) WHERE item.id = ?", Value(id)) { row throws(Fault) in try ItemRecord(row) }
        }
    }

    /// The latest item of a source's file or subfolder; `nil` when there is none.
    package func item(source: String, name: String) throws(Fault) -> ItemRecord? {
        try read { db throws(Fault) in
            try db.first(
                "\(ItemRecord.columns) WHERE item.source = ? AND item.name = ? ORDER BY item.id DESC LIMIT 1", Value(source), Value(name)
            ) { row throws(Fault) in try ItemRecord(row) }
        }
    }

    /// Items by state and source, newest first; `nil` means any.
    package func items(state: ItemState? = nil, source: String? = nil, limit: Int = 200) throws(Fault) -> [ItemRecord] {
        try read { db throws(Fault) in
            try db.all(
                "\(ItemRecord.columns) WHERE (?1 IS NULL OR item.state = ?1) AND (?2 IS NULL OR item.source = ?2) ORDER BY item.id DESC LIMIT ?3",
                Value(state?.rawValue), Value(source), Value(limit)
            ) { row throws(Fault) in try ItemRecord(row) }
        }
    }

    /// How many items there are in each state.
    package func itemCounts() throws(Fault) -> [ItemState: Int] {
        let counts = try read { db throws(Fault) in
            try db.all("SELECT state, count(*) FROM item GROUP BY state") { row in (ItemState(rawValue: row.text(0)), row.int(1)) }
        }
        return counts.reduce(into: [:]) { if let state = $1.0 { $0[state] = $1.1 } }
    }

    /// The live items of a source, the newest first, as far as a file that comes later has to know them.
    package func replaceableItems(of source: String, limit: Int) throws(Fault) -> [ReplaceableItem] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT item.id, item.name, item_version.text_digest, EXISTS (SELECT 1 FROM edition_item WHERE edition_item.item = item.id)
                FROM item JOIN item_version ON item_version.item = item.id AND item_version.version = item.version
                WHERE item.source = ? AND item.state NOT IN ('withdrawn', 'superseded') ORDER BY item.id DESC LIMIT ?
                """, Value(source), Value(limit)
            ) { row in ReplaceableItem(id: row.identifier(0), name: row.text(1), textDigest: row.text(2), isFrozen: row.bool(3)) }
        }
    }

    private func move(
        _ id: ItemID, to state: ItemState, version: Int? = nil, _ actor: String, _ now: Instant, _ detail: String = "",
        and more: (Connection) throws(Fault) -> Void = { _ in }
    ) throws(Fault) {
        try write([.items]) { db throws(Fault) in
            guard
                let (from, current) = try db.first(
                    "SELECT state, version FROM item WHERE id = ?", Value(id),
                    make: { (ItemState(rawValue: $0.text(0)) ?? .held, $0.int(1)) })
            else { throw Fault("find", "item \(id)", cause: "there is no such item", mend: "See the numbers with ‘budstikke items’.") }
            guard version.map({ $0 == current }) ?? true else {
                throw Fault("approve", "item \(id)", cause: "it has changed in the meantime", mend: "Look at it again, then approve.")
            }
            // A superseded item is approved for the edition that carries it; it stays superseded everywhere else.
            if from == .superseded, state == .approved {
                try db.run("UPDATE item SET approved = version, changed = ? WHERE id = ?", Value(now), Value(id))
                return try db.audit(now, actor, state.rawValue, "item \(id)")
            }
            guard from != .withdrawn, from != .superseded || state == .withdrawn else {
                throw Fault(
                    "change", "item \(id)", cause: "it is \(from.rawValue)", mend: "Have its source drop the file again.")
            }
            try db.run(
                "UPDATE item SET state = ?1, approved = CASE ?1 WHEN 'approved' THEN version WHEN 'held' THEN NULL ELSE approved END, changed = ?2 WHERE id = ?3",
                Value(state.rawValue), Value(now), Value(id))
            try db.audit(now, actor, state.rawValue, "item \(id)", detail)
            try more(db)
        }
    }
}

/// A submission with what is made of it before the transaction.
private struct Draft {
    let submission: Submission
    /// As the ledger keeps it.
    let content: String
    let likeness: Likeness?
    let resemblance: Resemblance?
}

extension Connection {
    fileprivate func accept(_ draft: Draft, _ now: Instant) throws(Fault) -> Acceptance {
        let submission = draft.submission
        for picture in submission.pictures { try keep(picture, now) }
        if let same = try sameContent(submission.digest) {
            guard same.source == submission.source, same.name == submission.name else {
                try audit(now, "intake", "duplicate", "item \(same.id)", "\(submission.source)/\(submission.name)")
                return .duplicate(of: same.id, source: same.source, name: same.name)
            }
            return .unchanged(same.id)
        }
        if let present = try liveItem(submission.source, submission.name) {
            if try !isFrozen(present.id) {
                try addVersion(present.id, present.version + 1, draft, now)
                try audit(now, "intake", "replace", "item \(present.id)", Phrase.version.written(["number": "\(present.version + 1)"]))
                return .replaced(present.id, version: present.version + 1)
            }
            try run("UPDATE item SET state = 'superseded', changed = ? WHERE id = ?", Value(now), Value(present.id))
            try audit(now, "intake", "supersede", "item \(present.id)")
        }
        try run(
            "INSERT INTO item (source, name, state, version, received, changed) VALUES (?, ?, 'accepted', 0, ?, ?)",
            Value(submission.source), Value(submission.name), Value(now), Value(now))
        let id = ItemID(lastInserted)
        try addVersion(id, 1, draft, now)
        try audit(now, "intake", "accept", "item \(id)", "\(submission.source)/\(submission.name)")
        return .new(id)
    }

    fileprivate func sameContent(_ digest: String) throws(Fault) -> (id: ItemID, source: String, name: String)? {
        try first(
            """
            SELECT item.id, item.source, item.name FROM item_version
            JOIN item ON item.id = item_version.item AND item.version = item_version.version
            WHERE item_version.digest = ? AND item.state NOT IN ('withdrawn', 'superseded')
            """, Value(digest)
        ) { row in (row.identifier(0), row.text(1), row.text(2)) }
    }

    fileprivate func liveItem(_ source: String, _ name: String) throws(Fault) -> (id: ItemID, version: Int)? {
        try first(
            "SELECT id, version FROM item WHERE source = ? AND name = ? AND state NOT IN ('withdrawn', 'superseded') ORDER BY id DESC",
            Value(source), Value(name)
        ) { row in (row.identifier(0), row.int(1)) }
    }

    fileprivate func isFrozen(_ id: ItemID) throws(Fault) -> Bool {
        try first("SELECT 1 FROM edition_item WHERE item = ? LIMIT 1", Value(id)) { _ in true } ?? false
    }

    fileprivate func addVersion(_ id: ItemID, _ version: Int, _ draft: Draft, _ now: Instant) throws(Fault) {
        let submission = draft.submission
        try run(
            """
            INSERT INTO item_version (item, version, digest, text_digest, title, content, received, likeness, resembles, share)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, Value(id), Value(version), Value(submission.digest), Value(submission.textDigest), Value(submission.content.title),
            Value(draft.content), Value(now), draft.likeness.map { .blob($0.bytes) } ?? .null, Value(draft.resemblance?.item),
            draft.resemblance.map { .real($0.share) } ?? .null)
        try keepWords(of: id, submission.content)
        // A new version was not seen by whoever approved the former one.
        try run(
            "UPDATE item SET version = ?, state = 'accepted', visible_until = ?, changed = ? WHERE id = ?", Value(version),
            Value(submission.content.visibleUntil), Value(now), Value(id))
    }
}
