import Core
import Desk
import Ledger

/// The addresses that are sent nothing any more, and one of them sent to again.
struct SuppressionOperations {
    var ledger: Ledger
    var zone: Zone
    var actor: String

    func list() throws(Fault) -> Answer {
        let suppressed = try ledger.suppressions()
        var table = TextTable("ADDRESS", "SINCE", "REASON")
        for entry in suppressed { table.add(entry.address, shown(entry.since, zone), entry.reason) }
        return Answer(text: table.isEmpty ? "No address is suppressed." : table.text, json: jsonText(suppressed))
    }

    func lift(_ address: EmailAddress, at now: Instant) throws(Fault) -> Answer {
        guard try ledger.liftSuppression(address, by: actor, at: now) else {
            throw Fault(
                "lift the suppression of", address.text, cause: "it is not suppressed", mend: "See the list with ‘budstikke suppressed’.")
        }
        return Answer(text: "\(address) is sent to again, from the next edition on.", json: jsonText(["lifted": address.text]))
    }
}
