import Core
import Database

extension Ledger {
    /// Records the coming edition of a publication; one that is open already takes the plan's times. Returns its number.
    ///
    /// With it begins the watch over the publication: its editions are those released after `since`; `nil` leaves it as it is, or
    /// begins it now.
    @discardableResult
    package func planEdition(_ plan: EditionPlan, watchedSince since: Instant? = nil, at now: Instant) throws(Fault) -> EditionID {
        try write([.editions]) { db throws(Fault) in
            try db.run(
                """
                INSERT INTO publication_watch (name, since) VALUES (?1, coalesce(?3, ?2))
                ON CONFLICT (name) DO UPDATE SET since = coalesce(?3, since)
                """, Value(plan.publication), Value(now), Value(since))
            let open: EditionID? = try db.first("SELECT id FROM edition WHERE publication = ? AND state = 'open'", Value(plan.publication))
            {
                $0.identifier(0)
            }
            let slug = try db.freeSlug(plan.slug, besides: open)
            if let open {
                try db.run(
                    """
                    UPDATE edition SET slug = ?, title = ?, audience = ?, scheduled = ?, release = ?, cut_off = ?, leader_notes = ? WHERE id = ?
                    """, Value(slug), Value(plan.title), Value(plan.audience), Value(plan.scheduled), Value(plan.release),
                    Value(plan.cutOff), Value(plan.leaderNotes), Value(open))
                return open
            }
            try db.run(
                """
                INSERT INTO edition (publication, number, slug, title, audience, scheduled, release, cut_off, state, leader_notes)
                VALUES (?, 0, ?, ?, ?, ?, ?, ?, 'open', ?)
                """, Value(plan.publication), Value(slug), Value(plan.title), Value(plan.audience), Value(plan.scheduled),
                Value(plan.release), Value(plan.cutOff), Value(plan.leaderNotes))
            return EditionID(db.lastInserted)
        }
    }

    /// Takes away the open edition of a publication that is no longer scheduled, and ends the watch over it: when it comes back, it
    /// has missed nothing. Tells nobody when there was neither.
    package func dropOpenEdition(of publication: String) throws(Fault) {
        let isWatched = try watchedSince(publication) != nil
        let open = try editions([.open], publication: publication, limit: 1)
        guard isWatched || !open.isEmpty else { return }
        try write([.editions]) { db throws(Fault) in
            try db.run("DELETE FROM edition WHERE publication = ? AND state = 'open'", Value(publication))
            try db.run("DELETE FROM publication_watch WHERE name = ?", Value(publication))
        }
    }

    /// open → closed: the cut-off has passed, these items are what the edition carries.
    package func closeEdition(_ id: EditionID, items: [FrozenItem], at now: Instant) throws(Fault) {
        try write([.editions, .items]) { db throws(Fault) in
            let slug = try db.moveEdition(id, from: [.open], to: .closed, reason: nil)
            try db.freeze(items, in: id)
            try db.audit(now, "planner", "close", "edition \(slug)", Phrase.items.written(["count": "\(items.count)"]))
        }
    }

    /// open | closed | held → held: it waits for an editor.
    package func holdEdition(_ id: EditionID, reason: String, by actor: String, at now: Instant) throws(Fault) {
        try write([.editions]) { db throws(Fault) in
            let slug = try db.moveEdition(id, from: [.open, .closed, .held], to: .held, reason: reason)
            try db.audit(now, actor, "hold", "edition \(slug)", reason)
        }
    }

    /// open | closed | held → skipped: nothing to say this time. What it had frozen is free for the next edition.
    package func skipEdition(_ id: EditionID, reason: String, at now: Instant) throws(Fault) {
        try write([.editions]) { db throws(Fault) in
            let slug = try db.moveEdition(id, from: [.open, .closed, .held], to: .skipped, reason: reason)
            try db.audit(now, "planner", "skip", "edition \(slug)", reason)
        }
    }

    package func edition(_ id: EditionID) throws(Fault) -> EditionRecord? {
        try read { db throws(Fault) in try db.first("\(EditionRecord.columns) WHERE id = ?", Value(id)) { EditionRecord($0) } }
    }

    package func edition(slug: String) throws(Fault) -> EditionRecord? {
        try read { db throws(Fault) in try db.first("\(EditionRecord.columns) WHERE slug = ?", Value(slug)) { EditionRecord($0) } }
    }

    /// A publication's edition of a scheduled time.
    package func edition(of publication: String, scheduled: String) throws(Fault) -> EditionRecord? {
        try read { db throws(Fault) in
            try db.first("\(EditionRecord.columns) WHERE publication = ? AND scheduled = ?", Value(publication), Value(scheduled)) {
                EditionRecord($0)
            }
        }
    }

    /// Editions in one of the states, by release time, the latest first.
    package func editions(
        _ states: Set<EditionState>, publication: String? = nil, limit: Int = 200, offset: Int = 0
    ) throws(Fault) -> [EditionRecord] {
        let names = states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        return try read { db throws(Fault) in
            try db.all(
                """
                \(EditionRecord.columns) WHERE state IN (\(names)) AND (?1 IS NULL OR publication = ?1) ORDER BY release DESC, id DESC LIMIT ?2
                OFFSET ?3
                """, Value(publication), Value(limit), Value(offset)
            ) { EditionRecord($0) }
        }
    }

    /// The editions that are or were to come out in a time, in their order.
    package func editions(from: Instant, to: Instant, limit: Int) throws(Fault) -> [EditionRecord] {
        try read { db throws(Fault) in
            try db.all(
                "\(EditionRecord.columns) WHERE release >= ? AND release < ? ORDER BY release, id LIMIT ?", Value(from), Value(to),
                Value(limit)
            ) { EditionRecord($0) }
        }
    }

