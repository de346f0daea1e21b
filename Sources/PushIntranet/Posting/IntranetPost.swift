import Core
import Ledger

/// A post as every connector gets it: one item, or one edition with its items.
package struct IntranetPost: Sendable {
    package enum Event: String, Sendable { case published, corrected, withdrawn }

    package struct Attachment: Sendable {
        /// Made of the picture's digest: the same picture has the same name everywhere.
        package var fileName: String
        package var mediaType: String
        package var bytes: [UInt8]
        package var alternativeText: String
        /// Where the service itself shows it.
        package var url: String
    }

    package var event: Event
    /// The same at each attempt to tell this version, and another one for every other: what a receiver knows a copy by.
    package var identifier: String
    /// The same for every version of the post: lower-case letters, digits and hyphens.
    package var key: String
    /// Whether the receiver may have the post though we do not know by what name: look before making another.
    package var isUncertain: Bool
    package var title: String
    package var summary: String
    /// Plain text.
    package var text: String
    /// Without scripts, styles and foreign pictures: made from the item's tree.
    package var html: String
    package var category: String?
    package var source: String
    /// Where a reader reads on; `nil` when there is no such page.
    package var url: String?
    package var picture: Attachment?
    /// When it was released, or the item came.
    package var released: Instant
    package var visibleUntil: Instant?
    package var language: Language
    /// `nil` for a post about one item.
    package var edition: EditionRecord?
    package var items: [ItemRecord]
    /// Of a post about a feed: where it is fetched, in each format.
    package var feedAddresses: [String] = []
    /// What was put right in the edition since its release, as readers see it: `Rettet 3. december:` and the note.
    package var corrections: [Correction] = []
    /// The crisis message that the edition is, or is the all-clear of; `nil` for any other.
    package var alert: Alert?
    package var words: Words

    package struct Correction: Sendable {
        package var at: Instant
        package var label: String
        package var note: String
    }

    package struct Alert: Sendable {
        package var kind: AlertMark.Kind
        /// The same for a message and its all-clear.
        package var id: AlertID
        package var isDrill: Bool
        /// When it ends by itself.
        package var until: Instant?
    }

    /// The few words that a chat's message needs, in the post's language.
    package struct Words: Sendable {
        package var correction: String
        package var withdrawal: String
        package var readMore: String
    }

    /// The title as a message of its own says it, where an earlier one cannot be changed: `Rettelse: …`.
    var announcedTitle: String {
        switch event {
        case .published: title
        case .corrected: "\(words.correction): \(title)"
        case .withdrawn: "\(words.withdrawal): \(title)"
        }
    }

    /// What a chat's message says below the title: nothing more of what was withdrawn.
    var announcedText: String {
        guard event != .withdrawn else { return "" }
        // Whoever reads it there may have no other place to read on.
        guard alert == nil else { return text }
        guard edition != nil else { return summary.isEmpty ? text : summary }
        return (corrections.map { "\($0.label) \($0.note)" } + items.map { "• \($0.content.title)" }).joined(separator: "\n")
    }
}

extension String {
    /// The text cut to a length in characters, with an ellipsis where something is missing.
    func cut(to limit: Int) -> String { count <= limit ? self : prefix(max(0, limit - 1)) + "…" }
}
