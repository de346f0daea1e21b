import Core
import Database

/// A correction of a released edition: the note that readers see, and what it brought.
package struct CorrectionRecord: Hashable, Codable, Sendable {
    /// 1 for the edition's first.
    package var number: Int
    package var at: Instant
    package var actor: String
    package var note: String
    /// The items that stand in the edition in another version since. What was taken out is none of them.
    package var items: [ItemID]
    /// When it was told by mail to those who had got the edition without it; `nil` when it was not.
    package var mailed: Instant?
}

/// What a correction makes of an edition, recorded in one transaction.
package struct EditionCorrection: Sendable {
    /// How often the edition had been corrected when this was made: another one in between is not overwritten.
    package var after: Int
    package var note: String
    /// All that stands in it now, in its order; empty when nothing is left.
    package var items: [FrozenItem]
    /// Those of ``items`` that are new in this version.
    package var changed: [ItemID]
    /// For the audit trail.
    package var removed: [ItemID]
    /// Whatever the edition says, in each variant and language that it has.
    package var renderings: [StoredRendering]

    package init(
        after: Int, note: String, items: [FrozenItem], changed: [ItemID], removed: [ItemID], renderings: [StoredRendering]
    ) {
        self.after = after
        self.note = note
        self.items = items
        self.changed = changed
        self.removed = removed
        self.renderings = renderings
    }
}

/// A rendering with the readers that it is for.
package struct StoredRendering: Sendable {
    package var variant: String
    package var language: Language
    package var rendering: EditionRendering

    package init(variant: String, language: Language, rendering: EditionRendering) {
        self.variant = variant
        self.language = language
        self.rendering = rendering
    }
}

// A correction changes what the edition says from its commit on: pages, feeds and posts are made of it, and so are the mails that still
// wait, because a claim comes after it. Which readers had got what is told by `delivery.content`.
extension Ledger {
    /// released | recalled → released, or recalled when nothing is left: then what waits to be sent is given up. The former pages are
    /// overwritten: what was withdrawn may have had to go. Returns the correction's number.
    package func correctEdition(
        _ id: EditionID, _ correction: EditionCorrection, by actor: String, at now: Instant
    ) throws(Fault) -> Int {
        let texts = try correction.renderings.map { entry throws(Fault) in try Stored.text(entry.rendering) }
        return try write([.editions, .items, .deliveries, .posts]) { db throws(Fault) in
            let isEmpty = correction.items.isEmpty
            let slug = try db.moveEdition(id, from: [.released, .recalled], to: isEmpty ? .recalled : .released, reason: nil)
            let former = try db.first("SELECT corrections FROM edition WHERE id = ?", Value(id)) { $0.int(0) }
            guard former == correction.after else {
                throw Fault("correct", "edition \(slug)", cause: "somebody else has corrected it meanwhile", mend: "Look at it again.")
            }
            let number = correction.after + 1
            try db.freeze(correction.items, in: id)
            try db.run("UPDATE edition SET corrections = ?, corrected = ? WHERE id = ?", Value(number), Value(now), Value(id))
            try db.run(
                "INSERT INTO correction (edition, number, at, actor, note, items) VALUES (?, ?, ?, ?, ?, ?)", Value(id), Value(number),
                Value(now), Value(actor), Value(correction.note), Value(correction.changed.map { "\($0)" }.joined(separator: " ")))
            try db.keep(correction.renderings, texts, of: id, correction: 0)
            if isEmpty {
                try db.run("DELETE FROM release_rest WHERE edition = ? AND correction = 0", Value(id))
                _ = try db.giveUpWaiting(id, reply: "recalled by \(actor)", at: now)
            }
            func named(_ phrase: Phrase, _ items: [ItemID]) -> [String] {
                items.isEmpty ? [] : [phrase.written(["items": items.map(\.description).joined(separator: ", ")])]
            }
            let what =
                named(.changedItems, correction.changed) + named(.removedItems, correction.removed)
                + [Phrase.note.written(["text": correction.note])]
            try db.audit(now, actor, isEmpty ? "recall" : "correct", "edition \(slug)", what.joined(separator: "; "))
            return number
        }
    }

