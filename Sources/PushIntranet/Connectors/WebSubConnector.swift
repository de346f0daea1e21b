import Core

/// Tells a WebSub hub that a feed of ours has changed, so that its subscribers have it at once (W3C WebSub, section 6; the ping itself is
/// PubSubHubbub 0.4's: `hub.mode=publish` with each of the feed's addresses as `hub.url`).
///
/// The hub fetches the feed, which is where corrections and withdrawals are: nothing of the news is in the ping, and a ping too many
/// does no harm. A feed that not everybody may read is not told of.
struct WebSubConnector: Connector {
    let rules: EndpointRules
    private let url: String

    init(_ context: ConnectorContext) throws(Fault) {
        url = try context.exactURL()
        rules = try context.rules([url], hiding: [])
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        guard !post.feedAddresses.isEmpty else { return Told() }
        let fields = ["hub.mode=publish"] + post.feedAddresses.map { "hub.url=\(percentEncoded($0))" }
        _ = try line.send(
            .post, url, headers: [("Content-Type", "application/x-www-form-urlencoded")], body: Array(fields.joined(separator: "&").utf8))
        return Told()
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try publish(post, at: remote, over: line)
    }

    func probe(over line: EndpointLine) throws(PostSetback) -> String { try line.isThere(url) }
}
