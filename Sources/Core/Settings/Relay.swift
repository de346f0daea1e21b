/// Where mail goes: one `[Relay name]` section.
package struct Relay: Hashable, Codable, Sendable {
    package enum StartTLS: String, CaseIterable, Hashable, Codable, Sendable {
        /// No mail without TLS and a valid certificate.
        case required
        /// TLS where the relay offers it; its certificate is still checked.
        case preferred
        case none
    }

    package enum Destination: Hashable, Codable, Sendable {
        /// The embedded default: each mail becomes one `.eml` file in this folder.
        case directory(String)
        /// `smtp://host:port` or `smtps://host:port`.
        case smtp(url: String, startTLS: StartTLS, user: String?, passwordFile: String?, caFile: String?)
    }

    /// Where an access token for XOAUTH2 comes from.
    package enum Token: Hashable, Codable, Sendable {
        /// Read anew for each connection: another program keeps it fresh.
        case file(String)
        /// A shell command that prints it, alone or as the JSON of an OAuth 2 answer.
        case command(String)
    }

    package var name: String
    package var destination: Destination
    /// In place of a password.
    package var token: Token?
    /// Its part of the mails among relays of the same priority.
    package var weight = 1
    /// As in DNS SRV records (RFC 2782): those with the lowest number get all mail, the next ones when all of these are paused.
    package var priority = 10
    package var connections = 4
    /// After so many messages a connection is closed and a new one opened; `nil` for no limit.
    package var messagesPerConnection: Int?
    /// Messages in a time, over all connections; `nil` for no limit.
    package var perSecond: Int?
    package var perMinute: Int?
    package var perHour: Int?
    package var perDay: Int?
    /// When it gets none but urgent mail.
    package var quietHours: DailyWindow?

    package init(name: String, destination: Destination) {
        self.name = name
        self.destination = destination
    }
}

/// How much mail a receiving domain takes, over all relays: one `[Domain name]` section.
package struct DomainLimit: Hashable, Codable, Sendable {
    /// In small letters, as behind the `@` of an address.
    package var name: String
    /// How many connections may carry mail for it at once; `nil` for no limit.
    package var connections: Int?
    package var perMinute: Int?

    package init(name: String, connections: Int? = nil, perMinute: Int? = nil) {
        self.name = name
        self.connections = connections
        self.perMinute = perMinute
    }
}

/// When an edition's deliveries are paused by themselves: something is wrong with it, or with us, that more mails make worse.
package struct PauseRule: Hashable, Codable, Sendable {
    /// Percent of the answered deliveries that are refused for good.
    package var percent: Int
    /// No pause before so many are refused.
    package var atLeast: Int

    package init(percent: Int = 20, atLeast: Int = 20) {
        self.percent = percent
        self.atLeast = atLeast
    }

    package func isMet(refused: Int, of answered: Int) -> Bool { refused >= atLeast && refused * 100 > answered * percent }
}
