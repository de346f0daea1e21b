import Core
import Ledger

extension SourcePass {
    /// What the pass works with.
    struct Workshop {
        let settings: IntakeSettings
        let ledger: Ledger
        let spool: Spool
        let note: Note
        let post: NoticePost
        let renderReceipt: ReceiptRenderer
        let placements: PlacementForecast
        let log: Log
        let instruments: Instruments
        /// Asked between two files; a sign of life too.
        let isStopped: @Sendable () -> Bool
    }
}
