import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    private static let pageSize = 40

    /// The list of items: by state, source and words, a page at a time.
    func items() throws(Fault) -> Response {
        let (search, source, state) = (
            String((request.query("q") ?? "").prefix(200)), request.query("source") ?? "", request.query("state") ?? ""
        )
        let visible = visitor.visibleSources ?? house.sources.map(\.name)
        var filter = ItemFilter()
        filter.state = ItemState(rawValue: state)
        filter.isUsed = state == "used"
        filter.search = search
        filter.before = request.query("before").flatMap { Int64($0) }.map(ItemID.init)
        // Nobody sees another's by naming it in the address.
        filter.sources = visible.contains(source) ? [source] : visitor.visibleSources
        let found = try ledger.items(filter, limit: Self.pageSize + 1)
        let shown = found.prefix(Self.pageSize)
        let older =
            found.count > Self.pageSize
            ? shown.last.map { "/desk/items?" + Self.query(["q": search, "source": source, "state": state, "before": "\($0.id)"]) } : nil
        let states =
            [("", text("desk.stateAll"))] + [ItemState.accepted, .approved, .held, .withdrawn].map { ($0.rawValue, stateLabel($0)) }
            + [("used", text("desk.stateUsed"))]
        return try page(
            .items, text("desk.items"),
            [
                "search": .text(search),
                "states": .list(states.map { ["value": .text($0.0), "label": .text($0.1), "isChosen": .bool($0.0 == state)] }),
                "hasSources": .bool(visible.count > 1),
                "sources": .list(visible.map { ["value": .text($0), "isChosen": .bool($0 == source)] }),
                "hasItems": .bool(!shown.isEmpty), "items": .list(shown.map { row($0) }), "older": Value(older),
            ])
    }

    /// The item that the address names, when the visitor may see it; a page that says no otherwise.
    func withItem(_ act: String, _ make: (ItemRecord) throws(Fault) -> Response) throws(Fault) -> Response {
        guard let number = request.captures["id"].flatMap({ Int64($0) }), let item = try ledger.item(ItemID(number)) else {
            return try notFound()
        }
        // Whoever may not see it does not learn whether it is there from what it says.
        guard visitor.sees(item.source) else { return try refuse(act, "another source’s item", .forbidden) }
        return try make(item)
    }

    /// One item: as it is written, as it will look, how it came to be so, and what can be done with it.
    func item() throws(Fault) -> Response {
        try withItem("open") { item throws(Fault) in
            let isLive = item.state != .withdrawn && item.state != .superseded
            let (canApprove, canHold) = (
                isLive && visitor.canApproveItems && !item.isApproved, isLive && visitor.canHoldItems && item.state != .held
            )
            let canWithdraw = item.state != .withdrawn && visitor.canWithdraw(item.source)
            let advice = house.advice(item)
            let editions = visitor.seesEditions ? try ledger.editions(carrying: item.id) : []
            return try page(
                .item, item.content.title,
                [
                    "address": .text("/desk/items/\(item.id)"), "state": .text(item.state.rawValue),
                    "stateLabel": .text(stateLabel(item.state)), "version": .number("\(item.version)"),
                    "facts": .text(text("desk.received", ["source": item.source, "moment": house.moment(item.revised)])),
                    "hasActs": .bool(canApprove || canHold || canWithdraw), "canApprove": .bool(canApprove), "canHold": .bool(canHold),
                    "canWithdraw": .bool(canWithdraw), "canEdit": .bool(isLive && visitor.canEdit(item.source)),
                    "edit": editForm(item.content), "lix": Value(advice.lix), "hasRemarks": .bool(!advice.remarks.isEmpty),
                    "remarks": .list(advice.remarks.map(Value.text)),
                    "lines": lines(item.content.body),
                    "hasLeaderLines": .bool(item.content.leaderNotes?.isEmpty == false), "leaderLines": lines(item.content.leaderNotes),
                    "screen": try screen(item), "versions": try versions(of: item.id), "hasEditions": .bool(!editions.isEmpty),
                    "editions": .list(editions.map { row($0) }), "trail": .list(try trail(of: "item \(item.id)")),
                ])
        }
    }

    func itemPreview() throws(Fault) -> Response {
        try withItem("open") { item throws(Fault) in
            try preview(try house.previewItem(item), request.captures["view"] ?? "")
        }
    }

    private func lines(_ document: Document?) -> Value {
        .list((document?.plainText ?? "").split(separator: "\n").map { .text(String($0)) })
    }

    private func editForm(_ content: ItemContent) -> Value {
        let names = house.audiences.map(\.name)
        return [
            "title": .text(content.title), "summary": .text(content.summary), "category": .text(content.category ?? ""),
            "audiences": .list(
                names.map { name in
                    let isEverybody = name == Audience.everybody.name
                    return [
                        "value": .text(isEverybody ? "" : name), "label": .text(isEverybody ? text("desk.everybody") : name),
                        "isChosen": .bool(isEverybody ? content.audience == nil : content.audience?.lowercased() == name.lowercased()),
                    ]
                }),
            "from": .text(content.visibleFrom.map(local) ?? ""), "until": .text(content.visibleUntil.map(local) ?? ""),
            "hasPicture": .bool(content.picture != nil), "alt": .text(content.picture?.alternativeText ?? ""),
            "caption": .text(content.picture?.caption ?? ""),
        ]
    }

    /// As a field of type `datetime-local` has it.
    private func local(_ instant: Instant) -> String { String(house.zone.civil(instant).description.prefix(16)) }

    private func screen(_ item: ItemRecord) throws(Fault) -> Value {
        guard item.content.channels.contains(.screens) else { return .null }
        var picture: Value = .null
        if let own = item.content.picture, let facts = try ledger.pictureFacts(own.digest) {
            picture = [
                "address": .text("/pictures/" + facts.fileName), "width": .number("\(facts.width)"), "height": .number("\(facts.height)"),
                "alt": .text(own.alternativeText),
            ]
        }
        return [
            "picture": picture, "title": .text(item.content.title), "summary": .text(item.content.summary), "source": .text(item.source),
        ]
    }

    /// Every version with what it changed of the one before.
    private func versions(of id: ItemID) throws(Fault) -> Value {
        let versions = try ledger.versions(of: id)
        return .list(
            versions.enumerated().map { index, version in
                let former = index + 1 < versions.count ? versions[index + 1].content : nil
                let changes = former.map { self.changes(from: $0, to: version.content) } ?? []
                let places = ["name": version.author, "moment": house.moment(version.received)]
                return [
                    "label": .text(text("desk.version", ["number": "\(version.version)"])),
                    "facts": .text(version.author == "intake" ? text("desk.fromFile", places) : text("desk.byEditor", places)),
                    "hasChanges": .bool(!changes.isEmpty), "changes": .list(changes),
                ]
            })
    }

    private func changes(from old: ItemContent, to new: ItemContent) -> [Value] {
        func date(_ instant: Instant?) -> String { instant.map(house.moment) ?? "" }
        let fields: [(String, String, String)] = [
            (text("desk.heading"), old.title, new.title), (text("desk.summary"), old.summary, new.summary),
            (text("desk.category"), old.category ?? "", new.category ?? ""),
            (text("desk.audience"), old.audience ?? text("desk.everybody"), new.audience ?? text("desk.everybody")),
            (text("desk.visibleFrom"), date(old.visibleFrom), date(new.visibleFrom)),
            (text("desk.visibleUntil"), date(old.visibleUntil), date(new.visibleUntil)),
            (text("desk.alternative"), old.picture?.alternativeText ?? "", new.picture?.alternativeText ?? ""),
            (text("desk.caption"), old.picture?.caption ?? "", new.picture?.caption ?? ""),
            (text("desk.text"), old.body.plainText, new.body.plainText),
        ]
        return fields.filter { $0.1 != $0.2 }.map { ["field": .text($0.0), "before": .text($0.1), "after": .text($0.2)] }
    }

    // MARK: Acts

    func actOnItem(_ form: DeskForm) throws(Fault) -> Response {
        let act = form["act"] ?? ""
        return try withItem(act) { item throws(Fault) in
            let back = "/desk/items/\(item.id)"
            let isPermitted =
                switch act {
                case "approve": visitor.canApproveItems
                case "hold": visitor.canHoldItems
                case "withdraw": visitor.canWithdraw(item.source)
                case "edit": visitor.canEdit(item.source)
                default: false
                }
            guard isPermitted else { return try forbid(act) }
            guard form["version"] == "\(item.version)" else {
                tell(text("desk.changed"), isProblem: true)
                return .seeOther(back)
            }
            switch act {
            case "approve":
                return done(back, text("desk.doneApproved")) { () throws(Fault) in
                    try perform(.approveItem(item.id, version: item.version))
                }
            case "hold":
                return done(back, text("desk.doneHeld")) { () throws(Fault) in try perform(.hold(what: "\(item.id)", reason: "")) }
            case "withdraw":
                return done(back, text("desk.doneWithdrawn")) { () throws(Fault) in try perform(.withdraw(what: "\(item.id)", sameAs: nil))
                }
            default: return edit(item, form, back)
            }
        }
    }

    func perform(_ request: OperatorRequest) throws(Fault) { _ = try house.perform(request, visitor.name, visitor.roles) }

    private func edit(_ item: ItemRecord, _ form: DeskForm, _ back: String) -> Response {
        var edit = ItemEdit(item.content)
        guard let title = form.line("title") else { return problem(text("desk.noTitle"), back) }
        edit.title = title
        edit.summary = form.line("summary") ?? ""
        edit.category = form.line("category")
        let audience = form.line("audience")
        edit.audience = audience.flatMap { wanted in house.audiences.map(\.name).first { $0 == wanted && $0 != Audience.everybody.name } }
        // A minute is all that the field can say: what it did not change keeps its seconds.
        edit.visibleFrom = instant(form.line("from"), item.content.visibleFrom)
        edit.visibleUntil = instant(form.line("until"), item.content.visibleUntil)
        if item.content.picture != nil {
            edit.alternativeText = form.line("alt") ?? ""
            edit.caption = form.line("caption")
        }
        if let from = edit.visibleFrom, let until = edit.visibleUntil, until <= from { return problem(text("desk.badDates"), back) }
        if let objection = house.objection(edit.applied(to: item.content)) { return problem(objection, back) }
        return done(back, text("desk.doneEdited")) { () throws(Fault) in try perform(.editItem(item.id, from: item.version, edit)) }
    }

    private func problem(_ words: String, _ back: String) -> Response {
        tell(words, isProblem: true)
        return .seeOther(back)
    }

    private func instant(_ typed: String?, _ former: Instant?) -> Instant? {
        guard let typed else { return nil }
        if let former, local(former) == typed { return former }
        return CivilDateTime(iso: typed).map(house.zone.instant) ?? former
    }
}
