import Core
import Database

// An edition is released in one short transaction, which settles what it says and to whom it goes; its deliveries follow in parts,
// so that a release to a hundred thousand never keeps others from writing for longer than a part takes. A crash in between leaves
// the parts that are missing in the ledger, and the next pass of the Planner adds them. Since a delivery is unique for its edition
// and recipient, nobody has two; the first parts are sent while the last are added.
extension Ledger {
    /// open | closed | held → released: its renderings, its readers, a delivery for each of them, and the endpoints' posts. Throws with
    /// nothing changed; or, once it is released, when the disk is full: its deliveries follow by ``continueReleases(at:)`` then.
    package func releaseEdition(_ id: EditionID, _ release: Release, by actor: String, at now: Instant) throws(Fault) {
        let everybody = EditionVariant(name: "", renderings: release.renderings, recipients: release.recipients)
        let variants = [everybody] + release.variants
        let renderings = try variants.flatMap { variant in variant.renderings.map { (variant.name, $0.key.rawValue, $0.value) } }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { entry throws(Fault) in (entry.0, entry.1, try Stored.text(entry.2)) }
        try write([.editions, .items, .deliveries, .posts, .phones]) { db throws(Fault) in
            let slug = try db.moveEdition(id, from: [.open, .closed, .held], to: .released, reason: nil)
            try db.freeze(release.items, in: id)
            try db.run(
                """
                UPDATE edition SET released = ?, stop_by = ?, web = ?, ahead_of = ?, number =
                (SELECT coalesce(max(other.number), 0) FROM edition other WHERE other.publication = edition.publication) + 1
                WHERE id = ?
                """, Value(now), Value(release.stopBy), Value(release.web), Value(release.aheadOf), Value(id))
            for (variant, language, content) in renderings {
                try db.run(
                    "INSERT INTO rendering (edition, language, variant, content) VALUES (?, ?, ?, ?)", Value(id), Value(language),
                    Value(variant), Value(content))
            }
            try db.run("INSERT INTO dispatch (edition, urgent) VALUES (?, ?)", Value(id), Value(release.urgency == .urgent))
            try db.addRest(of: id, correction: 0, variants.map { ($0.name, $0.recipients) }, mandatory: release.mandatory)
            for post in release.posts { try db.plan(post, now) }
            try db.planPhones(id, release)
            try db.audit(
                now, actor, "release", "edition \(slug)",
                Phrase.itemsToRecipients.written([
                    "count": "\(release.items.count)", "recipients": "\(variants.reduce(0) { $0 + $1.recipients.count })",
                ]))
            let key = try db.first("SELECT publication, scheduled FROM edition WHERE id = ?", Value(id)) { ($0.text(0), $0.text(1)) }
            // Before the commit: a note too many only lets a person look at an edition of a restored ledger.
            if let key { mark.noteRelease(key.0, key.1) }
        }
        if release.urgency == .urgent { noteUrgency() }
        try continueReleases(at: now)
    }

    /// Adds the deliveries of released editions, and of mails about their corrections, that are not there yet.
    package func continueReleases(at now: Instant) throws(Fault) {
        while try hasRest() {
            if try write([.deliveries], { db throws(Fault) in try db.addPart(at: now) }) == .urgent { noteUrgency() }
        }
    }

    private func hasRest() throws(Fault) -> Bool {
        try read { db throws(Fault) in try db.first("SELECT 1 FROM release_rest LIMIT 1") { _ in true } ?? false }
    }
}

extension Connection {
    /// How many deliveries are added in one transaction: some 20 ms.
    private static let partSize = 1_000

    /// Writes down to whom an edition, or the mail about one of its corrections, is to go.
    func addRest(
        of edition: EditionID, correction: Int, _ readers: [(variant: String, recipients: [RecipientID])], mandatory: Bool
    ) throws(Fault) {
        let parts = readers.flatMap { group in group.recipients.parts(of: Self.partSize).map { (group.variant, $0) } }
        for (number, (variant, recipients)) in parts.enumerated() {
            try run(
                "INSERT INTO release_rest (edition, correction, part, variant, recipients, mandatory) VALUES (?, ?, ?, ?, ?, ?)",
                Value(edition), Value(correction), Value(number), Value(variant), .blob(RecipientList.bytes(recipients)), Value(mandatory))
        }
    }

    /// One part's deliveries; who has unsubscribed by now gets none, unless the publication is mandatory, and a dead address never.
    /// An urgent edition's come first. Returns whose they were.
    @discardableResult
    func addPart(at now: Instant) throws(Fault) -> Urgency {
        let next: Part? = try first(
            """
            SELECT release_rest.edition, part, variant, recipients, mandatory, coalesce(urgent, 0), correction FROM release_rest
            LEFT JOIN dispatch ON dispatch.edition = release_rest.edition
            ORDER BY coalesce(urgent, 0) DESC, release_rest.edition, correction, part LIMIT 1
            """
        ) { row in
            Part(
                edition: row.identifier(0), number: row.int(1), variant: row.text(2), recipients: RecipientList.recipients(row.bytes(3)),
                mandatory: row.bool(4), urgency: row.bool(5) ? .urgent : .routine, correction: row.int(6))
        }
        // Another thread may have added the last.
        guard let next else { return .routine }
        for recipient in next.recipients {
            try run(
                """
                INSERT OR IGNORE INTO delivery (edition, outlet, recipient, variant, correction, state, queue, since, due)
                SELECT ?1, ?5, ?2, ?6, ?7, 'pending', \(DeliveryQueue.expression(edition: "?1", recipient: "?2")), ?3, ?3
                WHERE EXISTS (SELECT 1 FROM recipient WHERE id = ?2) AND (?4 OR NOT EXISTS
                (SELECT 1 FROM unsubscription JOIN edition ON edition.publication = unsubscription.publication
                 WHERE edition.id = ?1 AND unsubscription.recipient = ?2))
                AND NOT EXISTS
                (SELECT 1 FROM suppression JOIN recipient ON recipient.address_key = suppression.address_key WHERE recipient.id = ?2)
                """, Value(next.edition), Value(recipient), Value(now), Value(next.mandatory), Value(Outlet.email), Value(next.variant),
                Value(next.correction))
        }
        try run(
            "DELETE FROM release_rest WHERE edition = ? AND correction = ? AND part = ?", Value(next.edition), Value(next.correction),
            Value(next.number))
        return next.urgency
    }
}

/// Readers of a released edition whose deliveries are not there yet.
private struct Part {
    let edition: EditionID
    let number: Int
    let variant: String
    let recipients: [RecipientID]
    let mandatory: Bool
    let urgency: Urgency
    let correction: Int
}

extension Array {
    /// Its elements in order, at most `size` at a time.
    fileprivate func parts(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

/// Numbers of recipients as they stand in a part: eight bytes each, the lowest first.
private enum RecipientList {
    static func bytes(_ recipients: ArraySlice<RecipientID>) -> [UInt8] {
        recipients.flatMap { recipient in (0..<8).map { UInt8(truncatingIfNeeded: recipient.number >> ($0 * 8)) } }
    }

    static func recipients(_ bytes: [UInt8]) -> [RecipientID] {
        stride(from: 0, to: bytes.count - bytes.count % 8, by: 8).map { start in
            RecipientID((0..<8).reduce(Int64(0)) { $0 | Int64(bytes[start + $1]) << ($1 * 8) })
        }
    }
}
