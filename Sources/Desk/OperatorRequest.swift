import Core
import Ledger

/// What an operator or editor can ask of the service; the command line sends these to a running daemon, or has them done in
/// its own process when none runs.
package enum OperatorRequest: Hashable, Codable, Sendable {
    case status
    /// What `doctor` asks of the ledger: see ``Finding``.
    case checkup
    /// What each player will make of each item of its feed.
    case feedRemarks
    /// Where each feed is read, private ones among them.
    case feedAddresses
    /// The screens that fetch, and when they last did.
    case screens
    case forgetScreen(String)
    case items(state: ItemState?, source: String?, limit: Int)
    /// `version` shows a former one; `nil` the one in force with the item's history.
    case item(ItemID, version: Int?)
    /// `what` is an item's number or an edition's slug.
    case approve(what: String)
    case hold(what: String, reason: String)
    /// `sameAs` is the item that tells the same and stays.
    case withdraw(what: String, sameAs: ItemID?)
    /// The version that was looked at; refused when another has come since.
    case approveItem(ItemID, version: Int)
    /// `seen` is what stood in it (``EditionRecord/approvable(_:)``); refused when that has changed since.
    case approveEdition(String, seen: String)
    case editItem(ItemID, from: Int, ItemEdit)
    /// All items of the edition in their order, and those that are left out of it.
    case arrange(edition: String, order: [ItemID], leftOut: [ItemID])
    case runEdition(String)
    case testEdition(String, to: EmailAddress)
    case users
    /// A password travels as its hash alone.
    case addUser(String, address: EmailAddress?, roles: [DeskRole], passwordHash: String)
    case setRoles(String, [DeskRole])
    case setPassword(String, hash: String)
    case removeUser(String)
    case schedule(from: CivilDate?, count: Int)
    /// Renders the next edition as it stands; the answer's ``Answer/files`` hold each channel's form.
    case preview(publication: String)
    case test(publication: String, to: EmailAddress)
    case run(publication: String)
    /// A crisis message to everybody at once.
    case raiseAlert(AlertWish)
    case confirmAlert(AlertID)
    /// Without a number: the one that stands. `farewell` is what the all-clear says.
    case endAlert(AlertID?, farewell: String?)
    case alerts
    case deliveries(edition: String, failedOnly: Bool, form: DeliveriesForm)
    /// Goes on with an edition whose deliveries are paused.
    case resume(edition: String)
    /// Gives up what an edition has not delivered yet.
    case stop(edition: String)
    case retry(edition: String)
    /// Corrects an edition that has gone out; of the items that are named, or of all when there are none. `mail` writes to those who
    /// had got it, too.
    case recall(edition: String, note: String, items: [ItemID], mail: Bool)
    case mailCorrection(edition: String)
    /// What endpoints have been told; of one, or of all.
    case posts(endpoint: String?, failedOnly: Bool)
    case retryPosts(endpoint: String?)
    case recipients
    /// Why somebody gets each publication, or does not.
    case reasons(EmailAddress)
    case suppressed
    case liftSuppression(EmailAddress)
    /// `force` takes a file that would remove more people than `MostRemoved=` lets it.
    case importRecipients(bytes: [UInt8], name: String, force: Bool)
    /// Asks the directory server now.
    case synchroniseRecipients(force: Bool)
    /// What is kept for how long, and what is older.
    case retention
    case exportPerson(EmailAddress)
    case erasePerson(EmailAddress)
    /// `file` is a whole path, for the service's working folder is another than the caller's.
    case backup(file: String, force: Bool)
}

/// A crisis message as an operator asks for it.
package struct AlertWish: Hashable, Codable, Sendable {
    /// When it ends by itself: a time of the organisation's zone, or after a while.
    package enum End: Hashable, Codable, Sendable {
        case at(String)
        case after(Span)
    }

    package var text: String
    package var title: String?
    package var audience: String?
    package var end: End?
    package var isDrill: Bool

    package init(text: String, title: String?, audience: String?, end: End?, isDrill: Bool) {
        self.text = text
        self.title = title
        self.audience = audience
        self.end = end
        self.isDrill = isDrill
    }
}

/// What may be changed of an item without its file.
package struct ItemEdit: Hashable, Codable, Sendable {
    package var title: String
    package var summary: String
    package var category: String?
    package var audience: String?
    package var visibleFrom: Instant?
    package var visibleUntil: Instant?
    /// The words for those who do not see the item's own picture; `nil` leaves them.
    package var alternativeText: String?
    package var caption: String?
    /// The text and what leaders are told of it; `nil` leaves them, an empty one of the latter takes it away.
    package var body: Document?
    package var leaderNotes: Document?

    package init(_ content: ItemContent) {
        title = content.title
        summary = content.summary
        category = content.category
        audience = content.audience
        visibleFrom = content.visibleFrom
        visibleUntil = content.visibleUntil
        alternativeText = content.picture?.alternativeText
        caption = content.picture?.caption
    }

    /// The content with the changes made.
    package func applied(to content: ItemContent) -> ItemContent {
        var content = content
        content.title = title
        content.summary = summary
        content.category = category
        content.audience = audience
        content.visibleFrom = visibleFrom
        content.visibleUntil = visibleUntil
        if let alternativeText { content.picture?.alternativeText = alternativeText }
        content.picture?.caption = caption
        if let body { content.body = body }
        if let leaderNotes { content.leaderNotes = leaderNotes.isEmpty ? nil : leaderNotes }
        return content
    }
}

/// One thing that `doctor` has looked at.
package struct Finding: Hashable, Codable, Sendable {
    package enum Verdict: String, Hashable, Codable, Sendable {
        case good
        /// Worth a thought; nothing is wrong.
        case advice
        case problem
    }

    /// Such as `relay outbox`, `disk`.
    package var subject: String
    package var verdict: Verdict
    package var finding: String
    /// What to do; `nil` for what is good.
    package var mend: String?

    package init(_ subject: String, _ verdict: Verdict, _ finding: String, mend: String? = nil) {
        self.subject = subject
        self.verdict = verdict
        self.finding = finding
        self.mend = mend
    }
}

/// How deliveries are told.
package enum DeliveriesForm: String, Hashable, Codable, Sendable { case list, csv }

/// What came of an operation: a text for people, the same as JSON, and files where there are any.
package struct Answer: Hashable, Codable, Sendable {
    package var text: String
    /// One JSON value, on one line.
    package var json: String
    package var files: [String: [UInt8]] = [:]
    /// Whether the operation found a problem that the caller should see in the exit code.
    package var isProblem = false

    package init(text: String, json: String, files: [String: [UInt8]] = [:], isProblem: Bool = false) {
        self.text = text
        self.json = json
        self.files = files
        self.isProblem = isProblem
    }
}
