import Core
import Database

/// By which way people are told of alarms. What was told by one says nothing of the others: where the relay itself has failed, the
/// others still tell.
package enum AlarmWay: String, CaseIterable, Hashable, Sendable {
    case journal = "logged"
    case mail = "mailed"
    case webhook = "hooked"
}

/// An alarm with what has been told of it.
package struct AlarmNews: Hashable, Sendable {
    /// Its number in the ledger; `nil` for one that could not be written and stands in memory.
    package var id: Int64?
    package var alarm: Alarm
    /// 0 nothing, 1 that it stands, 2 that it is over.
    package var told: [AlarmWay: Int]

    package init(id: Int64?, alarm: Alarm, told: [AlarmWay: Int]) {
        self.id = id
        self.alarm = alarm
        self.told = told
    }

    /// What there is to be told in all: 1 while it stands, 2 when it is over.
    package var stage: Int { alarm.ended == nil ? 1 : 2 }

    package func isNews(by way: AlarmWay) -> Bool { told[way] ?? 0 < stage }
}

extension Ledger {
    /// Alarms of whose beginning or end somebody has not been told by one of the ways, the oldest first; those that could not be written
    /// behind them.
    package func alarmNews(limit: Int = 500) throws(Fault) -> [AlarmNews] {
        let written = try read { db throws(Fault) in
            try db.all(
                """
                SELECT id, kind, object, text, raised, ended, logged, mailed, hooked FROM alarm
                WHERE (logged < 2 OR mailed < 2 OR hooked < 2)
                AND min(logged, mailed, hooked) < iif(ended IS NULL, 1, 2) ORDER BY id LIMIT ?
                """, Value(limit)
            ) { row in
                AlarmNews(
                    id: row.integer(0),
                    alarm: Alarm(
                        kind: row.text(1), object: row.text(2), text: row.text(3), raised: row.instant(4), ended: row.optionalInstant(5)),
                    told: [.journal: row.int(6), .mail: row.int(7), .webhook: row.int(8)])
            }
        }
        return written + unwritten.withLock { $0 }.map { AlarmNews(id: nil, alarm: $0, told: [:]) }
    }

    /// Notes what was told by a way, and posts the mails that tell it, in one transaction: neither is there without the other. Throws a
    /// ``Fault``, with nothing changed, when an address has had too many mails in the last hour.
    package func noteTold(_ news: [AlarmNews], by way: AlarmWay, mails: [NoticeDraft] = [], at now: Instant) throws(Fault) {
        guard news.contains(where: { $0.id != nil }) || !mails.isEmpty else { return }
        try write(mails.isEmpty ? [] : [.deliveries]) { db throws(Fault) in
            for mail in mails {
                guard try db.post(mail, at: now) != .tooMany else {
                    throw Fault(
                        "mail", "alarms", cause: "an address has had \(Ledger.noticesAnHour) mails of the service in the last hour",
                        mend: "They follow in one mail; ‘budstikke status’ shows them now.")
                }
            }
            for line in news {
                guard let id = line.id else { continue }
                // Its end may have come meanwhile, and is told next.
                try db.run("UPDATE alarm SET \(way.rawValue) = max(\(way.rawValue), ?) WHERE id = ?", Value(line.stage), .integer(id))
            }
        }
    }
}
