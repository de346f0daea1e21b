import Core
import Desk
import Ledger

/// What intranet endpoints have been told, and what not and why; again for what was given up.
struct PostOperations {
    var house: House

    /// The longest list that is printed.
    private static let listed = 500

    func list(_ endpoint: String?, failedOnly: Bool) throws(Fault) -> Answer {
        try check(endpoint)
        let posts = try house.ledger.posts(endpoint, failedOnly: failedOnly, limit: Self.listed)
        var lines: [PostLine] = []
        for post in posts { lines.append(PostLine(post, title: try title(post.topic))) }
        return Answer(
            text: lines.isEmpty ? (failedOnly ? "No failed posts." : "No posts.") : Self.table(lines, house.zone), json: jsonText(lines),
            isProblem: try house.ledger.postCounts(endpoint)[.failed] ?? 0 > 0)
    }

    func retry(_ endpoint: String?, by actor: String, at now: Instant) throws(Fault) -> Answer {
        try check(endpoint)
        let count = try house.ledger.retryPosts(endpoint, by: actor, at: now)
        return Answer(text: "\(count) failed posts are tried again.", json: jsonText(["retried": count]))
    }

    private static func table(_ lines: [PostLine], _ zone: Zone) -> String {
        var table = TextTable("ENDPOINT", "ABOUT", "STATE", "TRIES", "SINCE", "NEXT", "REPLY")
        for line in lines {
            table.add(
                line.endpoint, String(line.about.prefix(50)), line.shown, "\(line.attempts)", shown(line.since, zone),
                shown(line.due, zone), line.reply ?? "–")
        }
        return table.text
    }

    private func title(_ topic: PostTopic) throws(Fault) -> String {
        switch topic {
        case .item(let id): "item \(id): \(try house.ledger.item(id)?.content.title ?? "?")"
        case .edition(let id): try house.ledger.edition(id)?.slug ?? "edition \(id)"
        case .feed(let id): "feed \(try house.ledger.feedName(id) ?? "\(id)")"
        }
    }

    private func check(_ endpoint: String?) throws(Fault) {
        let known = house.settings.endpoints.map(\.name)
        guard let endpoint, !known.contains(endpoint) else { return }
        throw Fault(
            "find", "the endpoint ‘\(endpoint)’", cause: "there is no [Endpoint \(endpoint)]",
            mend: known.isEmpty ? "Add it to budstikke.conf." : "Known are: \(known.joined(separator: ", ")).")
    }
}

/// A post as `posts --json` prints it.
private struct PostLine: Encodable {
    var endpoint: String
    var about: String
    var state: DeliveryState
    /// Whether the receiver shall have it, or have it no more.
    var wanted: Bool
    /// Whether the receiver is known to have it, in whatever version.
    var told: Bool
    var attempts: Int
    var since: Instant
    var due: Instant?
    var doubtful: Int
    var remote: String?
    var reply: String?

    init(_ post: PostRecord, title: String) {
        endpoint = post.endpoint
        about = title
        state = post.state
        wanted = post.wanted != nil
        told = post.told != nil
        attempts = post.attempt
        since = post.since
        due = post.due
        doubtful = post.doubtful
        remote = post.remote
        reply = post.reply
    }

    /// What is being done, or was: a post that is to go says so.
    var shown: String { wanted ? state.rawValue : state == .sent ? "withdrawn" : "withdrawal \(state.rawValue)" }
}
