import Core
import Desk
import Ledger

/// What is kept for how long, how much is older, and when the last pass went through it.
struct RetentionOperation {
    var house: House

    /// In days where it is whole ones, as people write it here.
    private static func days(_ span: Span) -> String {
        let day = Span.days(1).milliseconds
        return span.milliseconds % day == 0 ? "\(span.milliseconds / day)d" : span.description
    }

    func answer(at now: Instant) throws(Fault) -> Answer {
        let passes = try house.ledger.retentionPasses()
        var table = TextTable("KIND", "KEPT FOR", "OLDER NOW", "LAST PASS", "REMOVED BY IT", "IN ALL")
        var lines: [RetentionLine] = []
        for kind in RetentionKind.allCases {
            let limit = house.settings.retention.limit(kind, at: now)
            let older = try limit.map { limit throws(Fault) -> Int in
                guard kind == .receipts else { return try house.ledger.overdue(kind, olderThan: limit, at: now) }
                return house.receiptSweep.overdue(olderThan: limit)
            }
            let pass = passes[kind]
            lines.append(RetentionLine(kind: kind.key, span: house.settings.retention.spans[kind].map(Self.days), older: older, pass: pass))
            table.add(
                kind.key, house.settings.retention.spans[kind].map(Self.days) ?? "for ever", older.map { "\($0)" } ?? "–",
                shown(pass?.at, house.zone), pass.map { "\($0.removed)" } ?? "–", pass.map { "\($0.total)" } ?? "–")
        }
        return Answer(text: table.text, json: jsonText(lines))
    }
}

private struct RetentionLine: Encodable {
    var kind: String
    /// As in the configuration; none when it is kept for ever.
    var span: String?
    var older: Int?
    var pass: RetentionPass?
}
