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

    package var name: String
    package var destination: Destination
    package var connections = 4
    /// Messages a minute over all connections; `nil` for no limit.
    package var perMinute: Int?

    package init(name: String, destination: Destination) {
        self.name = name
        self.destination = destination
    }
}
