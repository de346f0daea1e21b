import Core
import Ledger

/// What makes an item that was taken in a crisis message.
enum Alerting {
    /// The content as every channel takes it: everywhere, at once, and not beyond its own end. And whether its title says that it is a
    /// drill.
    static func content(_ content: ItemContent) -> (ItemContent, isDrill: Bool) {
        var content = content
        content.channels = Set(ChannelKind.allCases)
        content.visibleFrom = nil
        content.category = nil
        content.leaderNotes = nil
        // A message of one line has nothing more to say.
        if content.body.isEmpty, content.summary == content.title { content.summary = "" }
        guard let rest = DrillTitle.rest(of: content.title) else { return (content, false) }
        content.title = rest
        return (content, true)
    }

    static func content(_ content: ItemContent, _ settings: IntakeSettings) -> ItemContent {
        settings.alerting == nil ? content : Self.content(content).0
    }

    /// A crisis message is never the duplicate of an item that says the same.
    static func digest(_ digest: String, _ settings: IntakeSettings) -> String {
        settings.alerting == nil ? digest : AlertSource.prefix + digest
    }

    /// Raises or proposes what was taken in; returns what the receipt says of it. Nothing for a file of which another source's message
    /// says the very same.
    static func raise(
        _ read: ItemContent, _ acceptance: Acceptance, _ source: Source, _ workshop: SourcePass.Workshop, at now: Instant
    ) throws(Fault) -> [Lint] {
        guard let alerting = workshop.settings.alerting else { return [] }
        let (content, isDrill) = content(read)
        let version: Int?
        switch acceptance {
        case .new: version = 1
        case .replaced(_, let replaced): version = replaced
        case .unchanged(let id): version = try workshop.ledger.item(id)?.version
        case .duplicate: version = nil
        }
        guard let version else { return [] }
        let proposal = AlertProposal(
            item: acceptance.item, version: version, isDrill: isDrill, audience: content.audience ?? alerting.audience,
            until: content.visibleUntil, proposer: source.name)
        let id = try workshop.ledger.proposeAlert(proposal, needsTwoPeople: alerting.needsTwoPeople, at: now)
        workshop.log.notice("a crisis message", ["ALERT": "\(id)", "SOURCE": source.name])
        return [Lint(alerting.needsTwoPeople ? .alertProposed : .alertRaised)] + (isDrill ? [Lint(.alertDrill)] : [])
    }
}
