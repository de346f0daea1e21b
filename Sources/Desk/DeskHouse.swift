import Core
import Crypto
import Ledger
import Press

/// What the desk needs of the installation, handed in by the wiring; asked for anew at each request, so that a reload is seen at once.
package struct DeskHouse: Sendable {
    /// A group of the proxy's and what it may do.
    package struct GroupRole: Hashable, Sendable {
        package var role: DeskRole
        package var group: String

        package init(role: DeskRole, group: String) {
            self.role = role
            self.group = group
        }
    }

    /// What an item would look like, and what is worth a second look.
    package struct Advice: Sendable {
        /// In the reader's language.
        package var lix: String?
        package var remarks: [String]

        package init(lix: String?, remarks: [String]) {
            self.lix = lix
            self.remarks = remarks
        }
    }

    /// What would change of an edition that has gone out, were it corrected now.
    package struct PendingChange: Hashable, Sendable {
        package var title: String
        /// Whether it goes; else another version of it comes.
        package var isRemoved: Bool

        package init(title: String, isRemoved: Bool) {
            self.title = title
            self.isRemoved = isRemoved
        }
    }

    /// A text as an editor wrote it, read; or why it cannot be, in the reader's language.
    package enum ReadText: Sendable {
        case document(Document)
        case objection(String)
    }

    package var ledger: Ledger
    package var key: InstallationKey
    package var press: Press
    package var language: Language
    package var zone: Zone
    /// Where readers come in, without a slash at its end.
    package var publicURL: String
    package var publications: [Publication]
    package var sources: [Source]
    package var audiences: [Audience]
    package var idleAfter = Span.hours(2)
    package var endAfter = Span.hours(12)
    package var userHeader: String?
    /// What the pages do with JavaScript that they cannot do without it.
    package var script = ""
    /// Where what is sent with a browser goes; `nil` takes nothing.
    package var dropFolder: DeskDropFolder?
    package var groupsHeader: String?
    package var groups: [GroupRole] = []

    /// Does what somebody asks, in their name and with their roles.
    package var perform: @Sendable (OperatorRequest, String, [DeskRole]) throws(Fault) -> Answer
    /// What an edition carries as things stand, in its order.
    package var items: @Sendable (EditionRecord) throws(Fault) -> [ItemRecord]
    package var approval: @Sendable (EditionRecord, [ItemRecord]) throws(Fault) -> ApprovalState
    /// As what somebody with these roles may approve it.
    package var capacities: @Sendable ([DeskRole], EditionRecord, [ItemRecord]) throws(Fault) -> [DeskRole]
    /// What a correction of an edition that has gone out would change.
    package var pendingChanges: @Sendable (EditionRecord) throws(Fault) -> [PendingChange]
    package var preview: @Sendable (EditionRecord) throws(Fault) -> EditionRendering
    package var previewItem: @Sendable (ItemRecord) throws(Fault) -> EditionRendering
    /// What endpoints are told of an edition: a page for an intranet.
    package var intranetPreview: @Sendable (EditionRecord) throws(Fault) -> String
    /// What an edition that is still open would carry too, had it more room: of a number that can be read.
    package var noRoom: @Sendable (EditionRecord, [ItemRecord]) throws(Fault) -> [ItemRecord]
    package var advice: @Sendable (ItemRecord) -> Advice
    /// Why something must not be published, in the reader's language; `nil` when nothing speaks against it.
    package var objection: @Sendable (ItemContent) -> String?
    /// What the pages about time, people, channels and crises need.
    package var outlook: DeskOutlook
    /// A text that was edited (``MarkdownWriter``), and what it was before.
    package var readText: @Sendable (String, Document) -> ReadText

    package init(
        ledger: Ledger, key: InstallationKey, press: Press, language: Language, zone: Zone, publicURL: String,
        publications: [Publication], sources: [Source], audiences: [Audience],
        perform: @escaping @Sendable (OperatorRequest, String, [DeskRole]) throws(Fault) -> Answer,
        items: @escaping @Sendable (EditionRecord) throws(Fault) -> [ItemRecord],
        approval: @escaping @Sendable (EditionRecord, [ItemRecord]) throws(Fault) -> ApprovalState,
        capacities: @escaping @Sendable ([DeskRole], EditionRecord, [ItemRecord]) throws(Fault) -> [DeskRole],
        pendingChanges: @escaping @Sendable (EditionRecord) throws(Fault) -> [PendingChange],
        preview: @escaping @Sendable (EditionRecord) throws(Fault) -> EditionRendering,
        previewItem: @escaping @Sendable (ItemRecord) throws(Fault) -> EditionRendering,
        intranetPreview: @escaping @Sendable (EditionRecord) throws(Fault) -> String,
        noRoom: @escaping @Sendable (EditionRecord, [ItemRecord]) throws(Fault) -> [ItemRecord],
        advice: @escaping @Sendable (ItemRecord) -> Advice, objection: @escaping @Sendable (ItemContent) -> String?,
        readText: @escaping @Sendable (String, Document) -> ReadText, outlook: DeskOutlook
    ) {
        self.ledger = ledger
        self.key = key
        self.press = press
        self.language = language
        self.zone = zone
        self.publicURL = publicURL
        self.publications = publications
        self.sources = sources
        self.audiences = audiences
        self.perform = perform
        self.items = items
        self.approval = approval
        self.capacities = capacities
        self.pendingChanges = pendingChanges
        self.preview = preview
        self.previewItem = previewItem
        self.intranetPreview = intranetPreview
        self.noRoom = noRoom
        self.advice = advice
        self.objection = objection
        self.outlook = outlook
        self.readText = readText
    }

    func text(_ key: String, _ places: [String: String] = [:]) -> String { press.catalogue.text(key, language, places) }
    func moment(_ instant: Instant) -> String { press.moment(zone.civil(instant), language) }
}
