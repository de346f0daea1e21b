import Core
import Crypto
import Curl
import Ledger

/// Alarms and their ends as signed posts (Standard Webhooks), `alarms.changed`. The same news has the same `webhook-id`, and each alarm its
/// number, so a receiver that stored a post whose answer was lost knows the second.
package struct AlarmWebhook: Sendable {
    private let url: String
    private let organisation: String
    private let secret: WebhookSecret
    private let rules: EndpointRules

    /// `folder` is what a relative secret's file is relative to. Throws a ``Fault`` when the address or the secret is not usable.
    package init(
        url: String, secretFile: String, caFile: String?, allowPrivate: Bool, organisation: String, relativeTo folder: String,
        timeLimit: Span = .seconds(20)
    ) throws(Fault) {
        var endpoint = Endpoint(name: "alarms", kind: .webhook, url: url, secretFile: secretFile)
        endpoint.allowPrivate = allowPrivate
        endpoint.caFile = caFile
        let context = ConnectorContext(endpoint: endpoint, folder: folder, timeLimit: timeLimit)
        self.url = try context.exactURL()
        self.organisation = organisation
        secret = try WebhookSecret(try context.secretBytes(), file: secretFile)
        rules = try context.rules([url], hiding: [])
    }

    /// Posts the news. Throws a ``Fault`` when the receiver has not taken it.
    package func tell(_ news: [AlarmNews], at now: Instant, _ interruption: Interruption) throws(Fault) {
        let body = payload(news, at: now).bytes
        let names = news.map { "\($0.id.map(String.init) ?? $0.alarm.kind + $0.alarm.object) \($0.alarm.raised.milliseconds) \($0.stage)" }
        let identifier = "msg_alarms_" + SHA256.hexadecimalDigest(names.joined(separator: "\n").utf8).prefix(24)
        let timestamp = SystemClock().now().seconds
        let line = EndpointLine(rules, interruption: interruption)
        do throws(PostSetback) {
            _ = try line.send(
                .post, url,
                headers: [
                    ("Content-Type", "application/json"), ("webhook-id", identifier), ("webhook-timestamp", String(timestamp)),
                    ("webhook-signature", secret.signature(id: identifier, timestamp: timestamp, body: body)),
                ], body: body)
        } catch {
            throw Fault("post", "alarms", cause: error.reply, mend: "Check [Alarm] Webhook= and its receiver; it is tried again.")
        }
    }

    /// Whether somebody answers there, without posting anything.
    package func probe() throws(Fault) -> String {
        do throws(PostSetback) { return try EndpointLine(rules).isThere(url) } catch {
            throw Fault("reach", "the webhook of alarms", cause: error.reply, mend: "Check [Alarm] Webhook= and its receiver.")
        }
    }

    private func payload(_ news: [AlarmNews], at now: Instant) -> JSONValue {
        let lines = news.map { line in
            JSONValue.map([
                "id": line.id.map { .number(Int($0)) } ?? .null, "kind": .text(line.alarm.kind), "object": .text(line.alarm.object),
                "text": .text(line.alarm.text), "state": .text(line.stage == 1 ? "standing" : "over"),
                "raised": .text("\(line.alarm.raised)"), "ended": line.alarm.ended.map { .text("\($0)") } ?? .null,
            ])
        }
        return .map([
            "type": "alarms.changed", "timestamp": .text("\(now)"),
            "data": .map(["organisation": .text(organisation), "alarms": .list(lines)]),
        ])
    }
}
