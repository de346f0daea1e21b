import Core
import Desk
import Ledger
import Planner

/// What editors do with items and editions, by number or slug.
struct ItemOperations {
    var ledger: Ledger
    var release: ReleaseStep
    var zone: Zone
    var actor: String

    func list(_ state: ItemState?, _ source: String?, _ limit: Int) throws(Fault) -> Answer {
        let items = try ledger.items(state: state, source: source, limit: limit)
        var table = TextTable("ITEM", "STATE", "SOURCE", "RECEIVED", "TITLE")
        for item in items { table.add("\(item.id)", item.state.rawValue, item.source, shown(item.received, zone), item.content.title) }
        return Answer(text: items.isEmpty ? "No items." : table.text, json: jsonText(items.map(ItemLine.init)))
    }

    func show(_ id: ItemID) throws(Fault) -> Answer {
        guard let item = try ledger.item(id) else { throw Self.unknown("\(id)") }
        let content = item.content
        var lines = [
            content.title, "", "source    \(item.source)/\(item.name)", "state     \(item.state.rawValue), version \(item.version)",
            "received  \(shown(item.received, zone))", "category  \(content.category ?? "–")",
            "audience  \(content.audience ?? Audience.everybody.name)",
            "channels  \(content.channels.map(\.rawValue).sorted().joined(separator: ", "))",
            "shown     \(shown(content.visibleFrom, zone)) until \(shown(content.visibleUntil, zone))", "", content.summary, "",
            content.body.plainText, "",
        ]
        let trail = try ledger.auditTrail(of: "item \(id)")
        lines += trail.reversed().map { "\(shown($0.at, zone))  \($0.actor): \($0.act) \($0.detail)" }
        return Answer(text: lines.joined(separator: "\n"), json: jsonText(item))
    }

    func approve(_ what: String, at now: Instant) throws(Fault) -> Answer {
        switch try subject(what) {
        case .item(let id): try ledger.approveItem(id, by: actor, at: now)
        case .edition(let edition):
            // An open edition has frozen nothing yet: what it would carry is what the editor has seen in its preview.
            for item in try release.items(for: edition, at: max(now, edition.release)) where !item.isApproved {
                try ledger.approveItem(item.id, by: actor, at: now)
            }
        }
        return done(what, "approved")
    }

    func hold(_ what: String, _ reason: String, at now: Instant) throws(Fault) -> Answer {
        switch try subject(what) {
        case .item(let id): try ledger.holdItem(id, by: actor, at: now)
        case .edition(let edition) where edition.state == .released:
            try ledger.pauseDeliveries(of: edition.id, reason: reason, by: actor, at: now)
            return Answer(
                text: "The deliveries of \(what) are paused. Go on with ‘budstikke resume \(what)’.",
                json: jsonText(["edition": what, "state": "paused"]))
        case .edition(let edition): try ledger.holdEdition(edition.id, reason: reason, by: actor, at: now)
        }
        return done(what, "held")
    }

    func withdraw(_ what: String, at now: Instant) throws(Fault) -> Answer {
        guard case .item(let id) = try subject(what) else {
            throw Fault(
                "withdraw", "edition \(what)", cause: "only items can be withdrawn",
                mend: "Hold the edition before its release: budstikke hold \(what)")
        }
        try ledger.withdrawItem(id, by: actor, at: now)
        return done(what, "withdrawn")
    }

    private enum Subject {
        case item(ItemID)
        case edition(EditionRecord)
    }

    /// An item by its number, or an edition by its slug.
    private func subject(_ what: String) throws(Fault) -> Subject {
        if let number = Int64(what) { return .item(ItemID(number)) }
        guard let edition = try ledger.edition(slug: what) else { throw Self.unknown(what) }
        return .edition(edition)
    }

    private func done(_ what: String, _ state: String) -> Answer {
        let kind = Int64(what) == nil ? "edition" : "item"
        return Answer(text: "\(kind.capitalized) \(what) is \(state).", json: jsonText([kind: what, "state": state]))
    }

    static func unknown(_ what: String) -> Fault {
        Fault(
            "find", "‘\(what)’", cause: "there is no item of this number and no edition of this name",
            mend: "See them with ‘budstikke items’ and ‘budstikke status’.")
    }
}

/// An item as `items --json` prints it.
private struct ItemLine: Encodable {
    var id: ItemID
    var state: ItemState
    var source: String
    var name: String
    var version: Int
    var received: Instant
    var title: String
    var category: String?

    init(_ item: ItemRecord) {
        id = item.id
        state = item.state
        source = item.source
        name = item.name
        version = item.version
        received = item.received
        title = item.content.title
        category = item.content.category
    }
}
