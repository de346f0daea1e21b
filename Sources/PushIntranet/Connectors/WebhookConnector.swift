import Core
import Crypto
import Curl

/// Standard Webhooks: signed posts of `edition.released`, `item.corrected` and the like. A receiver that stored a post whose answer was
/// lost knows the second by its `webhook-id`; it gives no name back, and needs none.
struct WebhookConnector: Connector {
    let rules: EndpointRules
    private let url: String
    private let secret: WebhookSecret
    private let clock: any WallClock

    init(_ context: ConnectorContext, clock: any WallClock = SystemClock()) throws(Fault) {
        url = try context.exactURL()
        secret = try WebhookSecret(try context.secretBytes(), file: context.endpoint.secretFile ?? "")
        rules = try context.rules([url], hiding: [])
        self.clock = clock
    }

    func publish(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        let body: [UInt8]
        do throws(Fault) { body = try WebhookPayload(post).bytes() } catch { throw .own(error) }
        let timestamp = clock.now().seconds
        _ = try line.send(
            .post, url,
            headers: [
                ("Content-Type", "application/json"), ("webhook-id", post.identifier), ("webhook-timestamp", String(timestamp)),
                ("webhook-signature", secret.signature(id: post.identifier, timestamp: timestamp, body: body)),
            ], body: body)
        return Told()
    }

    func withdraw(_ post: IntranetPost, at remote: String?, over line: EndpointLine) throws(PostSetback) -> Told {
        try publish(post, at: remote, over: line)
    }

    /// A receiver of webhooks need not answer anything but POST: any answer shows that it is there.
    func probe(over line: EndpointLine) throws(PostSetback) -> String { try line.isThere(url) }
}

extension EndpointLine {
    /// For receivers that take posts alone: whether somebody answers at the address, by HEAD.
    func isThere(_ url: String) throws(PostSetback) -> String {
        do throws(PostSetback) { _ = try send(.head, url) } catch {
            guard let status = error.status, status < 500, status != 404, status != 410 else { throw error }
        }
        return "it answers; whether it takes a post is seen when one is made"
    }
}
