import Core

/// What the settings say about all mail, whatever the relay.
package struct OutboxRules: Sendable {
    package var domains: [DomainLimit]
    /// When nothing but urgent mail is sent.
    package var quietHours: DailyWindow?
    package var zone: Zone
    /// `nil`: an edition is paused by people alone.
    package var pause: PauseRule?
    /// What the log calls a recipient; `nil`: it calls none.
    package var pseudonym: (@Sendable (EmailAddress) -> String)?

    package init(
        domains: [DomainLimit] = [], quietHours: DailyWindow? = nil, zone: Zone = .copenhagen, pause: PauseRule? = nil,
        pseudonym: (@Sendable (EmailAddress) -> String)? = nil
    ) {
        self.domains = domains
        self.quietHours = quietHours
        self.zone = zone
        self.pause = pause
        self.pseudonym = pseudonym
    }
}
