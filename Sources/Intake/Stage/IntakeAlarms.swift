import Core
import Ledger

/// What Intake tells people that they have to look at.
struct IntakeAlarms: Sendable {
    let ledger: Ledger
    let log: Log

    /// A drop folder that is away; one that does not answer; a source that cannot be worked on; something that lies beside the sources.
    enum Kind: String {
        case folder = "drop-folder"
        case unresponsive = "drop-unresponsive"
        case source = "intake"
        case stray = "drop-stray"
        /// A file that has become no item and got no note for minutes.
        case file = "intake-file"
    }

    /// Raises the alarm, or ends it when there is no fault.
    func set(_ kind: Kind, _ object: String, _ fault: Fault?, _ now: Instant) {
        do throws(Fault) {
            if let fault {
                try ledger.raiseAlarm(kind.rawValue, object, fault.description, at: now)
            } else {
                try ledger.endAlarm(kind.rawValue, object, at: now)
            }
        } catch {
            log.error(error.description)
        }
    }
}
