import Core

/// What Intake has to know of the configuration.
package struct IntakeSettings: Sendable {
    package var dropFolder: String
    package var stateFolder: String
    package var sources: [Source]
    package var audiences: [Audience]
    package var zone: Zone
    package var language: Language
    /// How long a file must have stood still.
    package var settle: Span
    /// How often the folder is looked through without a hint.
    package var rescan: Span
    /// How long one file or folder may take before an alarm says that the share does not answer.
    package var unresponsive: Span
    /// How long a picture waits for its text, a text for its picture, and an empty or unfinished file for its content.
    package var patience = Span.minutes(10)
    /// Whether the crisis folder lies beside the sources' folders, for another stage to look through.
    package var hasAlertFolder = false
    /// What a file here means when it is a crisis message; `nil` for ordinary items.
    package var alerting: Alerting?
    /// What reads word processors' files.
    package var pandoc = PandocProgram()
    /// What makes pictures smaller.
    package var vipsthumbnail = VipsThumbnail()
    /// Words that stop an item.
    package var blocked = BlockedWords()
    /// What is told by mail too.
    package var notify = NotifyRule.all

    /// How crisis messages are taken in.
    package struct Alerting: Hashable, Sendable {
        package var needsTwoPeople: Bool
        /// Who gets the mail of one that names nobody.
        package var audience: String

        package init(needsTwoPeople: Bool, audience: String) {
            self.needsTwoPeople = needsTwoPeople
            self.audience = audience
        }
    }

    package init(
        dropFolder: String, stateFolder: String, sources: [Source], audiences: [Audience], zone: Zone, language: Language,
        settle: Span = .seconds(5), rescan: Span = .seconds(15), unresponsive: Span = .minutes(1)
    ) {
        self.dropFolder = dropFolder
        self.stateFolder = stateFolder
        self.sources = sources
        self.audiences = audiences
        self.zone = zone
        self.language = language
        self.settle = settle
        self.rescan = rescan
        self.unresponsive = unresponsive
    }

    func rules(_ source: Source, now: Instant) -> ReadingRules {
        ReadingRules(
            zone: zone, now: now, audiences: audiences.map(\.name), category: source.category, kind: source.kind, blocked: blocked,
            pandoc: pandoc, vipsthumbnail: vipsthumbnail)
    }
}
