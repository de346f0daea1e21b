import Core
import Crypto
import Curl
import Ledger
import Push

/// Posts released editions to one intranet endpoint, signed, by Standard Webhooks.
///
/// Comes in: a claimed delivery of an edition to the endpoint. Goes out: one POST with the same `webhook-id` and the same body at
/// each attempt, so a receiver that stored the post but whose answer was lost knows the second. On failure the delivery is
/// deferred by the table of ``WebhookRetry``, or until the receiver's `Retry-After`; from the third attempt on an alarm stands
/// until a post is taken. An answer of 410 ends the endpoint for good, with an alarm. The secret's file is read once, when the
/// channel is made: a bad one refuses the start.
package struct WebhookChannel: Channel {
    private let endpoint: Endpoint
    private let address: HTTPAddress
    private let secret: WebhookSecret
    private let publicURL: String?
    private let ledger: Ledger
    private let clock: any WallClock
    private let retry: WebhookRetry
    private let timeLimit: Span

    package var outlet: String { Outlet.endpoint(endpoint.name) }
    package var route: String { endpoint.name }
    package var lanes: Int { 1 }
    package var batchSize: Int { 1 }

    /// `folder` is what a relative secret file is relative to; `publicURL` the web edition's address, `nil` when there is none;
    /// `timeLimit` the time that a receiver has for one answer. Throws a ``Fault`` when the address or the secret is not usable.
    package init(
        _ endpoint: Endpoint, relativeTo folder: String, publicURL: String?, ledger: Ledger, clock: any WallClock,
        retry: WebhookRetry = WebhookRetry(), timeLimit: Span = .seconds(20)
    ) throws(Fault) {
        self.endpoint = endpoint
        address = try HTTPAddress(endpoint.url)
        secret = try WebhookSecret(try Secret(file: endpoint.secretFile, relativeTo: folder), file: endpoint.secretFile)
        self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        self.ledger = ledger
        self.clock = clock
        self.retry = retry
        self.timeLimit = timeLimit
    }

    package func retryDelay(afterAttempt attempt: Int) -> Span? { retry.delay(afterAttempt: attempt) }

    package func openLane(_ interruption: Interruption) -> any Lane { WebhookLane(channel: self, interruption: interruption) }

    /// One attempt and what it means. Throws when the ledger cannot be read or written, or libcurl cannot start.
    fileprivate func post(_ delivery: ClaimedDelivery, _ interruption: Interruption) throws(Fault) -> DeliveryOutcome {
        if let reason = try ledger.endpointStop(endpoint.name) { return .failed(reply: "the endpoint is stopped: \(reason)") }
        guard let edition = try delivery.edition.flatMap({ id throws(Fault) in try ledger.edition(id) }), edition.state == .released else {
            return .failed(reply: "the edition was recalled")
        }
        let body = try WebhookPayload(
            edition, items: try ledger.items(of: edition.id), publicURL: publicURL, alert: try ledger.alert(of: edition)
        )
        .bytes()
        var request = request(delivery, edition, body)
        request.interruption = interruption
        switch try request.attempt() {
        case .answered(let response): return try outcome(response, delivery)
        case .unanswered(let fault):
            try alarm(fault.description, delivery)
            return .ambiguous(reply: fault.cause)
        case .unsent(let fault):
            try alarm(fault.description, delivery)
            return .deferred(reply: fault.cause)
        }
    }

    private func request(_ delivery: ClaimedDelivery, _ edition: EditionRecord, _ body: [UInt8]) -> HTTPRequest {
        let id = Self.identifier(delivery.id, edition, endpoint.name)
        let timestamp = clock.now().seconds
        let headers = [
            ("Content-Type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(timestamp)),
            ("webhook-signature", secret.signature(id: id, timestamp: timestamp, body: body)),
        ]
        var request = HTTPRequest(.post, address, headers: headers.compactMap { HTTPHeader($0, $1) }, body: body)
        request.reach = endpoint.allowPrivate ? .anywhere : .publicOnly
        request.timeLimit = timeLimit
        request.responseLimit = 16_384
        request.longResponse = .isCut
        return request
    }

    /// The same at each attempt. The digest keeps it unique when a new ledger counts its deliveries from 1 again.
    static func identifier(_ delivery: DeliveryID, _ edition: EditionRecord, _ endpoint: String) -> String {
        let named = "\(endpoint)\n\(edition.slug)\n\((edition.released ?? edition.release).milliseconds)"
        return "msg_\(delivery)_" + SHA256.hexadecimalDigest(named.utf8).prefix(16)
    }

    private func outcome(_ response: HTTPResponse, _ delivery: ClaimedDelivery) throws(Fault) -> DeliveryOutcome {
        let reply = WebhookVerdict.reply(response)
        switch WebhookVerdict(response, now: clock.now()) {
        case .taken:
            try ledger.endAlarm(Self.alarmKind, endpoint.name, at: clock.now())
            return .sent(reply: reply)
        case .gone:
            try ledger.stopEndpoint(endpoint.name, reason: "it answered \(reply) at \(clock.now())", at: clock.now())
            try ledger.raiseAlarm(
                Self.alarmKind, endpoint.name, "The endpoint answered 410 Gone and gets no more posts. Ask its owner for a new address.",
                at: clock.now())
            return .failed(reply: reply)
        case .later(let instant):
            try alarm("\(address.origin) answered \(reply)", delivery)
            return .deferred(reply: reply, until: instant)
        }
    }

    private static let alarmKind = "endpoint"
    private static let attemptsToAlarm = 3

    private func alarm(_ text: String, _ delivery: ClaimedDelivery) throws(Fault) {
        guard delivery.attempt >= Self.attemptsToAlarm else { return }
        try ledger.raiseAlarm(Self.alarmKind, endpoint.name, text, at: clock.now())
    }
}

/// Posts one delivery after the other; each has a connection of its own, for an endpoint gets a few posts a month.
private struct WebhookLane: Lane {
    let channel: WebhookChannel
    let interruption: Interruption

    func carry(_ batch: Batch) throws(Fault) {
        while let delivery = try batch.next() { try batch.settle(delivery, try channel.post(delivery, interruption)) }
    }

    func close() {}
}