    /// Sends a mail about the corrections up to the latest to each who has got the edition, or may have, without it: one rendering for each
    /// variant and language. Who has unsubscribed by now, unless the publication is mandatory, left or is suppressed gets none. Throws
    /// when it has been sent, or another correction has come. Returns to how many it goes.
    package func mailCorrection(
        _ number: Int, of id: EditionID, _ renderings: [StoredRendering], mandatory: Bool, stopBy: Instant, by actor: String,
        at now: Instant
    ) throws(Fault) -> Int {
        let texts = try renderings.map { entry throws(Fault) in try Stored.text(entry.rendering) }
        let count = try write([.deliveries, .editions]) { db throws(Fault) in
            let slug = try db.first("SELECT slug FROM edition WHERE id = ?", Value(id)) { $0.text(0) } ?? "\(id)"
            let isOpen = try db.first(
                """
                SELECT 1 FROM correction JOIN edition ON edition.id = correction.edition AND edition.corrections = correction.number
                WHERE correction.edition = ? AND correction.number = ? AND mailed IS NULL
                """, Value(id), Value(number), make: { _ in true })
            guard isOpen != nil else {
                throw Fault(
                    "mail", "the correction of edition \(slug)", cause: "it has been mailed, or another one has come",
                    mend: "See ‘budstikke deliveries \(slug)’.")
            }
            let readers = try db.readersBehind(id, number)
            try db.keep(renderings, texts, of: id, correction: number)
            try db.addRest(of: id, correction: number, readers, mandatory: mandatory)
            try db.run(
                "UPDATE correction SET mailed = ? WHERE edition = ? AND number <= ? AND mailed IS NULL", Value(now), Value(id),
                Value(number))
            try db.run("UPDATE edition SET stop_by = max(coalesce(stop_by, 0), ?) WHERE id = ?", Value(stopBy), Value(id))
            let count = readers.reduce(0) { $0 + $1.recipients.count }
            try db.audit(
                now, actor, "mail correction", "edition \(slug)",
                Phrase.correctionTo.written(["number": "\(number)", "count": "\(count)"]))
            return count
        }
        try continueReleases(at: now)
        return count
    }

    /// How many have got the edition by mail, or may have, without its latest correction, and have not been told by mail; 0 when there is none.
    package func countBehind(_ id: EditionID) throws(Fault) -> Int {
        guard let last = try corrections(of: id).last, last.mailed == nil else { return 0 }
        return try read { db throws(Fault) in try db.readersBehind(id, last.number).reduce(0) { $0 + $1.recipients.count } }
    }

    /// An edition's corrections, the first one first; the latest thousand.
    package func corrections(of id: EditionID) throws(Fault) -> [CorrectionRecord] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT number, at, actor, note, items, mailed FROM correction WHERE edition = ? ORDER BY number DESC LIMIT 1000", Value(id)
            ) { row in
                CorrectionRecord(
                    number: row.int(0), at: row.instant(1), actor: row.text(2), note: row.text(3),
                    items: EditionRecord.numbers(row.text(4)),
                    mailed: row.optionalInstant(5))
            }
        }.reversed()
    }

    /// The variants and languages in which an edition was rendered.
    package func renderedForms(of id: EditionID) throws(Fault) -> [(variant: String, language: Language)] {
        try read { db throws(Fault) in
            try db.all(
                "SELECT variant, language FROM rendering WHERE edition = ? AND correction = 0 ORDER BY variant, language LIMIT 1000",
                Value(id)
            ) { ($0.text(0), Language(rawValue: $0.text(1))) }
        }.compactMap { form in form.1.map { (form.0, $0) } }
    }
}

extension Connection {
    fileprivate func keep(_ renderings: [StoredRendering], _ texts: [String], of id: EditionID, correction: Int) throws(Fault) {
        for (entry, text) in zip(renderings, texts) {
            try run(
                "INSERT OR REPLACE INTO rendering (edition, correction, language, variant, content) VALUES (?, ?, ?, ?, ?)", Value(id),
                Value(correction), Value(entry.language.rawValue), Value(entry.variant), Value(text))
        }
    }

    /// By variant. What is on the wire at this moment is taken for received.
    fileprivate func readersBehind(_ id: EditionID, _ number: Int) throws(Fault) -> [(variant: String, recipients: [RecipientID])] {
        let readers: [(variant: String, recipient: RecipientID)] = try all(
            """
            SELECT delivery.variant, recipient.id FROM delivery JOIN recipient ON recipient.id = delivery.recipient
            WHERE edition = ? AND correction = 0 AND state IN ('sent', 'ambiguous', 'sending') AND content < ? AND recipient.active
            ORDER BY delivery.variant, recipient.id
            """, Value(id), Value(number)
        ) { ($0.text(0), $0.identifier(1)) }
        var groups: [(variant: String, recipients: [RecipientID])] = []
        for reader in readers {
            if groups.last?.variant != reader.variant { groups.append((reader.variant, [])) }
            groups[groups.count - 1].recipients.append(reader.recipient)
        }
        return groups
    }
}
