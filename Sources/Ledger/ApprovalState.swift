import Core

/// How far an edition is approved, as its rule and what stands in it now ask.
package struct ApprovalState: Sendable {
    /// A yes that is still wanted.
    package enum Missing: Hashable, Sendable, CustomStringConvertible {
        /// An editor's, to the edition or to these items.
        case items([ItemID])
        case editor
        /// Another editor's or director's, beside the one there is.
        case another
        case director
        case medA(String)
        case medB(String)

        package var description: String {
            switch self {
            case .items(let items): "item \(items.map(\.description).joined(separator: ", "))"
            case .editor: "an editor’s approval"
            case .another: "a second person’s approval"
            case .director: "a director’s approval"
            case .medA(let committee): "the A-side of \(committee)"
            case .medB(let committee): "the B-side of \(committee)"
            }
        }
    }

    /// Those that hold: they are for what stands in the edition now.
    package var valid: [EditionApproval] = []
    /// Those that a later change took back.
    package var revoked: [EditionApproval] = []
    package var missing: [Missing] = []

    package init() {}

    package var isComplete: Bool { missing.isEmpty }
    /// `not approved: item 3`; `nil` when nothing is missing.
    package var reason: String? { isComplete ? nil : "not approved: " + missing.map(\.description).joined(separator: "; ") }
}
