import Core
import Ledger

/// What the desk's pages about time, people, channels and crises need of the other rooms, handed in by the wiring.
package struct DeskOutlook: Sendable {
    /// An edition that the schedule foresees.
    package struct Coming: Hashable, Sendable {
        package var publication: String
        package var title: String
        /// The rule's own time: with the publication it names the edition.
        package var scheduled: String
        package var release: Instant
        package var cutOff: Instant
        /// From which day it was moved, and because of what, in the reader's language.
        package var movedFrom: CivilDate?
        package var reason: String?

        package init(
            publication: String, title: String, scheduled: String, release: Instant, cutOff: Instant, movedFrom: CivilDate?, reason: String?
        ) {
            self.publication = publication
            self.title = title
            self.scheduled = scheduled
            self.release = release
            self.cutOff = cutOff
            self.movedFrom = movedFrom
            self.reason = reason
        }
    }

    /// A crisis message as it will look, or looks.
    package struct AlertLook: Sendable {
        package var content: ItemContent
        package var isDrill: Bool
        package var audience: String
        package var until: Instant?
        /// What stands above the title, equal on every channel.
        package var banner: String
        /// Who it is from, as readers see it.
        package var source: String
        package var rendering: EditionRendering

        package init(
            content: ItemContent, isDrill: Bool, audience: String, until: Instant?, banner: String, source: String,
            rendering: EditionRendering
        ) {
            self.content = content
            self.isDrill = isDrill
            self.audience = audience
            self.until = until
            self.banner = banner
            self.source = source
            self.rendering = rendering
        }
    }

    package var endpoints: [Endpoint]
    /// The names of the feeds that are served.
    package var feeds: [String]
    /// How long a screen with a name may fetch nothing.
    package var screenSilence: Span
    package var alertNeedsTwoPeople: Bool
    /// Who gets the mail of a crisis message that names nobody.
    package var alertAudience: String
    /// What is to come out in a time, in its order.
    package var coming: @Sendable (_ from: Instant, _ to: Instant) throws(Fault) -> [Coming]
    /// Why offices are closed on a day that is no weekend, in the reader's language; `nil` for any other day.
    package var closed: @Sendable (CivilDate) -> String?
    package var reasons: @Sendable (EmailAddress) throws(Fault) -> ReaderReasons
    /// Throws a ``Fault`` whose cause tells the writer, in their language, why it cannot go out.
    package var draft: @Sendable (AlertWish) throws(Fault) -> AlertLook
    package var look: @Sendable (AlertRecord) throws(Fault) -> AlertLook

    package init(
        endpoints: [Endpoint], feeds: [String], screenSilence: Span, alertNeedsTwoPeople: Bool, alertAudience: String,
        coming: @escaping @Sendable (_ from: Instant, _ to: Instant) throws(Fault) -> [Coming],
        closed: @escaping @Sendable (CivilDate) -> String?, reasons: @escaping @Sendable (EmailAddress) throws(Fault) -> ReaderReasons,
        draft: @escaping @Sendable (AlertWish) throws(Fault) -> AlertLook,
        look: @escaping @Sendable (AlertRecord) throws(Fault) -> AlertLook
    ) {
        self.endpoints = endpoints
        self.feeds = feeds
        self.screenSilence = screenSilence
        self.alertNeedsTwoPeople = alertNeedsTwoPeople
        self.alertAudience = alertAudience
        self.coming = coming
        self.closed = closed
        self.reasons = reasons
        self.draft = draft
        self.look = look
    }
}
