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
