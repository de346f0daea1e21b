import Core

/// What a reader must know beyond the file's bytes.
package struct ReadingRules: Sendable {
    package var zone: Zone
    /// The instant by which a validity has passed or not.
    package var now: Instant
    /// The names that `Målgruppe` may hold.
    package var audiences: [String]
    /// The category of an item that names none.
    package var category: String?
    /// What the source is; `nil` when that is not known, as for `try item`.
    package var kind: Source.Kind?
    /// Words that stop an item.
    package var blocked: BlockedWords
    /// What reads word processors' files; one that is not installed lets them wait.
    package var pandoc: PandocProgram
    /// What makes pictures smaller; WebP and HEIC wait for it.
    package var vipsthumbnail: VipsThumbnail

    package init(
        zone: Zone, now: Instant, audiences: [String], category: String? = nil, kind: Source.Kind? = nil,
        blocked: BlockedWords = BlockedWords(), pandoc: PandocProgram = PandocProgram(), vipsthumbnail: VipsThumbnail = VipsThumbnail()
    ) {
        self.zone = zone
        self.now = now
        self.audiences = audiences
        self.category = category
        self.kind = kind
        self.blocked = blocked
        self.pandoc = pandoc
        self.vipsthumbnail = vipsthumbnail
    }
}

/// A file's name and bytes, as claimed.
package struct NamedBytes: Sendable {
    /// In NFC.
    package var name: String
    package var bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// The result of reading a text: its tree, and what was left out on the way.
struct BodyReading {
    var document: Document
    var lints: [Lint] = []
}
