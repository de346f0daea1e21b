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
    /// What must not be published yet.
    var blocked: BlockedWords

    /// How long a refused file is shown beside the items.
    private static let refusedPeriod = Span.days(7)

    func list(_ state: ItemState?, _ source: String?, _ limit: Int, at now: Instant) throws(Fault) -> Answer {
        let items = try ledger.items(state: state, source: source, limit: limit)
        var table = TextTable("ITEM", "STATE", "SOURCE", "FILE", "RECEIVED", "TITLE")
        for item in items {
            let like = item.resembles.map { " (nearly the same as item \($0))" } ?? ""
            table.add(
                "\(item.id)", item.state.rawValue, item.source + (item.content.side.map { " (\($0.rawValue))" } ?? ""), item.name,
                shown(item.received, zone), item.content.title + like)
        }
        var parts = [items.isEmpty ? "No items." : table.text]
        if state == nil { parts += try FileWays(ledger: ledger, zone: zone).tables(of: source, refusedSince: now - Self.refusedPeriod) }
        return Answer(text: parts.joined(separator: "\n\n"), json: jsonText(items.map(ItemLine.init)))
    }

    func show(_ id: ItemID, version: Int?) throws(Fault) -> Answer {
        if let version { try show(id, version: version) } else { try show(id) }
    }

    private func show(_ id: ItemID) throws(Fault) -> Answer {
        guard let item = try ledger.item(id) else { throw Self.unknown("\(id)") }
        let text = ItemText(zone: zone)
        var lines = [
            "source    \(item.source)/\(item.name)", "state     \(item.state.rawValue), version \(item.version)",
            "received  \(shown(item.received, zone))",
        ]
        if let other = try ledger.resemblance(of: id) {
            lines.append(
                "like      item \(other.item) of \(other.source), \(shown(other.received, zone)): \(other.title) "
                    + "(\(Int((other.share * 100).rounded())) % in common; to keep that one alone: budstikke withdraw \(id) --same-as \(other.item))"
            )
        }
        lines += text.lines(item.content)
        let versions = try ledger.versions(of: id)
        let changes = zip(versions, versions.dropFirst()).map { text.changes(from: $1.content, to: $0.content) } + [[]]
        if versions.count > 1 {
            lines += ["", "VERSIONS  (budstikke item \(id) --version N shows a former one)"]
            for (version, changed) in zip(versions, changes) {
                lines.append("\(version.version)  \(shown(version.received, zone))")
                lines += changed.map { "   " + $0 }
            }
        }
        let trail = try ledger.auditTrail(of: "item \(id)").reversed()
        lines += ["", "HISTORY"] + trail.map { "\(shown($0.at, zone))  \($0.actor): \($0.act) \($0.detail)" }
        let report = ItemReport(
            item: item,
            versions: zip(versions, changes).map { .init(version: $0.version, received: $0.received, changes: $1) }, history: Array(trail))
        return Answer(text: lines.joined(separator: "\n"), json: jsonText(report))
    }

    /// A version as it was, and what the next one changed.
    private func show(_ id: ItemID, version number: Int) throws(Fault) -> Answer {
        guard let version = try ledger.version(number, of: id) else {
            throw Fault(
                "find", "version \(number) of item \(id)", cause: "there is none", mend: "See its versions with ‘budstikke item \(id)’.")
        }
        let text = ItemText(zone: zone)
        var lines = ["version   \(number), received \(shown(version.received, zone))"] + text.lines(version.content)
        if let next = try ledger.version(number + 1, of: id) {
            lines += ["", "CHANGED BY VERSION \(number + 1), \(shown(next.received, zone))"]
            lines += text.changes(from: version.content, to: next.content)
        }
        return Answer(text: lines.joined(separator: "\n"), json: jsonText(version))
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
        if let word = content.word(of: blocked) {
            throw Fault("edit", "item \(id)", cause: "‘\(word)’ stands in it, which [Drop] BlockedWord= names", mend: "Take it out.")
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
        case .edition(let edition) where edition.state == .released:
            let reason = reason.isEmpty ? Phrase.pausedBy.written(["who": actor]) : reason
            try ledger.pauseDeliveries(of: edition.id, reason: reason, by: actor, at: now)
            return Answer(
                text: "The deliveries of \(what) are paused. Go on with ‘budstikke resume \(what)’.",
                json: jsonText(["edition": what, "state": "paused"]))
        case .edition(let edition):
            let reason = reason.isEmpty ? Phrase.heldBy.written(["who": actor]) : reason
            try ledger.holdEdition(edition.id, reason: reason, by: actor, at: now)
        }
        return done(what, "held")
    }

    func withdraw(_ what: String, sameAs other: ItemID?, at now: Instant) throws(Fault) -> Answer {
        guard case .item(let id) = try subject(what) else {
            throw Fault(
                "withdraw", "edition \(what)", cause: "only items can be withdrawn",
                mend: "Hold the edition before its release: budstikke hold \(what)")
        }
        if let other {
            try ledger.withdrawItem(id, inFavourOf: other, by: actor, at: now)
        } else {
            try ledger.withdrawItem(id, by: actor, at: now)
        }
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
    var side: CommitteeSide?
    /// Another source's item that tells nearly the same.
    var resembles: ItemID?

    init(_ item: ItemRecord) {
        id = item.id
        state = item.state
        source = item.source
        name = item.name
        version = item.version
        received = item.received
        title = item.content.title
        category = item.content.category
        side = item.content.side
        resembles = item.resembles
    }
}

/// An item as `item --json` prints it: its record, with versions and history beside.
private struct ItemReport: Encodable {
    struct Version: Encodable {
        var version: Int
        var received: Instant
        /// What it changed of the version before, line by line.
        var changes: [String]
    }

    private enum Keys: CodingKey { case versions, history }

    var item: ItemRecord
    var versions: [Version]
    var history: [AuditEntry]

    func encode(to encoder: Encoder) throws {
        try item.encode(to: encoder)
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(versions, forKey: .versions)
        try container.encode(history, forKey: .history)
    }
}
