import Core
import HTTPServer
import Ledger
import Press

// The audit trail as people read it: the log's own words are the code's.
extension DeskRequest {
    /// The audit trail.
    func auditTrail() throws(Fault) -> Response {
        guard visitor.seesLog else { return try forbid("open") }
        let (words, acts) = (String((request.query("q") ?? "").prefix(200)), actWords)
        let size = 50
        let filter = filter(words, acts)
        let lines = try ledger.auditPage(filter, limit: size + 1)
        let shown = lines.prefix(size)
        let older = lines.count > size ? shown.last.map { Self.log(words, before: $0.number) } : nil
        let reach = older == nil ? try ledger.auditReach(filter) : nil
        return try page(
            .log, text("desk.log"),
            [
                "search": .text(words), "hasLines": .bool(!shown.isEmpty), "older": Value(older),
                "reach": self.reach(reach) { Self.log(words, before: $0) },
                "lines": .list(
                    shown.map { line in
                        [
                            "act": .text(acts[line.entry.act] ?? line.entry.act), "object": Value(name(of: line.entry.object)),
                            "address": Value(address(of: line.entry.object)), "facts": .text(facts(line.entry)),
                        ]
                    }),
            ])
    }

    private static func log(_ words: String, before: Int64) -> String { "/desk/log?" + query(["q": words, "before": "\(before)"]) }

    /// Looks for what the page shows, also where the log has another word for it.
    private func filter(_ words: String, _ acts: [String: String]) -> AuditFilter {
        var filter = AuditFilter()
        filter.before = request.query("before").flatMap { Int64($0) }
        filter.search = words
        let needle = words.searchText
        guard !needle.isEmpty else { return filter }
        filter.acts = acts.filter { $0.value.searchText.contains(needle) }.keys.sorted()
        filter.actors = actorWords.filter { $0.value.searchText.contains(needle) }.keys.sorted()
        filter.phrases = Phrase.allCases.filter { wording(of: $0).searchText.contains(needle) }
        for (object, name) in objectWords {
            let start = name.searchText + " "
            if needle.hasPrefix(start) { filter.search = object + " " + needle.dropFirst(start.count) }
        }
        return filter
    }

    /// Where a search has come to, with a link to go on; null when it has looked at everything.
    func reach(_ reach: SearchReach?, _ link: (Int64) -> String) -> Value {
        guard let reach else { return .null }
        return [
            "words": .text(text("desk.searchReach", ["moment": house.moment(reach.since)])), "address": .text(link(reach.number)),
        ]
    }

    /// The audit trail of one thing, in the reader's words.
    func trail(of object: String) throws(Fault) -> [Value] {
        let acts = actWords
        return try ledger.auditTrail(of: object, limit: 50).map { entry in
            ["act": .text(acts[entry.act] ?? entry.act), "facts": .text(facts(entry))]
        }
    }

    func facts(_ entry: AuditEntry) -> String {
        // Who did it stands there already.
        let own = [Phrase.heldBy, .pausedBy].map { $0.written(["who": entry.actor]) }
        let places = ["name": who(entry.actor), "moment": house.moment(entry.at), "detail": wording(of: entry.detail)]
        return entry.detail.isEmpty || own.contains(entry.detail) ? text("desk.byWhom", places) : text("desk.byWhomDetail", places)
    }

    /// The page of what an audit line is about; `nil` when it has none.
    func address(of object: String) -> String? {
        let words = object.split(separator: " ")
        guard words.count == 2 else { return nil }
        switch words[0] {
        case "item": return "/desk/items/\(words[1])"
        case "edition": return "/desk/editions/\(words[1])"
        case "alert": return "/desk/alert"
        default: return nil
        }
    }

    /// What an audit line is about, as people call it; the log's own words where there are no others, `nil` where the act says it.
    private func name(of object: String) -> String? {
        if ["desk", "directory", "ledger", "person", "address", "screen", "alarms", "all endpoints"].contains(object) { return nil }
        let words = object.split(separator: " ")
        guard words.count == 2, let name = objectWords[String(words[0])] else { return object }
        return name + " " + words[1]
    }

    private var objectWords: [String: String] {
        [
            "item": text("desk.objectItem"), "edition": text("desk.objectEdition"), "alert": text("desk.objectAlert"),
            "user": text("desk.objectUser"), "endpoint": text("desk.objectEndpoint"), "recipient": text("desk.objectRecipient"),
            "publication": text("desk.objectPublication"),
        ]
    }

    /// An actor that is no person, as people call it.
    func who(_ actor: String) -> String { actorWords[actor] ?? actor }

    private var actorWords: [String: String] {
        [
            "intake": text("desk.whoIntake"), "planner": text("desk.whoPlanner"), "push": text("desk.whoPush"),
            "recipient": text("desk.whoRecipient"), "bounces": text("desk.whoBounces"), "cli": text("desk.whoOperator"),
            "service": text("desk.whoOperator"), "directory": text("desk.whoDirectory"),
        ]
    }

    /// The acts of the log that have a name people say.
    var actWords: [String: String] {
        [
            "accept": text("desk.actAccept"),
            "replace": text("desk.actReplace"),
            "edit": text("desk.actEdit"),
            "approve": text("desk.actApprove"),
            "approved": text("desk.actApprove"),
            "hold": text("desk.actHold"),
            "held": text("desk.actHold"),
            "withdrawn": text("desk.actWithdraw"),
            "arrange": text("desk.actArrange"),
            "close": text("desk.actClose"),
            "release": text("desk.actRelease"),
            "correct": text("desk.actCorrect"),
            "recall": text("desk.actRecall"),
            "mail correction": text("desk.actMailCorrection"),
            "refused": text("desk.actRefused"),
            "login refused": text("desk.actRefused"),
            "supersede": text("desk.actSupersede"),
            "log in": text("desk.actLogIn"),
            "log out": text("desk.actLogOut"),
            "session ends": text("desk.actSessionEnds"),
            "add user": text("desk.actAddUser"),
            "change roles": text("desk.actRoles"),
            "change password": text("desk.actPassword"),
            "remove user": text("desk.actRemoveUser"),
            "import": text("desk.actImport"),
            "skip": text("desk.actSkip"),
            "reject": text("desk.actReject"),
            "duplicate": text("desk.actDuplicate"),
            "retry": text("desk.actRetry"),
            "pause": text("desk.actPause"),
            "resume": text("desk.actResume"),
            "stop": text("desk.actStop"),
            "suppress": text("desk.actSuppress"),
            "lift suppression": text("desk.actLift"),
            "forget": text("desk.actForget"),
            "propose": text("desk.actPropose"),
            "raise": text("desk.actRaise"),
            "confirm": text("desk.actConfirm"),
            "end": text("desk.actEnd"),
            "submit": text("desk.actSubmit"), "notice": text("desk.actNotice"), "notice left out": text("desk.actNoticeLeftOut"),
            "choose language": text("desk.actLanguage"), "choose topics": text("desk.actTopics"),
            "resubscribe": text("desk.actResubscribe"), "unsubscribe": text("desk.actUnsubscribe"), "join": text("desk.actJoin"),
            "settle": text("desk.actSettle"), "erase": text("desk.actErase"),
        ]
    }
}
