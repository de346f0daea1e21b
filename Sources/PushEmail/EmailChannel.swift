import Core
import Crypto
import Curl
import Foundation
import Ledger
import Push

/// Email over one relay, or into a folder.
///
/// In: deliveries of the outlet `email`. Out: one mail each, and the relay's word on it. A relay that cannot be reached, or not
/// safely, is a ``Fault`` when a lane opens: nothing of an edition has been said then, and the outbox tries again later.
package final class EmailChannel: Channel {
    /// Where the lanes lead, with what had to be read for it.
    enum Way: Sendable {
        case directory(String)
        case relay(SMTPEndpoint)
    }

    package let outlet = Outlet.email
    package let route: String
    package let lanes: Int
    /// Each of them is on the disk as being sent; what a stop leaves of them goes back.
    package let batchSize = 64

    let way: Way
    let mails: EditionMails
    let settings: EmailSettings
    let limits: SMTPLimits
    let token: AccessToken?
    package let weight: Int
    package let priority: Int
    package let quietHours: DailyWindow?
    private let messagesPerConnection: Int?
    private let rate: SendingRate?
    private let clock: any WallClock

    /// Relative paths of the relay's settings are relative to `folder`. Throws a ``Fault`` when the address is not one, or the
    /// password's file is missing, empty or open to others.
    package init(
        _ relay: Relay, settings: EmailSettings, ledger: Ledger, clock: any WallClock, folder: String = ".",
        limits: SMTPLimits = SMTPLimits()
    ) throws(Fault) {
        route = relay.name
        mails = EditionMails(ledger, settings)
        self.settings = settings
        weight = relay.weight
        priority = relay.priority
        quietHours = relay.quietHours
        messagesPerConnection = relay.messagesPerConnection
        token = relay.token.map { AccessToken($0, folder: folder, clock: clock) }
        let isLimited = relay.perSecond != nil || relay.perMinute != nil || relay.perHour != nil || relay.perDay != nil
        // What the last day has used up counts on, over a restart too.
        rate =
            isLimited
            ? SendingRate(
                perSecond: relay.perSecond, perMinute: relay.perMinute, perHour: relay.perHour, perDay: relay.perDay,
                used: try ledger.use(of: relay.name, since: clock.now() - .days(1)), at: clock.now()) : nil
        self.clock = clock
        self.limits = limits
        switch relay.destination {
        // One lane: the disk is not made faster by several.
        case .directory: lanes = 1
        case .smtp: lanes = max(1, relay.connections)
        }
        way = try Self.way(relay, folder)
    }

    /// Where a relay's mails go, with its password read. Throws as ``init(_:settings:ledger:clock:folder:limits:)`` does.
    static func way(_ relay: Relay, _ folder: String) throws(Fault) -> Way {
        switch relay.destination {
        case .directory(let path): return .directory(absolute(path, folder))
        case .smtp(let url, let startTLS, let user, let passwordFile, let caFile):
            var endpoint = try SMTPEndpoint(url: url, startTLS: startTLS)
            endpoint.caFile = caFile.map { absolute($0, folder) }
            endpoint.user = user
            if let passwordFile {
                endpoint.password = String(decoding: try Secret(file: passwordFile, relativeTo: folder).bytes, as: UTF8.self)
            }
            return .relay(endpoint)
        }
    }

    /// As Postfix does: 300 s doubling to 4,000 s, for five days. The edition's own end comes before that as a rule.
    package func retryDelay(afterAttempt attempt: Int) -> Span? {
        let pauses: [Int64] = [300, 600, 1_200, 2_400, 4_000]
        // 300 + 600 + 1,200 + 2,400 + 107 × 4,000 s are five days.
        return attempt > 111 ? nil : .seconds(pauses[min(max(attempt, 1), pauses.count) - 1])
    }

    package func allowance(at now: Instant, within span: Span) -> Allowance {
        rate?.allowance(within: span, at: now) ?? .unlimited
    }

    package func openLane(_ interruption: Interruption) throws(Fault) -> any Lane {
        switch way {
        case .directory(let path): DirectoryLane(path, mails, rate, clock)
        case .relay(let endpoint):
            try SMTPLane(
                RelayDoor(endpoint, token: token, limits), route: route, mails, rate, clock, perConnection: messagesPerConnection,
                interruption)
        }
    }

    private static func absolute(_ path: String, _ folder: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }
}
