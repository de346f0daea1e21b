/// The kinds of alarms that this program raises. An alarm of another kind, of a ledger that a newer program wrote, is told all the same.
package enum AlarmKind: String, CaseIterable, Hashable, Sendable {
    case planner
    case unscheduledPublication = "unscheduled-publication"
    case emptyEdition = "empty-edition"
    case heldEdition = "held-edition"
    case silentPublication = "silent-publication"
    case unapprovedEdition = "unapproved-edition"
    case pausedEdition = "paused-edition"
    case heldDeliveries = "held-deliveries"
    case alert
    case alertProposed = "alert-proposed"
    case recipients
    case dropFolder = "drop-folder"
    case dropUnresponsive = "drop-unresponsive"
    case dropStray = "drop-stray"
    case intake
    case intakeFile = "intake-file"
    case feed
    case silentScreen = "silent-screen"
    case channel
    case endpoint
    case endpointByHand = "endpoint-by-hand"
    case bounces
    case retention

    /// What is wrong, and what helps: their keys in the catalogue.
    package var headlineKey: String { "alarm.is" + words }
    package var adviceKey: String { "alarm.do" + words }

    /// `silent-screen` → `SilentScreen`.
    private var words: String { rawValue.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined() }

    /// Whether an editor can do something about it at the desk.
    package var isEditors: Bool {
        switch self {
        case .emptyEdition, .heldEdition, .silentPublication, .unapprovedEdition, .pausedEdition, .heldDeliveries, .alertProposed,
            .endpointByHand, .unscheduledPublication:
            true
        case .planner, .alert, .recipients, .dropFolder, .dropUnresponsive, .dropStray, .intake, .intakeFile, .feed, .silentScreen,
            .channel, .endpoint, .bounces, .retention:
            false
        }
    }
}
