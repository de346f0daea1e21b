import Core
import Desk
import Ledger

/// What editors do with items and editions, by number or slug.
struct ItemOperations {
    var ledger: Ledger
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
        try act(what, "approved", item: { id throws(Fault) in try ledger.approveItem(id, by: actor, at: now) }) { edition throws(Fault) in
            for item in try ledger.items(of: edition.id) where item.state == .accepted || item.state == .held {
                try ledger.approveItem(item.id, by: actor, at: now)
            }
        }
    }

    func hold(_ what: String, _ reason: String, at now: Instant) throws(Fault) -> Answer {
        try act(what, "held", item: { id throws(Fault) in try ledger.holdItem(id, by: actor, at: now) }) { edition throws(Fault) in
            try ledger.holdEdition(edition.id, reason: reason, by: actor, at: now)
        }
    }

    func withdraw(_ what: String, at now: Instant) throws(Fault) -> Answer {
        try act(what, "withdrawn", item: { id throws(Fault) in try ledger.withdrawItem(id, by: actor, at: now) }) { edition throws(Fault) in
            throw Fault(
                "withdraw", "edition \(edition.slug)", cause: "only items can be withdrawn",
                mend: "Hold the edition before its release: budstikke hold \(edition.slug)")
        }
    }

    private func act(
        _ what: String, _ done: String, item: (ItemID) throws(Fault) -> Void, edition: (EditionRecord) throws(Fault) -> Void
    ) throws(Fault) -> Answer {
        if let number = Int64(what) {
            try item(ItemID(number))
            return Answer(text: "Item \(number) is \(done).", json: jsonText(["item": what, "state": done]))
        }
        guard let found = try ledger.edition(slug: what) else { throw Self.unknown(what) }
        try edition(found)
        return Answer(text: "Edition \(what) is \(done).", json: jsonText(["edition": what, "state": done]))
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
