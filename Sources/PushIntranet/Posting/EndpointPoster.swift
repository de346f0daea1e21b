import Core
import Curl
import Ledger

/// Tells one endpoint of one post, and says what came of it.
///
/// Comes in: a claimed post. Goes out: the connector's requests, and an outcome for the ledger. On failure the post is deferred by the
/// table of ``PostRetry``, or until the receiver's `Retry-After`; from the third attempt on an alarm stands until a post is taken. An
/// answer of 410 ends the endpoint for good, with an alarm. Which receivers know a copy of a post whose answer was lost is told by
/// each connector.
package struct EndpointPoster: Sendable {
    package let endpoint: Endpoint
    let connector: any Connector
    private let composer: PostComposer
    private let ledger: Ledger
    private let clock: any WallClock
    private let retry: PostRetry

    static let alarmKind = "endpoint"
    private static let byHandAlarm = "endpoint-by-hand"
    private static let attemptsToAlarm = 3

    package init(
        _ endpoint: Endpoint, _ connector: any Connector, composer: PostComposer, ledger: Ledger, clock: any WallClock,
        retry: PostRetry = PostRetry()
    ) {
        self.endpoint = endpoint
        self.connector = connector
        self.composer = composer
        self.ledger = ledger
        self.clock = clock
        self.retry = retry
    }

    /// One attempt and what it means; `interruption` cuts it off. Throws when the ledger cannot be read or written.
    package func carry(_ record: PostRecord, _ interruption: Interruption? = nil) throws(Fault) -> PostOutcome {
        if let reason = try ledger.endpointStop(endpoint.name) { return .failed(reply: "the endpoint is stopped: \(reason)") }
        if let stopBy = record.stopBy, stopBy <= clock.now() { return .failed(reply: "given up: not delivered before \(stopBy)") }
        if try isOverAlert(record) { return .failed(reply: "the crisis message was over") }
        let post: IntranetPost
        do throws(Fault) { post = try composer.post(record, for: endpoint) } catch {
            return try setback(.own(error), record, hasWritten: false)
        }
        let line = EndpointLine(connector.rules, interruption: interruption)
        do throws(PostSetback) {
            let told =
                record.wanted == nil
                ? try connector.withdraw(post, at: record.remote, over: line) : try connector.publish(post, at: record.remote, over: line)
            return try taken(told, record)
        } catch {
            return try setback(error, record, hasWritten: line.hasWritten)
        }
    }

    /// Whether it is of a crisis message that has ended meanwhile, or was raised anew: no attempt may come behind the all-clear.
    private func isOverAlert(_ record: PostRecord) throws(Fault) -> Bool {
        guard record.wanted != nil, case .edition(let id) = record.topic, let edition = try ledger.edition(id),
            edition.publication == AlertPublication.name
        else { return false }
        if let stopBy = edition.stopBy, stopBy <= clock.now() { return true }
        return try ledger.alert(of: edition) == nil
    }

    /// Has one picture more of coming posts at the receiver before their release. `ready` are those that are there, by file name. Returns
    /// false when all are. Throws what went wrong; the post brings the picture along then.
    func prepare(
        _ editions: [[ItemRecord]], _ ready: inout Set<String>, _ interruption: Interruption? = nil
    ) throws(PostSetback) -> Bool {
        for items in editions {
            let pictures: [IntranetPost.Attachment]
            do throws(Fault) { pictures = try composer.pictures(items, for: endpoint) } catch { throw .own(error) }
            if let picture = pictures.first(where: { !ready.contains($0.fileName) }) {
                try connector.prepare(picture, over: EndpointLine(connector.rules, interruption: interruption))
                ready.insert(picture.fileName)
                return true
            }
        }
        return false
    }

    /// Tries the endpoint without telling it anything: what works, or what does not.
    package func probe() -> Result<String, PostSetback> { Self.probe(connector) }

    package static func probe(_ connector: any Connector) -> Result<String, PostSetback> {
        Result { () throws(PostSetback) in try connector.probe(over: EndpointLine(connector.rules)) }
    }

    private func taken(_ told: Told, _ record: PostRecord) throws(PostSetback) -> PostOutcome {
        do throws(Fault) {
            try ledger.endAlarm(Self.alarmKind, endpoint.name, at: clock.now())
            if let byHand = told.byHand {
                try ledger.raiseAlarm(Self.byHandAlarm, "\(endpoint.name) \(record.id)", byHand, at: clock.now())
                return .done(remote: told.remote, reply: byHand)
            }
        } catch {
            throw .own(error)
        }
        return .done(remote: told.remote, reply: record.wanted == nil ? "withdrawn" : record.told == nil ? "taken" : "corrected")
    }

    private func setback(_ setback: PostSetback, _ record: PostRecord, hasWritten: Bool) throws(Fault) -> PostOutcome {
        let now = clock.now()
        if case .answered(let response, let reply) = setback, response.status == 410 {
            try ledger.stopEndpoint(endpoint.name, reason: "it answered \(reply) at \(now)", at: now)
            try ledger.raiseAlarm(
                Self.alarmKind, endpoint.name,
                "The endpoint answered 410 Gone and gets no more posts. Ask its owner for a new address; ‘budstikke posts retry \(endpoint.name)’ begins again.",
                at: now)
            return .failed(reply: reply)
        }
        if record.attempt >= Self.attemptsToAlarm {
            try ledger.raiseAlarm(Self.alarmKind, endpoint.name, "\(endpoint.name) takes no posts: \(setback.reply)", at: now)
        }
        var until: Instant?
        // Other statuses are not asked for a time: RFC 9110 gives it a meaning with these and with redirects, which are not followed.
        if case .answered(let response, _) = setback, [429, 502, 503, 504].contains(response.status) {
            until = response.header("retry-after").flatMap { RetryAfter.instant($0, now: now) }
        }
        guard let next = until ?? retry.delay(afterAttempt: record.attempt).map({ now + $0 }), record.stopBy.map({ next < $0 }) ?? true
        else {
            return .failed(reply: "given up after \(record.attempt) attempts: \(setback.reply)")
        }
        if case .unanswered(_, isWrite: true) = setback { return .ambiguous(reply: setback.reply, until: next) }
        return .deferred(reply: setback.reply, until: next, arrived: hasWritten)
    }
}
