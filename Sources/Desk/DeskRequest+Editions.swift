import Core
import Crypto
import Dispatch
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    func editions() throws(Fault) -> Response {
        guard visitor.seesEditions else { return try forbid("open") }
        let coming = Array(try ledger.editions([.open, .closed, .held], limit: 100).reversed())
        let (size, number) = (50, min(max(request.query("page").flatMap { Int($0) } ?? 1, 1), 1_000))
        let found = try ledger.editions([.released, .skipped, .recalled], limit: size + 1, offset: (number - 1) * size)
        let past = found.prefix(size)
        return try page(
            .editions, text("desk.editions"),
            [
                "hasComing": .bool(!coming.isEmpty), "coming": .list(coming.map { row($0) }), "hasPast": .bool(!past.isEmpty),
                "past": .list(past.map { row($0) }),
                "older": Value(found.count > size ? "/desk/editions?page=\(number + 1)#past" : nil),
            ])
    }

    private func withEdition(_ act: String, _ make: (EditionRecord) throws(Fault) -> Response) throws(Fault) -> Response {
        guard visitor.seesEditions else { return try forbid(act) }
        guard let edition = try ledger.edition(slug: request.captures["slug"] ?? "") else { return try notFound() }
        return try make(edition)
    }

    /// One edition: what is in it and in which order, whose yes it has, how it will look.
    func edition() throws(Fault) -> Response {
        try withEdition("open") { edition throws(Fault) in
            let isWaiting = [.open, .closed, .held].contains(edition.state)
            let standing = isWaiting ? try site.standing.standing(of: edition, house, at: now) : nil
            let items: [ItemRecord]
            if let standing { items = standing.items } else { items = try ledger.items(of: edition.id) }
            let trail = try trail(of: "edition \(edition.slug)")
            var values: [String: Value] = [
                "address": .text("/desk/editions/\(edition.slug)"), "edition": .text("/desk/editions/\(edition.slug)"),
                "state": .text(edition.state.rawValue), "stateLabel": .text(stateLabel(edition.state)),
                "facts": .text(facts(edition)), "seen": .text(Self.digest(edition.approvable(items))), "hasItems": .bool(!items.isEmpty),
                "canArrange": .bool(isWaiting && visitor.canArrange), "order": .text(items.map { "\($0.id)" }.joined(separator: " ")),
                "items": .list(try rows(items)), "reason": Value(reason(edition)),
                "hasPreview": .bool(!items.isEmpty), "hasIntranet": .bool(hasEndpoints(edition)), "trail": .list(trail),
                "hasTrail": .bool(!trail.isEmpty),
                "deliveries": Value(
                    edition.released != nil && visitor.seesDeliveries ? "/desk/editions/\(edition.slug)/deliveries" : nil),
            ]
            if let given = standing?.approval {
                let capacities = try house.capacities(visitor.roles, edition, items)
                let own = Set(given.valid.filter { $0.actor == visitor.name }.compactMap(\.role))
                let canApprove = !items.isEmpty && !Set(capacities).isSubset(of: own) && rule(edition) != .none
                let canRun = visitor.canRun && given.isComplete && !items.isEmpty
                let canTest = visitor.canTest && !items.isEmpty
                let canHold = visitor.canHoldEditions && edition.state != .held
                values.merge(approvalValues(edition, given)) { _, new in new }
                values.merge([
                    "hasActs": .bool(canApprove || canTest || canHold || canRun), "canApprove": .bool(canApprove),
                    "canTest": .bool(canTest), "canHold": .bool(canHold), "canRun": .bool(canRun),
                    "runText": .text(text("desk.runText")),
                    "quota": try quota(edition, items),
                    "testLabel": .text(text("desk.testTo", ["address": visitor.address?.text ?? ""])), "gaps": gaps(edition, items),
                    "hasLeftOut": .bool(!edition.leftOut.isEmpty), "leftOut": try leftOut(edition),
                ]) { _, new in new }
            }
            values.merge(try correctionValues(edition)) { _, new in new }
            return try page(.edition, edition.title, values)
        }
    }

    func editionPreview() throws(Fault) -> Response {
        try withEdition("open") { edition throws(Fault) in
            let view = request.captures["view"] ?? ""
            if view == "intranet.html" {
                let html = try house.intranetPreview(edition)
                return framed(
                    try house.press.deskPage(
                        .intranet, language: house.language, ["title": .text(edition.title), "html": .text(html)]))
            }
            // What was sent is shown as it was sent, or as it was corrected.
            if let sent = try ledger.rendering(of: edition.id, in: house.language) { return try preview(sent, view) }
            return try preview(try house.preview(edition), view)
        }
    }

    private func hasEndpoints(_ edition: EditionRecord) -> Bool {
        house.publications.first { $0.name == edition.publication }?.channels.endpoints.isEmpty == false
    }

    private func facts(_ edition: EditionRecord) -> String {
        let release = release(edition, planned: edition.release)
        guard edition.state == .open, now < edition.cutOff else { return release }
        return release + ". " + text("desk.closes", ["moment": house.moment(edition.cutOff)])
    }

    /// Why one waits that should have gone, or does not go at all.
    private func reason(_ edition: EditionRecord) -> String? {
        guard let reason = edition.reason, !reason.isEmpty else { return nil }
        switch edition.state {
        case .held: return text("desk.heldBecause", ["reason": wording(of: reason)])
        case .skipped: return text("desk.skippedBecause", ["reason": wording(of: reason)])
        case .open, .closed, .released, .recalled: return nil
        }
    }

    func rule(_ edition: EditionRecord) -> Publication.Approval {
        guard let publication = house.publications.first(where: { $0.name == edition.publication }) else { return .none }
        guard publication.approval == .none, case .ahead(of: let followed, _) = publication.timing else { return publication.approval }
        return house.publications.first { $0.name == followed }?.approval ?? .none
    }

    private func approvalValues(_ edition: EditionRecord, _ given: ApprovalState) -> [String: Value] {
        let rule = rule(edition)
        let asked =
            switch rule {
            case .none: text("desk.ruleNone")
            case .editor: text("desk.ruleEditor")
            case .two: text("desk.ruleTwo")
            case .editorAndDirector: text("desk.ruleDirector")
            case .med: text("desk.ruleMED")
            }
        func line(_ approval: EditionApproval) -> Value {
            let places = ["name": approval.actor, "moment": house.moment(approval.at)]
            switch approval.role {
            case .medA?, .medB?: return .text(text("desk.signedAs", places.merging(["side": wording(of: approval.capacity)]) { $1 }))
            default: return .text(text("desk.signed", places))
            }
        }
        let missing: [Value] = given.missing.map { .text(wording(of: $0.description)) }
        // Who has said yes again need not be told that the former yes is void.
        let revoked = given.revoked.filter { old in !given.valid.contains { $0.actor == old.actor && $0.capacity == old.capacity } }
        return [
            "hasApproval": true, "rule": .text(asked), "hasSigned": .bool(!given.valid.isEmpty), "signed": .list(given.valid.map(line)),
            "hasRevoked": .bool(!revoked.isEmpty), "revoked": .list(revoked.map(line)), "hasMissing": .bool(!missing.isEmpty),
            "missing": .list(missing), "isComplete": .bool(given.isComplete && rule != .none),
        ]
    }

    private func rows(_ items: [ItemRecord]) throws(Fault) -> [Value] {
        let places = Dictionary(items.enumerated().map { ($1.id, $0) }) { $1 }
        return try pictured(items, \.content.picture?.digest) { item in
            let (index, places) = (places[item.id] ?? 0, ["title": item.content.title])
            return [
                "id": .text("\(item.id)"), "address": .text("/desk/items/\(item.id)"), "title": .text(item.content.title),
                "state": .text(item.state.rawValue), "stateLabel": .text(stateLabel(item.state)),
                "facts": .text([item.source, item.content.category].compactMap { $0 }.joined(separator: " · ")),
                "isLead": .bool(index == 0), "number": .text("\(item.id)"), "isFirst": .bool(index == 0),
                "isLast": .bool(index == items.count - 1),
                "leadLabel": .text(text("desk.leadLabel", places)), "upLabel": .text(text("desk.upLabel", places)),
                "downLabel": .text(text("desk.downLabel", places)), "leaveLabel": .text(text("desk.leaveLabel", places)),
            ]
        }
    }

    private func leftOut(_ edition: EditionRecord) throws(Fault) -> Value {
        var rows: [Value] = []
        for id in edition.leftOut.sorted() {
            guard let item = try ledger.item(id) else { continue }
            rows.append([
                "id": .text("\(id)"), "address": .text("/desk/items/\(id)"), "title": .text(item.content.title),
                "facts": .text(item.source),
                "takeLabel": .text(text("desk.takeLabel", ["title": item.content.title])),
            ])
        }
        return .list(rows)
    }

    /// How much of what there is the publication takes, of each source and in all, and what found no room.
    private func quota(_ edition: EditionRecord, _ items: [ItemRecord]) throws(Fault) -> Value {
        guard let publication = house.publications.first(where: { $0.name == edition.publication }), case .recurring = publication.timing
        else { return .null }
        let selection = publication.selection
        let counts = Dictionary(grouping: items, by: \.source).mapValues(\.count)
        let sources = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { name, count -> Value in
            .text(
                selection.perSource.map { text("desk.quotaSource", ["source": name, "count": "\(count)", "limit": "\($0)"]) }
                    ?? text("desk.quotaCount", ["source": name, "count": "\(count)"]))
        }
        let words =
            selection.perSource.map { text("desk.quotaBoth", ["limit": "\($0)", "max": "\(selection.max)"]) }
            ?? text("desk.quotaMax", ["max": "\(selection.max)"])
        let noRoom = try site.standing.noRoom(in: edition, beside: items, house, at: now)
        return [
            "text": .text(words), "sources": .list(sources), "hasSources": .bool(!sources.isEmpty), "hasNoRoom": .bool(!noRoom.isEmpty),
            "noRoom": .list(
                noRoom.map { ["address": .text("/desk/items/\($0.id)"), "title": .text($0.content.title), "facts": .text($0.source)] }),
        ]
    }

    /// Departments that a reader would look for in vain.
    private func gaps(_ edition: EditionRecord, _ items: [ItemRecord]) -> Value {
        guard let publication = house.publications.first(where: { $0.name == edition.publication }), !items.isEmpty else { return [] }
        let wanted = publication.selection.sources.isEmpty ? house.sources.map(\.name) : publication.selection.sources
        let silent = wanted.filter { name in !items.contains { $0.source == name } }
        return silent.isEmpty ? [] : [.text(text("desk.gapSources", ["sources": silent.joined(separator: ", ")]))]
    }

    /// What a form says its reader saw: a browser would change line breaks in the text itself.
    static func digest(_ content: String) -> String { SHA256.hexadecimalDigest(content.utf8) }

    // MARK: Acts

    func actOnEdition(_ form: DeskForm) throws(Fault) -> Response {
        let act = form["act"] ?? ""
        return try withEdition(act) { edition throws(Fault) in
            if act == "recall" || act == "mailCorrection" { return try actOnSent(edition, act, form) }
            let back = "/desk/editions/\(edition.slug)"
            let isWaiting = [.open, .closed, .held].contains(edition.state)
            let items = isWaiting ? try house.items(edition) : []
            let isPermitted =
                switch act {
                case "approve": try !house.capacities(visitor.roles, edition, items).isEmpty
                case "hold": visitor.canHoldEditions
                case "run": visitor.canRun
                case "test": visitor.canTest
                case "lead", "up", "down", "leave", "take", "order": visitor.canArrange
                default: false
                }
            guard isPermitted else { return try forbid(act) }
            let seen = edition.approvable(items)
            guard isWaiting, form["seen"] == Self.digest(seen) else {
                tell(text("desk.changed"), isProblem: true)
                return .seeOther(back)
            }
            switch act {
            case "approve":
                return done(back, text("desk.doneEditionApproved")) { () throws(Fault) in
                    try perform(.approveEdition(edition.slug, seen: seen))
                }
            case "hold":
                return done(back, text("desk.doneEditionHeld")) { () throws(Fault) in
                    try perform(.hold(what: edition.slug, reason: ""))
                }
            case "run":
                guard try house.approval(edition, items).isComplete else {
                    tell(text("desk.unapproved"), isProblem: true)
                    return .seeOther(back)
                }
                return later(back, text("desk.doneRun"), .runEdition(edition.slug))
            case "test":
                guard let address = visitor.address else { return .seeOther(back) }
                return later(back, text("desk.doneTest", ["address": address.text]), .testEdition(edition.slug, to: address))
            default:
                return arrange(edition, items, act, form, back)
            }
        }
    }

    private func arrange(_ edition: EditionRecord, _ items: [ItemRecord], _ act: String, _ form: DeskForm, _ back: String) -> Response {
        if act == "order" { return reorder(edition, items, form, back) }
        guard let id = form["item"].flatMap({ Int64($0) }).map(ItemID.init) else { return .seeOther(back) }
        var order = items.map(\.id)
        var leftOut = edition.leftOut
        let place = order.firstIndex(of: id)
        switch (act, place) {
        case ("lead", let place?):
            order.remove(at: place)
            order.insert(id, at: 0)
        case ("up", let place?) where place > 0: order.swapAt(place, place - 1)
        case ("down", let place?) where place < order.count - 1: order.swapAt(place, place + 1)
        case ("leave", let place?):
            order.remove(at: place)
            leftOut.insert(id)
        case ("take", nil): leftOut.remove(id)
        default: return .seeOther(back)
        }
        return done(back, text("desk.doneArranged")) { () throws(Fault) in
            try perform(.arrange(edition: edition.slug, order: order, leftOut: leftOut.sorted()))
        }
    }

    /// All items in a new order at once, as they were dragged.
    private func reorder(_ edition: EditionRecord, _ items: [ItemRecord], _ form: DeskForm, _ back: String) -> Response {
        let order = (form["order"] ?? "").split(separator: " ").compactMap { Int64($0).map(ItemID.init) }
        guard order.sorted() == items.map(\.id).sorted() else { return .seeOther(back) }
        return done(back, text("desk.doneArranged")) { () throws(Fault) in
            try perform(.arrange(edition: edition.slug, order: order, leftOut: edition.leftOut.sorted()))
        }
    }

    /// How long the page waits for a long act, in milliseconds: most are done by then.
    private static let patience = 200

    /// Does what may take long (a mail's way to the relay, a release to many) away from the server's thread, and tells how it ended as soon
    /// as that is known.
    func later(_ back: String, _ success: String, _ asked: OperatorRequest) -> Response {
        let ended = DispatchSemaphore(value: 0)
        site.work.async {
            do throws(Fault) {
                try perform(asked)
                tell(success)
            } catch {
                tell(failure(error), isProblem: true)
            }
            ended.signal()
        }
        if ended.wait(timeout: .now() + .milliseconds(Self.patience)) == .timedOut { tell(text("desk.workingOnIt")) }
        return .seeOther(back)
    }
}
