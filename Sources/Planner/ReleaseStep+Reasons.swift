import Core
import Ledger

extension ReleaseStep {
    /// Why whoever has an address gets each publication, or does not: by the same audiences, choices and duties as ``release(_:_:by:at:)``.
    package func reasons(for address: EmailAddress) throws(Fault) -> ReaderReasons {
        let recipient = try ledger.recipient(at: address)
        let muted = try recipient.map { recipient throws(Fault) in try ledger.mutedTopics(of: recipient.id).sorted() } ?? []
        var reasons: [ReaderReason] = []
        if let recipient {
            for publication in publications { reasons.append(try reason(publication, recipient, muted)) }
        }
        return ReaderReasons(
            address: address, person: recipient?.person, suppression: try ledger.suppression(of: address), publications: reasons)
    }

    private func reason(_ publication: Publication, _ recipient: Recipient, _ muted: [String]) throws(Fault) -> ReaderReason {
        guard publication.channels.email else { return ReaderReason(publication: publication, verdict: .noMail) }
        let audience = try audience(publication.audience)
        guard audience.contains(recipient.person) else {
            let unmet = audience.conditions.first { !Audience(name: "", conditions: [$0]).contains(recipient.person) }
            return ReaderReason(
                publication: publication, verdict: .notInAudience, unmet: unmet,
                values: unmet.map { recipient.person.values(of: $0.attribute) } ?? [])
        }
        let isMandatory = publication.mandatoryReason != nil
        if !isMandatory, try ledger.isUnsubscribed(recipient.id, from: publication.name) {
            return ReaderReason(publication: publication, verdict: .unsubscribed)
        }
        let leaders = try publication.leaderBlock.map { name throws(Fault) in try self.audience(name).contains(recipient.person) } ?? false
        return ReaderReason(
            publication: publication, verdict: .gets, seesLeaderNotes: publication.showsLeaderNotes || leaders,
            mutedTopics: isMandatory ? [] : muted)
    }
}
