import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    private static let pageSize = 50
    /// A longer table is the command line's: it would keep the web server from everybody else.
    private static let longestTable = 10_000

    private func withReleased(_ act: String, _ make: (EditionRecord) throws(Fault) -> Response) throws(Fault) -> Response {
        guard visitor.seesDeliveries else { return try forbid(act) }
        guard let edition = try ledger.edition(slug: request.captures["slug"] ?? ""), edition.released != nil else { return try notFound() }
        return try make(edition)
    }

    /// How far an edition is, and who got it, who did not and why.
    func deliveries() throws(Fault) -> Response {
        try withReleased("open") { edition throws(Fault) in
            let failedOnly = request.query("show") == "failed"
            let last = request.query("after").flatMap { Int64($0) }.map(RecipientID.init)
            let found = try ledger.deliveryPage(of: edition.id, failedOnly: failedOnly, after: last, limit: Self.pageSize + 1)
            let shown = found.prefix(Self.pageSize)
            let address = "/desk/editions/\(edition.slug)/deliveries"
            let more =
                found.count > Self.pageSize
                ? shown.last.map { "\(address)?" + Self.query(["show": failedOnly ? "failed" : "", "after": "\($0.recipient)"]) } : nil
            let progress = try progress(of: edition)
            let counts = progress.counts
            let total = counts.values.reduce(0, +)
            let failed = counts[.failed] ?? 0
            return try page(
                .deliveries, text("desk.deliveriesOf", ["title": edition.title]),
                [
                    "address": .text(address), "edition": .text("/desk/editions/\(edition.slug)"), "isLive": .bool(progress.isRunning),
                    "live": Value(progress.isRunning ? "/desk/editions/\(edition.slug)/progress" : nil),
                    "progress": .map(progress.values), "canRetry": .bool(failed > 0 && visitor.canSteerDeliveries),
                    "retryLabel": .text(text("desk.retryFailed", ["count": "\(failed)"])),
                    "canPause": .bool(progress.isRunning && progress.pause == nil && visitor.canSteerDeliveries),
                    "canResume": .bool(progress.pause != nil && visitor.canSteerDeliveries),
                    "hasActs": .bool(visitor.canSteerDeliveries && (failed > 0 || progress.isRunning)),
                    "allTable": Value(total > 0 && total <= Self.longestTable ? address + ".csv" : nil),
                    "failedTable": Value(failed > 0 && failed <= Self.longestTable ? address + ".csv?show=failed" : nil),
                    "isLong": .bool(total > Self.longestTable), "command": .text("budstikke deliveries \(edition.slug) --csv"),
                    "isFailedOnly": .bool(failedOnly), "hasRows": .bool(!shown.isEmpty), "more": Value(more),
                    "rows": .list(shown.map { row($0.delivery) }),
                ])
        }
    }

    private func row(_ delivery: DeliveryRecord) -> Value {
        let moment = house.moment(delivery.since)
        var facts = [delivery.state == .sent ? text("desk.wentOut", ["moment": moment]) : text("desk.alarmSince", ["moment": moment])]
        if delivery.attempt > 1 { facts.append(text("desk.attempts", ["count": "\(delivery.attempt)"])) }
        if delivery.state != .pending, let due = delivery.due { facts.append(text("desk.nextAttempt", ["moment": house.moment(due)])) }
        let isSuppressed = delivery.reply == Ledger.suppressedReply
        let reply = isSuppressed || delivery.state == .sent ? nil : delivery.reply
        return [
            "name": .text(delivery.address ?? delivery.outlet),
            "state": .text(delivery.state == .failed ? "held" : delivery.state.rawValue),
            "stateLabel": .text(label(of: delivery.state)), "facts": .text(facts.joined(separator: ". ")), "reply": Value(reply),
            "isSuppressed": .bool(isSuppressed), "bounce": Value(delivery.bounce),
        ]
    }

    func label(of state: DeliveryState) -> String {
        switch state {
        case .pending: text("desk.deliveryPending")
        case .sending: text("desk.deliverySending")
        case .sent: text("desk.deliverySent")
        case .deferred: text("desk.deliveryDeferred")
        case .failed: text("desk.deliveryFailed")
        case .ambiguous: text("desk.deliveryAmbiguous")
        }
    }

    // MARK: Progress

    private struct Progress {
        var counts: [DeliveryState: Int]
        var pause: String?
        /// Whether something still waits to be sent, be it paused or not.
        var isRunning: Bool
        var values: [String: Value]
    }

    private func progress(of edition: EditionRecord) throws(Fault) -> Progress {
        let counts = try ledger.deliveryCounts(of: edition.id)
        let pause = try ledger.pause(of: edition.id)
        let total = counts.values.reduce(0, +)
        let left = [.pending, .sending, .deferred, .ambiguous].reduce(0) { $0 + (counts[$1] ?? 0) }
        let remaining: Span? = site.live.estimate("edition \(edition.id)", left: left, at: now).remaining
        let values: [String: Value] = [
            "hasDeliveries": .bool(total > 0), "total": .number("\(total)"), "done": .number("\(total - left)"),
            "words": .text(text("desk.progressWords", ["done": "\(total - left)", "total": "\(total)"])),
            "remaining": Value(pause == nil ? remaining.map { words(for: $0) } : nil), "isOver": .bool(left == 0),
            "pause": Value(pause == nil ? nil : text("desk.isPaused")), "pauseReason": Value(pause.map { wording(of: $0) }),
            "counts": .list(
                DeliveryState.allCases.compactMap { state in
                    counts[state].map { ["label": .text(label(of: state)), "count": .number("\($0)")] }
                }),
        ]
        return Progress(counts: counts, pause: pause, isRunning: left > 0, values: values)
    }

    /// The same, told while somebody looks.
    func deliveryProgress() throws(Fault) -> Response {
        try withReleased("open") { edition throws(Fault) in
            .eventStream { stream in
                site.live.join("edition \(edition.id)", stream) { () throws(Fault) in
                    let fresh = renewed()
                    let progress = try fresh.progress(of: edition)
                    return .init(
                        html: try fresh.house.press.deskPage(.progress, language: fresh.house.language, progress.values),
                        isOver: !progress.isRunning)
                }
            }
        }
    }

    /// All of them, or those that failed, for a spreadsheet.
    func deliveriesTable() throws(Fault) -> Response {
        try withReleased("open") { edition throws(Fault) in
            let failedOnly = request.query("show") == "failed"
            let counts = try ledger.deliveryCounts(of: edition.id)
            let rows = failedOnly ? counts[.failed] ?? 0 : counts.values.reduce(0, +)
            guard rows <= Self.longestTable else { return try notFound() }
            let answer = try house.perform(
                .deliveries(edition: edition.slug, failedOnly: failedOnly, form: .csv), visitor.name, visitor.roles)
            return Response(
                status: 200,
                headers: [
                    "Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store",
                    "Content-Disposition": "attachment; filename=\"\(edition.slug).csv\"",
                ], body: Bytes(answer.text))
        }
    }

    // MARK: Acts

    func actOnDeliveries(_ form: DeskForm) throws(Fault) -> Response {
        let act = form["act"] ?? ""
        guard visitor.canSteerDeliveries else { return try forbid(act) }
        return try withReleased(act) { edition throws(Fault) in
            let back = "/desk/editions/\(edition.slug)/deliveries"
            switch act {
            case "retry": return later(back, text("desk.doneRetried"), .retry(edition: edition.slug))
            case "pause":
                return later(back, text("desk.donePaused"), .hold(what: edition.slug, reason: ""))
            case "resume": return later(back, text("desk.doneResumed"), .resume(edition: edition.slug))
            case "stop": return later(back, text("desk.doneStopped"), .stop(edition: edition.slug))
            default: return try forbid(act)
            }
        }
    }
}
