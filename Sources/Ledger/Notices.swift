import Core
import Database

/// A mail of the service itself to one person: a receipt, a note, an alarm. It travels as a delivery of its own, under the same
/// promises as an edition's: claimed on the disk before the network is touched, tried again, the same Message-ID each time.
package struct NoticeDraft: Hashable, Sendable {
    /// What kind of note, such as `receipt`, `refusal`.
    package var kind: String
    /// What it is about, such as `item 12`; never a person's address.
    package var object: String
    package var address: EmailAddress
    package var language: Language
    package var subject: String
    package var text: String
    /// The same note is posted once, however often it is asked for.
    package var once: String
    /// How long it is tried; a receipt of last week helps nobody.
    package var period: Span

    package init(
        kind: String, object: String, address: EmailAddress, language: Language, subject: String, text: String, once: String,
        period: Span = .days(2)
    ) {
        self.kind = kind
        self.object = object
        self.address = address
        self.language = language
        self.subject = subject
        self.text = text
        self.once = once
        self.period = period
    }
}

/// A notice as it stands in the ledger.
package struct NoticeRecord: Hashable, Sendable {
    package var id: NoticeID
    package var kind: String
    package var object: String
    package var address: EmailAddress
    package var language: Language
    package var subject: String
    package var text: String
    package var created: Instant
    package var state: DeliveryState
    package var attempts: Int
    package var reply: String?
}

/// What became of a notice that was handed in.
package enum Posting: Hashable, Sendable {
    case posted(NoticeID)
    /// It was posted before.
    case known
    /// The address has had as many notices in the last hour as one person shall get.
    case tooMany
    /// The address is suppressed: nothing is sent to it.
    case suppressed
}

extension Ledger {
    /// The most notices to one address in an hour: whoever saves a thousand files names one colleague a thousand times.
    package static let noticesAnHour = 20

    /// Posts a notice. It goes ahead of any edition's mails that wait but those of an urgent one, at any hour, and never to an
    /// address that is suppressed.
    package func post(_ notice: NoticeDraft, at now: Instant) throws(Fault) -> Posting {
        try write([.deliveries]) { db throws(Fault) in try db.post(notice, at: now) }
    }

    package func notice(_ id: NoticeID) throws(Fault) -> NoticeRecord? {
        try read { db throws(Fault) in
            try db.first(NoticeRecord.columns + " WHERE notice.id = ?", Value(id)) { NoticeRecord($0) } ?? nil
        }
    }

    /// The notices, newest first.
    package func notices(limit: Int = 50) throws(Fault) -> [NoticeRecord] {
        try read { db throws(Fault) in
            try db.all(NoticeRecord.columns + " ORDER BY notice.id DESC LIMIT ?", Value(limit)) { NoticeRecord($0) }
        }.compactMap { $0 }
    }

    /// Whether an address is that of a person of the directory.
    package func hasRecipient(_ address: EmailAddress) throws(Fault) -> Bool {
        try read { db throws(Fault) in
            try db.first("SELECT 1 FROM recipient WHERE address_key = ? AND active = 1", Value(address.key)) { _ in true }
                ?? false
        }
    }
}

extension Connection {
    func post(_ notice: NoticeDraft, at now: Instant) throws(Fault) -> Posting {
        let key = notice.address.key
        if try first("SELECT 1 FROM notice WHERE once = ?", Value(notice.once), make: { _ in true }) ?? false { return .known }
        guard try !isSuppressed(key) else {
            try audit(
                now, "intake", "notice left out", notice.object,
                Phrase.addressSuppressed.written(["kind": notice.kind]))
            return .suppressed
        }
        let recent = try first(
            "SELECT count(*) FROM notice WHERE address_key = ? AND created > ?", Value(key), Value(now - .hours(1)), make: { $0.int(0) }
        )
        guard recent ?? 0 < Ledger.noticesAnHour else {
            try audit(
                now, "intake", "notice left out", notice.object,
                Phrase.addressHadMany.written(["kind": notice.kind, "count": "\(Ledger.noticesAnHour)"]))
            return .tooMany
        }
        try run(
            """
            INSERT INTO notice (once, kind, object, address, address_key, language, subject, text, created, stop_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, Value(notice.once), Value(notice.kind), Value(notice.object), Value(notice.address.text), Value(key),
            Value(notice.language.rawValue), Value(notice.subject), Value(notice.text), Value(now), Value(now + notice.period))
        let id = NoticeID(lastInserted)
        try run(
            """
            INSERT INTO delivery (notice, outlet, state, queue, since, due)
            VALUES (?1, ?2, 'pending', \(DeliveryQueue.expression(edition: "NULL", recipient: "NULL")), ?3, ?3)
            """, Value(id), Value(Outlet.email), Value(now))
        try audit(now, "intake", "notice", notice.object, notice.kind)
        return .posted(id)
    }
}

extension NoticeRecord {
    static let columns = """
        SELECT notice.id, kind, object, address, language, subject, text, created, delivery.state, delivery.attempt, delivery.reply
        FROM notice JOIN delivery ON delivery.notice = notice.id
        """

    init?(_ row: borrowing Row) {
        guard let address = EmailAddress(row.text(3)) else { return nil }
        id = row.identifier(0)
        kind = row.text(1)
        object = row.text(2)
        self.address = address
        language = Language(rawValue: row.text(4)) ?? .da
        subject = row.text(5)
        text = row.text(6)
        created = row.instant(7)
        state = DeliveryState(rawValue: row.text(8)) ?? .failed
        attempts = row.int(9)
        reply = row.optionalText(10)
    }
}
