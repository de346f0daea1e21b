import Core
import Desk
import Directory
import Ledger

/// The directory of employees: who is in it, whom an audience names, and a file taken in at once.
struct RecipientOperations {
    var house: House

    func list() throws(Fault) -> Answer {
        let recipients = try house.ledger.recipients()
        let audiences = house.settings.audiences.map { audience in
            AudienceLine(name: audience.name, recipients: recipients.count { audience.contains($0.person) })
        }
        var table = TextTable("AUDIENCE", "RECIPIENTS")
        for audience in audiences { table.add(audience.name, "\(audience.recipients)") }
        let suppressed = try house.ledger.suppressionCount()
        let note = suppressed > 0 ? "\n\n\(suppressed) addresses are suppressed: see ‘budstikke suppressed’." : ""
        return Answer(text: table.text + note, json: jsonText(audiences))
    }

    /// Why somebody gets each publication, or does not.
    func reasons(for address: EmailAddress) throws(Fault) -> Answer {
        let reasons = try house.release.reasons(for: address)
        var lines = [reasons.person.map { "\(address): \($0.name)" } ?? "\(address) is not in the directory, so it is sent nothing."]
        if let suppression = reasons.suppression {
            lines.append("Suppressed since \(shown(suppression.since, house.zone)): \(suppression.reason). It is sent nothing at all.")
        }
        var table = TextTable("PUBLICATION", "GETS IT", "WHY")
        for reason in reasons.publications {
            let gets = reason.verdict == .gets && reasons.suppression == nil
            table.add(reason.publication, gets ? "yes" : "no", Self.words(reason))
        }
        return Answer(
            text: (lines + (table.isEmpty ? [] : ["", table.text])).joined(separator: "\n"), json: jsonText(reasons),
            isProblem: reasons.person == nil)
    }

    private static func words(_ reason: ReaderReason) -> String {
        switch reason.verdict {
        case .gets:
            return "audience \(reason.audience)" + (reason.isMandatory ? ", mandatory" : "")
                + (reason.seesLeaderNotes ? ", with talking points" : "")
                + (reason.mutedTopics.isEmpty ? "" : ", without \(reason.mutedTopics.joined(separator: ", "))")
        case .unsubscribed: return "they have unsubscribed"
        case .noMail: return "it does not go by mail"
        case .notInAudience:
            guard let unmet = reason.unmet else { return "not in the audience \(reason.audience)" }
            let has = reason.values.isEmpty ? "nothing" : reason.values.joined(separator: ", ")
            return "not in the audience \(reason.audience): \(unmet.attribute) is \(has), not \(unmet.values.joined(separator: " or "))"
        }
    }

    func take(_ bytes: [UInt8], _ name: String, force: Bool, at now: Instant) throws(Fault) -> Answer {
        taken(try house.directoryImport.take(bytes, name: name, force: force))
    }

    /// Asks the directory server at once.
    func synchronise(force: Bool) throws(Fault) -> Answer {
        guard let source = house.directorySource() else {
            throw Fault(
                "ask", "the directory server", cause: "[Recipients] has no URL=", mend: "Import a file: budstikke recipients import FILE.")
        }
        return taken(try house.directoryImport.take(source, force: force))
    }

    private func taken(_ change: DirectoryChange) -> Answer {
        Answer(
            text: "\(change.total) recipients: \(change.added) added, \(change.changed) changed, \(change.removed) removed.",
            json: jsonText(change))
    }
}

private struct AudienceLine: Encodable {
    var name: String
    var recipients: Int
}
