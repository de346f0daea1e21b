import Core
import Crypto
import Curl
import Ledger

/// Hands one message to its push service (RFC 8030), encrypted for the browser alone, and says what came of it.
///
/// Comes in: a claimed message. Goes out: one request and an outcome for the ledger. On failure it is tried again by ``delays`` or when
/// `Retry-After` says, for as long as its edition is news; 404 and 410 end the subscription; any other refusal is final, and raises an
/// alarm when the service does not accept who we are. A message that may have arrived is sent again under the same `Topic` and with the
/// same tag, so that a phone shows it once. No address of a phone is in any reply.
package struct PhoneSender: Sendable {
    /// What an edition says on a phone; `nil` when it is not to be told any more.
    package typealias Compose = @Sendable (EditionRecord, Language) throws(Fault) -> PhoneNotice?

    static let alarmKind = "phones"
    /// Before attempts 2, 3 …; the last one for all that follow.
    static let delays: [Span] = [.seconds(5), .seconds(30), .minutes(2), .minutes(10), .minutes(30), .hours(1), .hours(2)]
    /// The longest that a push service is asked to keep a message for: 28 days is what the known ones keep at most.
    private static let longestLife = Span.days(28)

    private let key: VAPIDKey
    private let contact: String
    private let services: PushServices
    private let compose: Compose
    private let ledger: Ledger
    private let clock: any WallClock
    private let timeLimit: Span
    private let random: @Sendable () -> Double
    let pauses = ServicePauses()

    /// `contact` is whom a push service's operator may write to: a `mailto:` or `https:` address.
    package init(
        key: VAPIDKey, contact: String, services: PushServices, ledger: Ledger, clock: any WallClock, timeLimit: Span = .seconds(20),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }, compose: @escaping Compose
    ) {
        self.key = key
        self.contact = contact
        self.services = services
        self.compose = compose
        self.ledger = ledger
        self.clock = clock
        self.timeLimit = timeLimit
        self.random = random
    }

    /// One attempt and what it means. Throws when the ledger cannot be read or written.
    package func carry(
        _ message: ClaimedPhoneMessage, over line: HTTPLine? = nil, _ interruption: Interruption? = nil
    ) throws(Fault) -> PhoneOutcome {
        let now = clock.now()
        let end = min(message.edition.stopBy ?? now + .days(1), now + Self.longestLife)
        guard now < end else { return .failed(reply: "given up: not delivered before \(end)") }
        guard message.edition.state == .released else { return .failed(reply: "the edition was recalled") }
        guard let address = services.address(message.subscription.address), let receiver = P256PublicKey(message.subscription.key) else {
            return .failed(reply: "it is no push service that messages may go to")
        }
        guard let notice = try compose(message.edition, message.subscription.language) else { return .failed(reply: "it is over") }
        let text = try notice.bytes()
        var request = HTTPRequest(
            .post, address, headers: headers(notice, address, life: end - now, at: now),
            body: PushEncryption.sealed(text, for: receiver, secret: message.subscription.secret))
        request.reach = services.reach
        request.timeLimit = timeLimit
        request.responseLimit = 16_384
        request.longResponse = .isCut
        request.interruption = interruption
        switch try request.attempt(over: line) {
        case .answered(let response): return try judged(response, message, before: end)
        case .unanswered(let fault): return late(message, fault.cause, isLost: true, before: end)
        case .unsent(let fault): return late(message, fault.cause, isLost: false, before: end)
        }
    }

    private func headers(_ notice: PhoneNotice, _ address: HTTPAddress, life: Span, at now: Instant) -> [HTTPHeader] {
        let lines = [
            ("Content-Type", "application/octet-stream"), ("Content-Encoding", "aes128gcm"),
            ("Authorization", key.authorization(for: address.origin, contact: contact, at: now)),
            ("TTL", String(max(1, life.milliseconds / 1000))), ("Urgency", notice.isUrgent ? "high" : "normal"), ("Topic", notice.topic),
        ]
        return lines.compactMap { HTTPHeader($0.0, $0.1) }
    }

    private func judged(_ response: HTTPResponse, _ message: ClaimedPhoneMessage, before end: Instant) throws(Fault) -> PhoneOutcome {
        let service = message.subscription.service
        let reply = "HTTP \(response.status)"
        switch response.status {
        case 200..<300:
            pauses.end(service)
            try ledger.endAlarm(Self.alarmKind, service, at: clock.now())
            return .sent(reply: reply)
        case 404, 410: return .gone(reply: reply + ": the phone has switched it off")
        case 429, 500...:
            let now = clock.now()
            let said = response.header("retry-after").flatMap { RetryAfter.instant($0, now: now) }
            return late(message, reply, isLost: false, until: said, before: end)
        case 401, 403:
            try ledger.raiseAlarm(
                Self.alarmKind, service,
                "\(service) does not accept this installation's key for Web Push (\(reply)): was webpush.key lost or exchanged? Phones that "
                    + "were switched on with another key have to be switched on again.",
                at: clock.now())
            return .failed(reply: reply)
        default: return .failed(reply: reply + ((300..<400).contains(response.status) ? ", a redirect, not followed" : ""))
        }
    }

    /// Tried again, unless that would be too late. Its service is left alone until then too.
    private func late(
        _ message: ClaimedPhoneMessage, _ reply: String, isLost: Bool, until said: Instant? = nil, before end: Instant
    ) -> PhoneOutcome {
        let now = clock.now()
        let delay = Self.delays[min(message.attempt, Self.delays.count) - 1]
        let until = said ?? now + .milliseconds(Int64(Double(delay.milliseconds) * (0.9 + 0.2 * random())))
        pauses.pause(message.subscription.service, until: said ?? now + min(delay, .minutes(2)))
        guard until < end else { return .failed(reply: "given up after \(message.attempt) attempts: \(reply)") }
        return isLost ? .ambiguous(reply: reply, until: until) : .deferred(reply: reply, until: until)
    }
}
