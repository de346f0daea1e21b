import Core

/// One lane's part of the ``AcknowledgementJournal``, used by the lane's thread alone. Notes that are still in it when the lane
/// ends are replayed at the next start.
package final class JournalLane {
    private let journal: AcknowledgementJournal
    private let region: Int
    private var noted = 0

    init(_ journal: AcknowledgementJournal, region: Int) {
        self.journal = journal
        self.region = region
    }

    deinit { journal.end(region, isEmpty: noted == 0) }

    /// How many notes there is room for.
    package static var capacity: Int { AcknowledgementJournal.slots }

    /// Notes that the receiver has taken the delivery over; outlives the process when it returns. A lane records its outcomes
    /// when there are as many as there is room for, and ends when it cannot: what it has no room for is not noted.
    package func note(_ delivery: ClaimedDelivery, at now: Instant) {
        guard noted < Self.capacity else { return }
        journal.write(AcknowledgementJournal.Note(delivery: delivery.id, attempt: delivery.attempt, at: now), region, noted)
        noted += 1
    }

    /// Frees all notes. To be called when the transaction that has them has returned.
    package func forget() {
        for slot in 0..<noted { journal.free(region, slot) }
        noted = 0
    }
}
