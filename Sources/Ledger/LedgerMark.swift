import Core

/// What the state folder knows of its ledger beside the ledger itself, in `ledger.mark`: how far it has come, which editions it
/// released last, and whether it was found damaged.
///
/// Each transaction counts up a number in the ledger; when it is on the disk, the number is stored here, into memory that the kernel
/// shares with the file. So the mark is never ahead of its ledger, whether the process is killed or the power goes, and a ledger that
/// is behind it went back in time: an old copy was put there, a snapshot was rolled back, the log was lost, or the disk broke its
/// word. What it says is open may have been released, and what it says is under way may have arrived.
///
/// The file is words: a header of two, the ledger's identity, its count, a word for damage, and a ring of released editions.
final class LedgerMark: Sendable {
    static let file = "ledger.mark"
    /// How many released editions are remembered, more than a busy house releases between two backups.
    static let editions = 1_024

    /// "budstikm", and the version of the layout.
    private static let mark: UInt64 = 0x6275_6473_7469_6B6D
    private static let version: UInt64 = 1
    private static let header = 6

    private let words: MappedWords

    /// Opens the mark of a state folder, making it at the first time. Throws a ``Fault`` when it is of another version.
    init(folder: String) throws(Fault) {
        let path = folder + "/" + Self.file
        words = try MappedWords(path: path, count: Self.header + Self.editions)
        if words[0] == 0 {
            words[1] = Self.version
            words[0] = Self.mark
        }
        guard words[0] == Self.mark, words[1] == Self.version else {
            throw Fault(
                "open", path, cause: "it is not of this version",
                mend: "Remove it; then see with ‘budstikke status’ that no edition goes out a second time.")
        }
    }

    /// Which ledger it belongs to; 0 before the first.
    var identity: UInt64 { words[2] }
    /// How many transactions of it are on the disk.
    var count: Int64 { Int64(bitPattern: words[3]) }

    var isDamaged: Bool {
        get { words[4] != 0 }
        set { words[4] = newValue ? 1 : 0 }
    }

    /// A transaction is on the disk.
    func reached(_ count: Int64) { words[3] = UInt64(bitPattern: count) }

    /// From now on it belongs to this ledger; on the disk when this returns, unlike a count.
    func adopt(_ identity: UInt64, _ count: Int64) throws(Fault) {
        words[3] = 0
        words[2] = identity
        reached(count)
        try words.synchronise()
    }

    /// An edition has been released.
    func noteRelease(_ publication: String, _ scheduled: String) {
        let place = words[5]
        words[Self.header + Int(place % UInt64(Self.editions))] = Self.key(publication, scheduled)
        words[5] = place &+ 1
    }

    /// Whether an edition is among those released last, in this ledger or in the one that stood in its place.
    func hasReleased(_ publication: String, _ scheduled: String) -> Bool {
        let key = Self.key(publication, scheduled)
        return (0..<Self.editions).contains { words[Self.header + $0] == key }
    }

    /// FNV-1a over the two names; never 0, which is a free word.
    private static func key(_ publication: String, _ scheduled: String) -> UInt64 {
        var key: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in Array(publication.utf8) + [0] + Array(scheduled.utf8) { key = (key ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return key | 1
    }
}
