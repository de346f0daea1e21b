import Core
import Desk
import Ledger

/// Sources, items, editions, deliveries, screens, endpoints and alarms at a glance.
struct StatusOperation {
    var house: House

    private static let refusedPeriod = Span.days(1)

    func answer(at now: Instant) throws(Fault) -> Answer {
        let report = try report(at: now)
        return Answer(text: try text(report, at: now), json: jsonText(report), isProblem: !report.alarms.isEmpty)
    }

    private func report(at now: Instant) throws(Fault) -> StatusReport {
        let ledger = house.ledger
        let counts = try ledger.itemCounts()
        let deliveries = try ledger.deliveryCounts()
        var report = StatusReport(
            recipients: try ledger.recipientCount(), items: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) }),
            deliveries: Dictionary(uniqueKeysWithValues: deliveries.map { ($0.key.rawValue, $0.value) }),
            suppressed: try ledger.suppressionCount(),
            bounces: Dictionary(uniqueKeysWithValues: try ledger.bounceCounts().map { ($0.key.rawValue, $0.value) }),
            alarms: try ledger.standingAlarms(),
            waiting: try ledger.waitingFiles(),
            refused: try ledger.refusedFiles(since: now - Self.refusedPeriod),
            alerts: try ledger.alerts([.proposed, .standing]).map(AlertLine.init))
        for source in house.settings.sources {
            let latest = try ledger.items(source: source.name, limit: 1).first
            report.sources.append(.init(name: source.name, latest: latest?.content.title, received: latest?.received))
        }
        for edition in try ledger.editions([.open, .closed, .held], limit: 50).reversed() { report.coming.append(.init(edition, nil)) }
        for edition in try ledger.editions([.released, .recalled], limit: 5) {
            var line = StatusReport.Edition(edition, try ledger.deliveryCounts(of: edition.id))
            let answers = try ledger.usefulness(of: edition.id)
            line.useful = answers.useful
            line.notUseful = answers.notUseful
            let phones = try ledger.phoneMessageCounts(of: edition.id)
            line.phones = phones.isEmpty ? nil : Dictionary(uniqueKeysWithValues: phones.map { ($0.key.rawValue, $0.value) })
            line.reason = try ledger.pause(of: edition.id).map { "paused: \($0)" }
            line.out = ReleaseReport(try ledger.moments(of: edition.id))
            report.released.append(line)
        }
        if house.settings.phones != nil {
            let messages = try ledger.phoneMessageCounts()
            report.phones = .init(
                switchedOn: try ledger.phoneCount(),
                messages: Dictionary(uniqueKeysWithValues: messages.map { ($0.key.rawValue, $0.value) }))
        }
        report.screens = try ledger.screens(limit: 100)
        for endpoint in house.settings.endpoints {
            let posts = try ledger.postCounts(endpoint.name)
            report.endpoints.append(
                .init(
                    name: endpoint.name, stopped: try ledger.endpointStop(endpoint.name),
                    posts: Dictionary(uniqueKeysWithValues: posts.map { ($0.key.rawValue, $0.value) })))
        }
        report.store = try house.settings.store.map { store throws(Fault) in try ledger.storeState(store.name) }
        return report
    }

    private func text(_ report: StatusReport, at now: Instant) throws(Fault) -> String {
        func counted(_ counts: [String: Int]) -> String {
            counts.isEmpty ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        var sources = TextTable("SOURCE", "RECEIVED", "LATEST ITEM")
        for source in report.sources { sources.add(source.name, shown(source.received, house.zone), source.latest ?? "–") }
        var coming = TextTable("EDITION", "STATE", "CUT-OFF", "RELEASE", "WHY")
        for edition in report.coming {
            coming.add(
                edition.slug, edition.state, shown(edition.cutOff, house.zone), shown(edition.release, house.zone),
                edition.reason ?? "")
        }
        var released = TextTable("RELEASED", "AT", "DELIVERIES", "USEFUL YES/NO", "SPREAD", "CORRECTIONS")
        for edition in report.released {
            released.add(
                edition.slug, shown(edition.release, house.zone),
                counted(edition.deliveries ?? [:]) + (edition.phones.map { "; phones: \(counted($0))" } ?? "")
                    + (edition.reason.map { "; \($0)" } ?? ""),
                "\(edition.useful ?? 0)/\(edition.notUseful ?? 0)",
                edition.out?.spreadMilliseconds.map { "\($0) ms" } ?? "–",
                edition.corrections == 0 ? "–" : "\(edition.corrections)\(edition.state == "recalled" ? ", nothing is left" : "")")
        }
        var parts = [
            report.alerts.map { $0.text(house.zone) }.joined(separator: "\n"),
            report.alarms.map { "ALARM \($0.kind) \($0.object) since \(shown($0.raised, house.zone)): \($0.text)" }.joined(separator: "\n"),
            "recipients  \(report.recipients)\(report.suppressed > 0 ? ", \(report.suppressed) addresses suppressed" : "")\nitems       \(counted(report.items))\ndeliveries  \(counted(report.deliveries))"
                + (report.bounces.isEmpty ? "" : "\nreports     \(counted(report.bounces))")
                + (report.phones.map { "\nphones      \($0.switchedOn); messages: \(counted($0.messages))" } ?? ""),
            sources.text,
        ]
        parts += try FileWays(ledger: house.ledger, zone: house.zone).tables(refusedSince: now - Self.refusedPeriod)
        parts += [
            coming.isEmpty ? "" : coming.text, released.isEmpty ? "" : released.text,
            report.screens.isEmpty ? "" : ScreenOperations.table(report.screens, house.zone),
        ]
        parts += report.endpoints.map {
            "endpoint \($0.name): \($0.stopped.map { "stopped: \($0)" } ?? "in use"), posts: \(counted($0.posts))"
        }
        if let name = house.settings.store?.name, let store = report.store {
            let failing = store.failure.map { ", failing since \(shown(store.since, house.zone)): \($0)" } ?? ""
            parts.append(
                "store \(name): \(store.objects) objects, \(store.waiting) waiting, last changed \(shown(store.latest, house.zone))\(failing)"
            )
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}

/// What `status --json` prints.
private struct StatusReport: Encodable {
    struct Source: Encodable {
        var name: String
        var latest: String?
        var received: Instant?
    }

    struct Edition: Encodable {
        var slug: String
        var state: String
        var cutOff: Instant
        var release: Instant
        var reason: String?
        var deliveries: [String: Int]?
        /// Answers to "was this useful?".
        var useful: Int?
        var notUseful: Int?
        /// Messages to phones by state.
        var phones: [String: Int]?
        /// When it was out on each channel; of released ones.
        var out: ReleaseReport?
        var corrections: Int

        init(_ edition: EditionRecord, _ counts: [DeliveryState: Int]?) {
            slug = edition.slug
            state = edition.state.rawValue
            cutOff = edition.cutOff
            release = edition.released ?? edition.release
            reason = edition.reason
            corrections = edition.corrections
            deliveries = counts.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.key.rawValue, $0.value) }) }
        }
    }

    struct Endpoint: Encodable {
        var name: String
        var stopped: String?
        var posts: [String: Int]
    }

    struct Phones: Encodable {
        var switchedOn: Int
        var messages: [String: Int]
    }

    var recipients: Int
    var items: [String: Int]
    var deliveries: [String: Int]
    var suppressed: Int
    /// Delivery reports by verdict.
    var bounces: [String: Int]
    var alarms: [Alarm]
    var waiting: [WaitingFile]
    var refused: [RefusedFile]
    /// Crisis messages that stand or wait.
    var alerts: [AlertLine]
    var sources: [Source] = []
    var coming: [Edition] = []
    var released: [Edition] = []
    var screens: [ScreenRecord] = []
    var endpoints: [Endpoint] = []
    /// `nil` when they are not offered.
    var phones: Phones?
    /// `nil` when nothing is published to one.
    var store: StoreState?
}
