import Core
import HTTPServer
import Ledger
import Press

extension DeskRequest {
    private static let screensShown = 100
    private static let postsShown = 30
    private static let mostPages = 100

    /// The screens that fetch, those that have fallen silent, and how the intranet endpoints are.
    func channels() throws(Fault) -> Response {
        guard visitor.seesChannels else { return try forbid("open") }
        let screens = try ledger.screens()
        let silence = house.outlook.screenSilence
        func isSilent(_ screen: ScreenRecord) -> Bool { screen.key.isNamed && now - screen.last >= silence }
        let silent = screens.filter(isSilent)
        let alive = screens.filter { !isSilent($0) }
        let number = min(max(request.query("page").flatMap { Int($0) } ?? 1, 1), Self.mostPages)
        let shown = alive.dropFirst((number - 1) * Self.screensShown).prefix(Self.screensShown)
        let hasMore = alive.count > number * Self.screensShown
        var values: [String: Value] = [
            "silence": .text(text("desk.silentFor", ["count": "\(silence.milliseconds / 60_000)"])),
            "hasSilent": .bool(!silent.isEmpty), "silent": .list(silent.prefix(Self.screensShown).map { row($0) }),
            "hasScreens": .bool(!shown.isEmpty), "hasNoScreen": .bool(screens.isEmpty), "screens": .list(shown.map { row($0) }),
            "moreScreens": Value(hasMore ? "/desk/channels?page=\(number + 1)" : nil), "canTend": .bool(visitor.canTendChannels),
            "hasEndpoints": .bool(!house.outlook.endpoints.isEmpty), "endpoints": .list(try endpoints()),
        ]
        values.merge(try failedPosts()) { _, new in new }
        return try page(.channels, text("desk.channels"), values)
    }

    private func row(_ screen: ScreenRecord) -> Value {
        let address = screen.address.isEmpty ? "–" : screen.address
        return [
            "name": .text(screen.key.isNamed ? screen.key.label : text("desk.nameless", ["address": screen.key.label])),
            "label": .text(screen.key.label), "canForget": .bool(visitor.canTendChannels && screen.key.isNamed),
            "forgetLabel": .text(text("desk.forgetLabel", ["name": screen.key.label])),
            "facts": .text(
                text(
                    "desk.screenFacts",
                    [
                        "feed": title(ofFeed: screen.key.feed), "player": screen.player, "moment": house.moment(screen.last),
                        "address": address,
                    ])),
        ]
    }

    private func endpoints() throws(Fault) -> [Value] {
        let summaries = try ledger.postSummaries()
        var rows: [Value] = []
        for endpoint in house.outlook.endpoints {
            let summary = summaries[endpoint.name] ?? PostSummary()
            let stop = try ledger.endpointStop(endpoint.name)
            let last = summary.lastSent.map { text("desk.lastPush", ["moment": house.moment($0)]) } ?? text("desk.neverPushed")
            rows.append([
                "name": .text(endpoint.name), "kind": .text(endpoint.kind.rawValue), "facts": .text(last), "stop": Value(stop),
                "queue": .text(
                    text(
                        "desk.endpointQueue",
                        ["sent": "\(summary.counts[.sent] ?? 0)", "waiting": "\(summary.waiting)", "failed": "\(summary.failed)"])),
                "canRetry": .bool(visitor.canTendChannels && (summary.failed > 0 || stop != nil)),
                "retryLabel": .text(text("desk.retryEndpoint", ["name": endpoint.name])),
            ])
        }
        return rows
    }

    private func failedPosts() throws(Fault) -> [String: Value] {
        let number = min(max(request.query("posts").flatMap { Int($0) } ?? 1, 1), Self.mostPages)
        let found = try ledger.posts(failedOnly: true, limit: Self.postsShown + 1, offset: (number - 1) * Self.postsShown)
        var rows: [Value] = []
        for post in found.prefix(Self.postsShown) {
            let (title, address) = try about(post.topic)
            rows.append([
                "title": .text(title), "address": Value(address),
                "facts": .text(
                    text(
                        "desk.postFacts",
                        ["endpoint": post.endpoint, "moment": house.moment(post.since), "count": "\(post.attempt)"])),
                "reply": Value(post.reply),
            ])
        }
        return [
            "hasFailed": .bool(!rows.isEmpty), "failed": .list(rows),
            "moreFailed": Value(found.count > Self.postsShown ? "/desk/channels?posts=\(number + 1)#failed" : nil),
        ]
    }

    private func about(_ topic: PostTopic) throws(Fault) -> (title: String, address: String?) {
        switch topic {
        case .item(let id): return (try ledger.item(id)?.content.title ?? "\(id)", "/desk/items/\(id)")
        case .edition(let id):
            guard let edition = try ledger.edition(id) else { return ("\(id)", nil) }
            return (edition.title, "/desk/editions/\(edition.slug)")
        case .feed(let id): return (try ledger.feedName(id) ?? "\(id)", nil)
        }
    }

    func actOnChannels(_ form: DeskForm) throws(Fault) -> Response {
        let act = form["act"] ?? ""
        guard visitor.canTendChannels else { return try forbid(act) }
        switch act {
        case "forget":
            let label = form["screen"] ?? ""
            return done("/desk/channels", text("desk.doneForgotten", ["name": label])) { () throws(Fault) in
                try perform(.forgetScreen(label))
            }
        case "retry":
            guard let name = form["endpoint"], house.outlook.endpoints.contains(where: { $0.name == name }) else { return try notFound() }
            return done("/desk/channels", text("desk.doneRetriedPosts", ["name": name])) { () throws(Fault) in
                try perform(.retryPosts(endpoint: name))
            }
        default: return try forbid(act)
        }
    }
}
