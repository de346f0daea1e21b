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
        func list(before: Int64) -> String {
            "/desk/items?" + Self.query(["q": search, "source": source, "state": state, "before": "\(before)"])
        }
        let older = found.count > Self.pageSize ? shown.last.map { list(before: $0.id.number) } : nil
        let reach = older == nil ? try ledger.searchReach(filter) : nil
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
                "hasItems": .bool(!shown.isEmpty), "items": .list(try pictured(shown, \.picture) { row($0) }), "older": Value(older),
                "reach": self.reach(reach, list(before:)),
            ])
    }

    /// The values of a list's items, each with the small form of its picture.
    func pictured<Item>(
        _ items: some Sequence<Item>, _ picture: (Item) -> PictureDigest?, _ values: (Item) -> [String: Value]
    ) throws(Fault) -> [Value] {
        let thumbnails = try ledger.thumbnails(of: items.compactMap(picture))
        return items.map { item in
            var values = values(item)
            // The list's own, not what stands around it.
            values["thumbnail"] = .null
            if let picture = picture(item).flatMap({ thumbnails[$0] }) {
                values["thumbnail"] = [
                    "address": .text("/pictures/" + picture.fileName), "width": .number("\(picture.width)"),
                    "height": .number("\(picture.height)"),
                ]
            }
            return .map(values)
        }
    }

    /// The item that the address names, when the visitor may see it; a page that says no otherwise.
    func withItem(_ act: String, _ make: (ItemRecord) throws(Fault) -> Response) throws(Fault) -> Response {
        guard let number = request.captures["id"].flatMap({ Int64($0) }), let item = try ledger.item(ItemID(number)) else {
            return try notFound()
        }
        // Whoever may not see it does not learn whether it is there from what it says.
        guard visitor.sees(item.source) else { return try refuse(act, .otherSource, .forbidden) }
        return try make(item)
    }

    func item() throws(Fault) -> Response { try withItem("open") { item throws(Fault) in try itemPage(item) } }

    /// One item: as it is written, as it will look, how it came to be so, and what can be done with it. `review` is an edit that was written
    /// but not saved.
    func itemPage(_ item: ItemRecord, review: EditReview? = nil) throws(Fault) -> Response {
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
                "facts": .text(text("desk.received", ["source": shown(item.source), "moment": house.moment(item.revised)])),
                "hasActs": .bool(canApprove || canHold || canWithdraw), "canApprove": .bool(canApprove), "canHold": .bool(canHold),
                "canWithdraw": .bool(canWithdraw), "canEdit": .bool(isLive && visitor.canEdit(item.source)),
                "edit": review?.form ?? editForm(item.content), "isEditing": .bool(review != nil), "review": review?.changes ?? .null,
                "lix": Value(advice.lix), "hasRemarks": .bool(!advice.remarks.isEmpty),
                "remarks": .list(advice.remarks.map(Value.text)),
                "lines": lines(item.content.body),
                "hasLeaderLines": .bool(item.content.leaderNotes?.isEmpty == false), "leaderLines": lines(item.content.leaderNotes),
                "screen": try screen(item), "versions": try versions(of: item.id), "hasEditions": .bool(!editions.isEmpty),
                "editions": .list(editions.map { row($0) }), "trail": .list(try trail(of: "item \(item.id)")),
            ])
    }

    func itemPreview() throws(Fault) -> Response {
        try withItem("open") { item throws(Fault) in
            try preview(try house.previewItem(item), request.captures["view"] ?? "")
        }
    }

    private func lines(_ document: Document?) -> Value {
        .list((document?.plainText ?? "").split(separator: "\n").map { .text(String($0)) })
    }

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
                case "edit", "review": visitor.canEdit(item.source)
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
            default: return try edit(item, form, isReview: act == "review")
            }
        }
    }

    func perform(_ request: OperatorRequest) throws(Fault) { _ = try house.perform(request, visitor.name, visitor.roles) }
}
