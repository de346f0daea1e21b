import Core
import Ledger

/// What an operator or editor can ask of the service; the command line sends these to a running daemon, or has them done in
/// its own process when none runs.
package enum OperatorRequest: Hashable, Codable, Sendable {
    case status
    /// What each player will make of each item of its feed.
    case feeds
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
    case schedule(from: CivilDate?, count: Int)
    /// Renders the next edition as it stands; the answer's ``Answer/files`` hold each channel's form.
    case preview(publication: String)
    case test(publication: String, to: EmailAddress)
    case run(publication: String)
    case deliveries(edition: String, failedOnly: Bool, form: DeliveriesForm)
    /// Goes on with an edition whose deliveries are paused.
    case resume(edition: String)
    /// Gives up what an edition has not delivered yet.
    case stop(edition: String)
    case retry(edition: String)
    /// What endpoints have been told; of one, or of all.
    case posts(endpoint: String?, failedOnly: Bool)
    case retryPosts(endpoint: String?)
    case recipients
    case suppressed
    case liftSuppression(EmailAddress)
    /// `force` takes a file that would remove more than half of the people.
    case importRecipients(bytes: [UInt8], name: String, force: Bool)
    /// `file` is a whole path, for the service's working folder is another than the caller's.
    case backup(file: String, force: Bool)
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
