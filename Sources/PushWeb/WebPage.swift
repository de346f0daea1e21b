import Core
import Ledger

/// A page that a reader may be shown. This room decides which; the wiring hands in how each looks (the Press's templates).
package enum WebPage: Hashable, Sendable {
    /// Every edition on the web, the latest first.
    case archive([EditionRecord])
    /// Asks before a publication is left; the button posts `act=unsubscribe` to `action`.
    case confirm(action: String, title: String)
    /// The publications as boxes: posts `act=save` and a `publication` for each that stays chosen, or `act=unsubscribeAll`.
    /// With the topics and whether each is wanted, and the language that they read.
    case preferences(action: String, choices: [SubscriptionChoice], topics: [TopicChoice] = [], language: Language)
    case unsubscribed(title: String, action: String)
    /// The titles that still come.
    case saved(titles: [String], action: String)
    /// Asks whether an edition was useful.
    case useful(action: String, title: String, isYes: Bool)
    case usefulThanks
    case unknownLink
    case notFound

    /// Renders a page in a language. A ``Fault`` is answered by a plain text, so that a broken template breaks no promise.
    package typealias Render = @Sendable (WebPage, Language) throws(Fault) -> String
}

/// A topic as its reader may choose it.
package struct TopicChoice: Hashable, Sendable {
    package var name: String
    package var isWanted: Bool
}

/// A publication as its recipient may choose it.
package struct SubscriptionChoice: Hashable, Sendable {
    package var publication: Publication
    package var isSubscribed: Bool

    package init(publication: Publication, isSubscribed: Bool) {
        self.publication = publication
        self.isSubscribed = isSubscribed
    }

    /// Who must have it cannot leave it.
    var isMandatory: Bool { publication.mandatoryReason != nil }
    var stillComes: Bool { isSubscribed || isMandatory }
}
