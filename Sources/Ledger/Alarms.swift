import Core
import Database

/// Something that a person has to look at. An alarm stands until its cause is gone; the same one is raised once.
package struct Alarm: Hashable, Codable, Sendable {
    /// What kind of trouble, such as `silent-publication`, `drop-folder`; the log and `status` show it.
    package var kind: String
    package var object: String
    package var text: String
    package var raised: Instant
    package var ended: Instant?
}

extension Ledger {
    /// Raises an alarm, or renews the text of one that stands. Returns whether it is new. One that cannot be written, such as that the
    /// ledger's disk is full, stands in memory until it can be or is ended.
    @discardableResult
    package func raiseAlarm(_ kind: String, _ object: String, _ text: String, at now: Instant) throws(Fault) -> Bool {
        do throws(Fault) {
            let isNew = try writeAlarm(kind, object, text, at: now)
            return forgetUnwritten(kind, object) ? false : isNew
        } catch {
            let alarm = Alarm(kind: kind, object: object, text: text, raised: now)
            let isNew = unwritten.withLock { alarms in
                if let index = alarms.firstIndex(where: { $0.kind == kind && $0.object == object }) {
                    alarms[index].text = text
                    return false
                }
                alarms.append(alarm)
                return true
            }
            if isNew { tell([.alarms]) }
            return isNew
        }
    }

    /// Whether there was one.
    private func forgetUnwritten(_ kind: String, _ object: String) -> Bool {
        unwritten.withLock { alarms in
            let count = alarms.count
            alarms.removeAll { $0.kind == kind && $0.object == object }
            return alarms.count < count
        }
    }

    private func writeAlarm(_ kind: String, _ object: String, _ text: String, at now: Instant) throws(Fault) -> Bool {
        let standing = try read { db throws(Fault) in
            try db.first("SELECT text FROM alarm WHERE kind = ? AND object = ? AND ended IS NULL", Value(kind), Value(object)) {
                $0.text(0)
            }
        }
        guard standing != text else { return false }
        return try write([.alarms]) { db throws(Fault) in
            let renewed = try db.run(
                "UPDATE alarm SET text = ? WHERE kind = ? AND object = ? AND ended IS NULL", Value(text), Value(kind), Value(object))
            guard renewed == 0 else { return false }
            try db.run(
                "INSERT INTO alarm (kind, object, text, raised) VALUES (?, ?, ?, ?)", Value(kind), Value(object), Value(text), Value(now))
            try db.add(1, to: .alarms, kind)
            return true
        }
    }

    /// Ends an alarm that stands. Returns whether there was one.
    @discardableResult
    package func endAlarm(_ kind: String, _ object: String, at now: Instant) throws(Fault) -> Bool {
        let wasUnwritten = forgetUnwritten(kind, object)
        if wasUnwritten { tell([.alarms]) }
        guard try standingAlarms().contains(where: { $0.kind == kind && $0.object == object }) else { return wasUnwritten }
        return try write([.alarms]) { db throws(Fault) in
            try db.run("UPDATE alarm SET ended = ? WHERE kind = ? AND object = ? AND ended IS NULL", Value(now), Value(kind), Value(object))
                > 0
        }
    }

    package func standingAlarms() throws(Fault) -> [Alarm] {
        let written = try read { db throws(Fault) in
            try db.all("SELECT kind, object, text, raised FROM alarm WHERE ended IS NULL ORDER BY id") { row in
                Alarm(kind: row.text(0), object: row.text(1), text: row.text(2), raised: row.instant(3))
            }
        }
        return written
            + unwritten.withLock { $0 }.filter { alarm in
                !written.contains { $0.kind == alarm.kind && $0.object == alarm.object }
            }
    }
}
