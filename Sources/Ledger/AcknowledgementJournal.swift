import Core
import Synchronization

/// What receivers have taken over and no transaction has recorded yet: `outbox.journal` in the state folder.
///
/// Comes in: one note per accepted delivery, a store into mapped memory, before its lane completes the next one on the wire. Goes
/// out: at the next start, what the lanes of a killed process had noted and could not hand to the ledger any more. So a lane
/// records a whole batch in one transaction, and a killed process still leaves at most one doubtful copy per lane. A power cut
/// may take the notes with it: the kernel writes them back when it likes. Only a transaction that has returned is certain.
///
/// Only acceptance is noted. A refusal that is lost costs another attempt and its answer, never a second copy.
///
/// The file is a header of four words and regions of slots, one region for each lane. A slot is four words: delivery, attempt,
/// instant, and a seal over the three and the slot's place, stored last. A slot whose seal is not theirs is free, whether it never
/// held anything or the power went in the middle of it. A note says nothing by itself: the ledger takes it only for a delivery
/// that is being sent in the same attempt, so one that was recorded in time, or belongs to a ledger that has been replaced by a
/// backup, changes nothing.
final class AcknowledgementJournal: Sendable {
    /// A delivery that a receiver took over.
    struct Note: Hashable, Sendable {
        let delivery: DeliveryID
        let attempt: Int
        let at: Instant
    }

    static let file = "outbox.journal"
    static let regions = 512
    /// Slots of a region: the most that a lane may have noted and not recorded.
    static let slots = 64

    /// "budstikk", and the version of the layout.
    private static let mark: UInt64 = 0x6275_6473_7469_6B6B
    private static let version: UInt64 = 1
    private static let headerWords = 4
    private static let slotWords = 4

    private struct Regions {
        var free = Array((0..<AcknowledgementJournal.regions).reversed())
        /// Their lane has ended and left notes in them.
        var abandoned: [Int] = []
    }

    private let words: MappedWords
    private let state = Mutex(Regions())

    /// Opens the journal of a state folder, making it at the first time. Throws a ``Fault`` when it is of another version.
    init(folder: String) throws(Fault) {
        let path = folder + "/" + Self.file
        words = try MappedWords(path: path, count: Self.headerWords + Self.regions * Self.slots * Self.slotWords)
        if words[0] == 0 {
            words[1] = Self.version
            words[0] = Self.mark
        }
        guard words[0] == Self.mark, words[1] == Self.version else {
            throw Fault(
                "open", path, cause: "it is not a journal of this version",
                mend: "Start the version that wrote it once and stop it, so that it finishes with the file; then remove the file.")
        }
        // Until a replay has looked at them, regions with notes belong to lanes of a former process.
        let left = Set((0..<Self.regions).filter { !notes(in: $0).isEmpty })
        state.withLock {
            $0.abandoned = left.sorted()
            $0.free.removeAll(where: left.contains)
        }
    }

    /// What lanes that have ended left behind.
    func abandoned() -> [Note] { state.withLock { $0.abandoned }.flatMap(notes) }

    /// Frees what ``abandoned()`` told. To be called when the ledger has it.
    func forgetAbandoned() {
        state.withLock { state in
            for region in state.abandoned { for slot in 0..<Self.slots { free(region, slot) } }
            state.free += state.abandoned
            state.abandoned = []
        }
    }

    /// A region for one lane. Throws a ``Fault`` when there are more lanes than regions.
    func lane() throws(Fault) -> JournalLane {
        guard let region = state.withLock({ $0.free.popLast() }) else {
            let cause = "there are more than \(Self.regions)"
            throw Fault("open", "a lane of the outbox", cause: cause, mend: "Set fewer Connections= for the relays.")
        }
        return JournalLane(self, region: region)
    }

    /// Takes a region back from its lane.
    func end(_ region: Int, isEmpty: Bool) {
        state.withLock { state in
            if isEmpty { state.free.append(region) } else { state.abandoned.append(region) }
        }
    }

    // MARK: Slots

    func write(_ note: Note, _ region: Int, _ slot: Int) {
        let place = place(region, slot)
        let fields = [UInt64(bitPattern: note.delivery.number), UInt64(note.attempt), UInt64(bitPattern: note.at.milliseconds)]
        words[place] = fields[0]
        words[place + 1] = fields[1]
        words[place + 2] = fields[2]
        words[place + 3] = Self.seal(fields[0], fields[1], fields[2], place)
    }

    func free(_ region: Int, _ slot: Int) { words[place(region, slot) + 3] = 0 }

    private func notes(in region: Int) -> [Note] {
        (0..<Self.slots).compactMap { slot in
            let place = place(region, slot)
            let seal = words[place + 3]
            let fields = (words[place], words[place + 1], words[place + 2])
            guard seal != 0, seal == Self.seal(fields.0, fields.1, fields.2, place), let attempt = Int(exactly: fields.1) else {
                return nil
            }
            return Note(
                delivery: DeliveryID(Int64(bitPattern: fields.0)), attempt: attempt,
                at: Instant(milliseconds: Int64(bitPattern: fields.2)))
        }
    }

    private func place(_ region: Int, _ slot: Int) -> Int { Self.headerWords + (region * Self.slots + slot) * Self.slotWords }

    /// The words and their place, mixed as splitmix64 does; never 0, which is a free slot.
    private static func seal(_ delivery: UInt64, _ attempt: UInt64, _ at: UInt64, _ place: Int) -> UInt64 {
        var seal = mixed(delivery &+ mark)
        seal = mixed(seal ^ attempt)
        seal = mixed(seal ^ at)
        return mixed(seal ^ UInt64(place)) | 1
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        var word = word &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