    /// The publication's edition with the latest scheduled time that is no longer open; the next one follows it.
    package func lastScheduled(of publication: String) throws(Fault) -> EditionRecord? {
        try read { db throws(Fault) in
            try db.first("\(EditionRecord.columns) WHERE publication = ? AND state != 'open' ORDER BY scheduled DESC", Value(publication)) {
                EditionRecord($0)
            }
        }
    }

    /// Since when the service has watched over a publication, under the schedule that it has now; `nil` before its first edition
    /// is planned.
    package func watchedSince(_ publication: String) throws(Fault) -> Instant? {
        try read { db throws(Fault) in
            try db.first("SELECT since FROM publication_watch WHERE name = ?", Value(publication)) { $0.instant(0) }
        }
    }

    package func lastReleased(of publication: String) throws(Fault) -> EditionRecord? {
        try read { db throws(Fault) in
            try db.first(
                "\(EditionRecord.columns) WHERE publication = ? AND released IS NOT NULL ORDER BY released DESC", Value(publication)
            ) {
                EditionRecord($0)
            }
        }
    }

    /// How many editions of a publication have been released so far, those that are no longer kept among them.
    package func releasedCount(of publication: String) throws(Fault) -> Int {
        try read { db throws(Fault) in
            try db.first("SELECT coalesce(max(number), 0) FROM edition WHERE publication = ?", Value(publication)) { $0.int(0) } ?? 0
        }
    }

    /// What an edition carries, in its order, in the versions that it froze; withdrawn items are left out unless they are asked for.
    package func items(of edition: EditionID, withdrawnToo: Bool = false) throws(Fault) -> [ItemRecord] {
        try read { db throws(Fault) in
            try db.all(
                """
                SELECT item.id, item.source, item.name, item.state, edition_item.version, item.received,
                item_version.received, item_version.content, item.approved IS item_version.version
                FROM edition_item JOIN item ON item.id = edition_item.item
                JOIN item_version ON item_version.item = edition_item.item AND item_version.version = edition_item.version
                WHERE edition_item.edition = ? AND (? OR item.state != 'withdrawn') ORDER BY edition_item.position
                """, Value(edition), Value(withdrawnToo)
            ) { row throws(Fault) in try ItemRecord(row) }
        }
    }

    /// Whether an edition has frozen items, such as have been withdrawn since among them.
    package func hasFrozen(_ edition: EditionID) throws(Fault) -> Bool {
        try read { db throws(Fault) in
            try db.first("SELECT 1 FROM edition_item WHERE edition = ? LIMIT 1", Value(edition)) { _ in true } ?? false
        }
    }

    /// The items that released or closed editions of a publication carry already.
    package func itemsUsed(by publication: String) throws(Fault) -> Set<ItemID> {
        Set(
            try read { db throws(Fault) in
                try db.all(
                    """
                    SELECT DISTINCT edition_item.item FROM edition_item JOIN edition ON edition.id = edition_item.edition
                    WHERE edition.publication = ? AND edition.state IN ('closed', 'held', 'released')
                    """, Value(publication)
                ) { $0.identifier(0) }
            })
    }

    /// The rendering in a language, or in another one when the edition has none in it; that of a variant, or the one of all. With the number
    /// of a correction that of the mail about it.
    package func rendering(
        of edition: EditionID, in language: Language, variant: String = "", correction: Int = 0
    ) throws(Fault) -> EditionRendering? {
        try read { db throws(Fault) in
            try db.first(
                """
                SELECT content FROM rendering WHERE edition = ?1 AND correction = ?4 AND variant IN (?2, '')
                ORDER BY variant != ?2, language != ?3, language LIMIT 1
                """, Value(edition), Value(variant), Value(language.rawValue), Value(correction)
            ) { row throws(Fault) in try Stored.value(EditionRendering.self, row.text(0)) }
        }
    }
}

extension Connection {
    /// Throws when the edition is not in one of the states it may come from; returns its slug.
    func moveEdition(_ id: EditionID, from: Set<EditionState>, to: EditionState, reason: String?) throws(Fault) -> String {
        let found = try first("SELECT state, slug FROM edition WHERE id = ?", Value(id)) {
            (EditionState(rawValue: $0.text(0)), $0.text(1))
        }
        guard let (state, slug) = found, let state, from.contains(state) else {
            throw Fault(
                "make \(to.rawValue)", found.map { "edition \($0.1)" } ?? "edition \(id)",
                cause: found.map { "it is \($0.0?.rawValue ?? "unknown")" } ?? "there is no such edition",
                mend: "See the editions with ‘budstikke status’.")
        }
        try run("UPDATE edition SET state = ?, reason = ? WHERE id = ?", Value(to.rawValue), Value(reason), Value(id))
        return slug
    }

    func freeze(_ items: [FrozenItem], in edition: EditionID) throws(Fault) {
        try run("DELETE FROM edition_item WHERE edition = ?", Value(edition))
        for (position, frozen) in items.enumerated() {
            try run(
                "INSERT INTO edition_item (edition, position, item, version) VALUES (?, ?, ?, ?)", Value(edition), Value(position),
                Value(frozen.item), Value(frozen.version))
        }
    }

    /// The slug, or with `-2`, `-3` behind it when another edition has it.
    func freeSlug(_ wanted: String, besides own: EditionID?) throws(Fault) -> String {
        var slug = wanted
        var number = 1
        while try first("SELECT 1 FROM edition WHERE slug = ? AND id IS NOT ?", Value(slug), Value(own), make: { _ in true }) != nil {
            number += 1
            slug = "\(wanted)-\(number)"
        }
        return slug
    }
}
