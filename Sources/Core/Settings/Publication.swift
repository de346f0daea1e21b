/// A recurring product: what one file in `Schedules/` says. Times are civil times in the organisation's zone.
package struct Publication: Hashable, Codable, Sendable {
    package enum Timing: Hashable, Codable, Sendable {
        /// By a recurrence rule that counts from a day; where it names none, from ``RecurrenceRule/defaultAnchor``.
        case recurring(RecurrenceRule, from: CivilDate?)
        /// The same items as another publication's edition, released a set time ahead of it: the leaders' edition.
        case ahead(of: String, by: Span)
        /// No editions: an item is shown from the moment it is accepted until it expires.
        case continuous

        /// The publication that this one goes ahead of.
        package var followed: String? { if case .ahead(of: let followed, _) = self { followed } else { nil } }
        package var isAhead: Bool { followed != nil }
    }

    package enum OnHoliday: String, CaseIterable, Hashable, Codable, Sendable {
        case nextWorkingDay, previousWorkingDay, skip, run
    }

    package enum IfEmpty: String, CaseIterable, Hashable, Codable, Sendable { case skip, alert }
    /// Whose yes an edition needs before it goes out.
    package enum Approval: String, CaseIterable, Hashable, Codable, Sendable {
        case none
        /// One editor's, to the edition or to each of its items.
        case editor
        /// That of two persons who are editors or directors.
        case two
        /// An editor's and a director's, two persons.
        case editorAndDirector = "editor+director"
        /// Of each MED committee that has an item in it, the employer's side and the employees' side; an editor's when there is none.
        case med
    }

    package enum Order: String, CaseIterable, Hashable, Codable, Sendable {
        /// By priority, then newest first.
        case priority
        case newest, oldest, source
    }

    package struct Selection: Hashable, Codable, Sendable {
        /// Empty means every category / every source.
        package var categories: [String] = []
        package var excludedCategories: [String] = []
        package var sources: [String] = []
        /// At most this many items from one source; `nil` for no quota.
        package var perSource: Int?
        package var max = 20
        package var order = Order.priority
        /// Whether an item that an earlier edition of the same publication carried may come again.
        package var repeats = false
        /// Whether an item whose picture has no alternative text stays out.
        package var requiresAlternativeText = false

        package init() {}
    }

    package struct Channels: Hashable, Codable, Sendable {
        package var email = false
        package var web = false
        package var feed = false
        package var feedAccess = FeedRule.Access.open
        package var endpoints: [String] = []

        package init() {}
    }

    /// The file's name without `.schedule`: lower-case ASCII letters, digits and hyphens; names feeds and addresses.
    package var name: String
    package var title: String
    /// The template folder's name in `Templates/`.
    package var template = "newsletter"
    package var audience = "alle"
    package var language: Language?
    /// A leaders' edition carries each item's talking points.
    package var showsLeaderNotes = false
    /// The audience whose members get the same edition by mail with the talking points in it.
    package var leaderBlock: String?
    /// Recipients may not unsubscribe from it; shown with this reason.
    package var mandatoryReason: String?
    package var timing: Timing
    package var onHoliday = OnHoliday.nextWorkingDay
    /// How long before the release the items are frozen.
    package var cutOff = Span(milliseconds: 0)
    package var atLeastEvery: Span?
    package var ifEmpty = IfEmpty.skip
    /// How late an edition may still go out by itself; later it is held for an editor.
    package var ifLate = Span.hours(6)
    package var approval = Approval.none
    /// How long before the release an alarm tells that approval is missing.
    package var approvalAlarm = Span.days(1)
    package var selection = Selection()
    package var channels = Channels()

    package init(name: String, title: String, timing: Timing) {
        self.name = name
        self.title = title
        self.timing = timing
    }
}
