import Core

/// What the program itself writes beside an act in the audit trail, or as the reason why something waits.
///
/// The ledger, the log and the commands have it in English; ``recognised(in:)`` finds it again, so that the desk can say it in the reader's
/// language. A place is written `{name}`; all but ``worded`` hold numbers alone, so that a person's own sentence is not taken for one.
package enum Phrase: String, CaseIterable, Sendable {
    case items = "{count} items"
    case itemsToRecipients = "{count} items, {recipients} recipients"
    case posts = "{count} posts"
    case deliveries = "{count} deliveries"
    case deliveriesAndPosts = "{count} deliveries, {posts} posts"
    case deliveriesEnded = "{count} deliveries ended"
    case correctionTo = "correction {number}, {count} recipients"
    case changedItems = "in: item {items}"
    case removedItems = "out: item {items}"
    case note = "note: {text}"
    case version = "version {number}"
    case alsoTold = "also told by item {item}"
    case toldBy = "told by item {item}"
    case imported = "{added} added, {changed} changed, {removed} removed"
    case leftOut = "left out {items}"
    case notWanted = "{count} not wanted"
    case drillTo = "item {item} to {audience}, a drill"
    case messageTo = "item {item} to {audience}"
    case messageEnded = "ended"
    case messageWithdrawn = "withdrawn"
    case messageExpired = "expired"
    case messageReplaced = "replaced"
    case sessionTooLong = "too long"
    case sessionIdle = "idle"
    case addressSuppressed = "{kind}: the address is suppressed"
    case addressHadMany = "{kind}: the address had {count} in an hour"
    case ledgerWentBack =
        "it had gone back in time: {editions} editions and {count} deliveries are held, {notices} notices given up"

    // Why an edition waits, or does not come.
    case heldBy = "held by {who}"
    case pausedBy = "paused by {who}"
    case manyRefused = "{refused} of {count} were refused"
    case tooLate = "its time was {time}, and it may be at most {limit} late"
    case notScheduled = "its publication is no longer scheduled"
    case missed = "missed; the one scheduled for {time} carries its items"
    case noItems = "no items"
    case itemsGone = "its items were withdrawn, held or have expired"
    case itemsWithdrawn = "all its items were withdrawn"
    case releasedBefore = "it was released before an older ledger was put in place"
    case maybeReleasedBefore = "an older ledger was put in place, and it may have been released before"
    case notApproved = "not approved: {rest}"
    case missingItems = "item {items}"
    case missingEditor = "an editor’s approval"
    case missingAnother = "a second person’s approval"
    case missingDirector = "a director’s approval"
    case sideA = "the A-side of {committee}"
    case sideB = "the B-side of {committee}"

    // Why the desk refused an act.
    case roleMayNot = "{act}: the role may not"
    case otherSource = "{act}: another source’s item"
    case foreignProxy = "{act}: a proxy’s header from elsewhere"
    case staleForm = "{act}: the form is not of this login"
    case foreignForm = "{act}: the form is not of this site"
    case sessionEnded = "{act}: the session has ended"
    case noLogin = "{act}: no login"

    /// The places that hold words.
    private static let worded: Set = ["text", "who", "audience", "kind", "time", "limit", "committee", "rest", "act"]

    package func written(_ places: [String: String] = [:]) -> String { Catalogue.filled(rawValue, places) }

    /// The longest piece of it between its places.
    package var longestPiece: String {
        let pieces = rawValue.split(separator: "{").flatMap { $0.split(separator: "}", omittingEmptySubsequences: false).suffix(1) }
        return pieces.max { $0.count < $1.count }.map(String.init) ?? rawValue
    }

    /// The phrase that a text is, with what stands in its places; `nil` when it is a person's own words.
    package static func recognised(in text: String) -> (phrase: Phrase, places: [String: String])? {
        for phrase in allCases {
            if let places = phrase.places(in: text) { return (phrase, places) }
        }
        return nil
    }

    private func places(in text: String) -> [String: String]? {
        var (rest, template) = (Substring(text), Substring(rawValue))
        var places: [String: String] = [:]
        while let open = template.firstIndex(of: "{"), let close = template.firstIndex(of: "}") {
            guard rest.hasPrefix(template[..<open]) else { return nil }
            rest = rest.dropFirst(template[..<open].count)
            let name = String(template[template.index(after: open)..<close])
            template = template[template.index(after: close)...]
            let following = template.prefix { $0 != "{" }
            let end = following.isEmpty ? rest.endIndex : rest.firstRange(of: following)?.lowerBound
            guard let end, end > rest.startIndex else { return nil }
            let value = rest[..<end]
            guard Self.worded.contains(name) || value.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x20 || $0 == 0x2C }) else {
                return nil
            }
            places[name] = String(value)
            rest = rest[end...]
        }
        return rest == template ? places : nil
    }
}
