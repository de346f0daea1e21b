import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    private static let shown = 10

    /// What waits for the visitor, what goes out next, what is wrong.
    func today() throws(Fault) -> Response {
        var waiting: [Value] = []
        var more: Value = .null
        let coming = visitor.seesEditions ? try ledger.editions([.open, .closed, .held], limit: 50).reversed() : []
        for edition in coming {
            // Most need no yes: what is in them need not be looked at.
            guard mayApprove(edition) else { continue }
            let standing = try site.standing.standing(of: edition, house, at: now)
            guard !standing.items.isEmpty, !standing.approval.isComplete, try wants(edition, standing) else { continue }
            waiting.append(row(edition))
        }
        if visitor.canApproveItems || visitor.visibleSources != nil {
            var filter = ItemFilter()
            filter.state = .accepted
            filter.sources = visitor.visibleSources
            let items = try ledger.items(filter, limit: Self.shown + 1)
            // A crisis message goes by rules of its own.
            waiting += try pictured(items.prefix(Self.shown).filter { !$0.source.hasPrefix(AlertSource.prefix) }, \.picture) { row($0) }
            if items.count > Self.shown { more = "/desk/items?state=accepted" }
        }
        if visitor.canAlert {
            for alert in try ledger.alerts([.proposed], limit: 5) where alert.proposer != visitor.name {
                waiting.insert(row(alert), at: 0)
            }
        }
        let alarms = visitor.seesLog ? try ledger.standingAlarms() : []
        return try page(
            .today, text("desk.today"),
            [
                "greeting": .text(text("desk.hello", ["name": visitor.name])), "hasAlarms": .bool(!alarms.isEmpty),
                "alarms": .list(try alarms.prefix(50).map { alarm throws(Fault) in try self.alarm(alarm) }),
                "hasWaiting": .bool(!waiting.isEmpty), "waiting": .list(waiting),
                "moreWaiting": more, "showsEditions": .bool(visitor.seesEditions), "hasEditions": .bool(!coming.isEmpty),
                "editions": .list(coming.prefix(Self.shown).map { row($0) }), "isLive": true, "arriving": .map(try arriving()),
            ])
    }

    /// Whether the visitor's own yes is among those that are missing.
    private func wants(_ edition: EditionRecord, _ standing: StandingEditions.Standing) throws(Fault) -> Bool {
        let given = Set(standing.approval.valid.filter { $0.actor == visitor.name }.compactMap(\.role))
        return try !Set(house.capacities(visitor.roles, edition, standing.items)).isSubset(of: given)
    }

    /// Whether anybody's yes is asked for, and the visitor is of those who may give one at all.
    private func mayApprove(_ edition: EditionRecord) -> Bool {
        visitor.approves && rule(edition) != .none
    }

    /// What is wrong and what helps, in the reader's words; what the service itself knows of it comes after in English, unless the words
    /// say it all.
    private func alarm(_ alarm: Alarm) throws(Fault) -> Value {
        let kind = AlarmKind(rawValue: alarm.kind)
        let edition = alarm.kind.hasSuffix("-edition") ? try ledger.edition(slug: alarm.object) : nil
        let publication = house.publications.first { $0.name == alarm.object }
        let object = edition?.title ?? publication?.title ?? alarm.object
        let whole = sayingAll(kind, ["object": object])
        let headline = kind.map { text($0.headlineKey) } ?? alarm.kind
        let advice = text(kind?.adviceKey ?? "alarm.doctor")
        return [
            "since": .text(text("desk.alarmSince", ["moment": house.moment(alarm.raised)])),
            "text": .text(whole ?? "\(headline): \(object). \(advice)"), "cause": Value(whole == nil ? alarm.text : nil),
            "address": Value(edition.map { "/desk/editions/\($0.slug)" }),
        ]
    }

    private func sayingAll(_ kind: AlarmKind?, _ object: [String: String]) -> String? {
        switch kind {
        case .unapprovedEdition: text("desk.alarmUnapproved", object)
        case .heldEdition: text("desk.alarmHeld", object)
        case .emptyEdition: text("desk.alarmEmpty", object)
        case .silentPublication: text("desk.alarmSilent", object)
        case .silentScreen: text("desk.alarmScreen", object)
        case .alertProposed: text("desk.alarmProposed", object)
        case .pausedEdition: text("desk.alarmPaused", object)
        default: nil
        }
    }

    /// The fields of a link that have a value, encoded.
    static func query(_ fields: [String: String]) -> String {
        fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { "\($0.key)=\(encoded($0.value))" }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: String(Unicode.Scalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
