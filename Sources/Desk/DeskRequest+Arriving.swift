import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    private static let shown = 10

    /// What is on its way in, told while somebody looks.
    func arrivals() throws(Fault) -> Response {
        let subject = "arriving \((visitor.visibleSources ?? ["*"]).joined(separator: "/"))"
        return .eventStream { stream in
            site.live.join(subject, stream) { () throws(Fault) in
                let fresh = renewed()
                return .init(html: try fresh.house.press.deskPage(.arriving, language: fresh.house.language, try fresh.arriving()))
            }
        }
    }

    /// The same visitor a while later.
    func renewed() -> DeskRequest {
        DeskRequest(site: site, house: site.house() ?? house, request: request, now: site.clock.now()).with(visitor)
    }

    /// The files of the visitor's sources that are not items yet, and the latest one that has become one.
    func arriving() throws(Fault) -> [String: Value] {
        let sources = visitor.visibleSources
        let counts = try ledger.waitingCounts(of: sources)
        let left = [WaitingFile.Reason.settling, .spooled].reduce(0) { $0 + (counts[$1] ?? 0) }
        var files: [WaitingFile] = []
        if let sources {
            for source in sources { files += try ledger.waitingFiles(of: source, limit: Self.shown) }
        } else {
            files = try ledger.waitingFiles(limit: Self.shown)
        }
        files.sort { ($0.since, $0.source, $0.name) < ($1.since, $1.source, $1.name) }
        let estimate = site.live.estimate("arriving \((sources ?? ["*"]).joined(separator: "/"))", left: left, at: now)
        var filter = ItemFilter()
        filter.sources = sources
        let latest = try ledger.items(filter, limit: 1).first
        let total = counts.values.reduce(0, +)
        let more = total > Self.shown ? text("desk.arrivingMore", ["count": "\(total - Self.shown)"]) : nil
        var lines: [Value] = []
        for file in files.prefix(Self.shown) {
            let places = ["source": AlertSource.shown(file.source), "reason": reason(file), "moment": house.moment(file.since)]
            lines.append(["name": .text(file.name), "facts": .text(text("desk.arrivingFacts", places))])
        }
        var newest: Value = .null
        if let latest {
            newest = [
                "address": .text("/desk/items/\(latest.id)"), "title": .text(latest.title),
                "moment": .text(house.moment(latest.revised)),
            ]
        }
        return [
            "hasFiles": .bool(total > 0),
            "words": .text(total == 1 ? text("desk.arrivingOne") : text("desk.arrivingMany", ["count": "\(total)"])),
            "isRunning": .bool(left > 1), "total": .number("\(estimate.begun)"), "done": .number("\(estimate.begun - left)"),
            "remaining": Value(estimate.remaining.map { words(for: $0) }),
            "files": .list(lines), "more": Value(more), "latest": newest,
        ]
    }

    private func reason(_ file: WaitingFile) -> String {
        switch file.reason {
        case .settling: text("desk.fileSettling")
        case .incomplete: text("desk.fileIncomplete")
        case .needsProgram: text("desk.fileNeeds", ["program": file.detail])
        case .unreadable: text("desk.fileUnreadable")
        case .spooled: text("desk.fileSpooled")
        }
    }

    /// `Omkring 3 minutter igen`.
    func words(for span: Span) -> String {
        let minutes = (span.milliseconds + 59_999) / 60_000
        if minutes <= 1 { return text("desk.remainingShort") }
        if minutes < 90 { return text("desk.remainingMinutes", ["count": "\(minutes)"]) }
        return text("desk.remainingHours", ["count": "\((minutes + 30) / 60)"])
    }
}
