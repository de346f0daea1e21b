import Core
import Desk
import Intake
import Ledger
import Planner

/// What editors do with items and editions, by number or slug.
struct ItemOperations {
    var ledger: Ledger
    var release: ReleaseStep
    var zone: Zone
    var actor: String
    /// What the actor may approve as.
    var roles: [DeskRole]

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
            try approve(edition, try release.items(for: edition, at: max(now, edition.release)), at: now)
        }
        return done(what, "approved")
    }

    func approve(_ id: ItemID, version: Int, at now: Instant) throws(Fault) -> Answer {
        try ledger.approveItem(id, version: version, by: actor, at: now)
        return done("\(id)", "approved")
    }

    func approveEdition(_ slug: String, seen: String, at now: Instant) throws(Fault) -> Answer {
        guard let edition = try ledger.edition(slug: slug) else { throw Self.unknown(slug) }
        let items = try release.items(for: edition, at: max(now, edition.release))
        guard edition.approvable(items) == seen else {
            throw Fault(
                "approve", "edition \(slug)", cause: "it has changed since it was looked at", mend: "Look at it again, then approve.")
        }
        try approve(edition, items, at: now)
        return done(slug, "approved")
    }

    /// A yes in each capacity that the edition's rule asks for. An editor's goes to each item too, for what shows items alone.
    private func approve(_ edition: EditionRecord, _ items: [ItemRecord], at now: Instant) throws(Fault) {
        let capacities = try release.capacities(of: roles, for: edition, items)
        guard !capacities.isEmpty else {
            let rule = try release.publication(edition.publication).approval.rawValue
            throw Fault(
                "approve", "edition \(edition.slug)", cause: "its rule is Approval=\(rule), and \(actor) is none of those it asks for",
                mend: "Ask somebody who is, or give the role with ‘budstikke user role’.")
        }
        try ledger.approveEdition(edition.id, content: edition.approvable(items), as: capacities, by: actor, at: now)
        guard roles.contains(.editor) else { return }
        for item in items where !item.isApproved { try ledger.approveItem(item.id, by: actor, at: now) }
    }

    /// A new version by the actor. What must not be published is refused here as at the drop folder.
    func edit(_ id: ItemID, from version: Int, _ edit: ItemEdit, at now: Instant) throws(Fault) -> Answer {
        guard let item = try ledger.item(id) else { throw Self.unknown("\(id)") }
        let content = edit.applied(to: item.content)
        guard !content.title.allSatisfy(\.isWhitespace) else {
            throw Fault("edit", "item \(id)", cause: "it would have no title", mend: "Write one.")
        }
        guard !content.holdsPersonalNumber else {
            throw Fault("edit", "item \(id)", cause: "there is a personal number in it", mend: "Take it out.")
        }
        if let from = content.visibleFrom, let until = content.visibleUntil, until <= from {
            throw Fault("edit", "item \(id)", cause: "it would end before it begins", mend: "Mend the dates.")
        }
        guard content != item.content else { return Answer(text: "Nothing has changed.", json: jsonText(["changed": false])) }
        try ledger.reviseItem(id, from: version, to: content, by: actor, at: now)
        return done("\(id)", "edited")
    }

    func arrange(_ slug: String, order: [ItemID], leftOut: [ItemID], at now: Instant) throws(Fault) -> Answer {
        guard let edition = try ledger.edition(slug: slug) else { throw Self.unknown(slug) }
        try ledger.arrangeEdition(edition.id, order: order, leftOut: leftOut, by: actor, at: now)
        return done(slug, "arranged")
    }

    func hold(_ what: String, _ reason: String, at now: Instant) throws(Fault) -> Answer {
        switch try subject(what) {
        case .item(let id): try ledger.holdItem(id, by: actor, at: now)
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
