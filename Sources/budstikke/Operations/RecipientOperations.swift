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
        let change = try DirectoryImport(ledger: house.ledger, clock: house.clock).take(bytes, name: name, force: force)
        return Answer(
            text: "\(change.total) recipients: \(change.added) added, \(change.changed) changed, \(change.removed) removed.",
            json: jsonText(change))
    }
}

private struct AudienceLine: Encodable {
    var name: String
    var recipients: Int
}
