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
            case .items(let items): Phrase.missingItems.written(["items": items.map(\.description).joined(separator: ", ")])
            case .editor: Phrase.missingEditor.written()
            case .another: Phrase.missingAnother.written()
            case .director: Phrase.missingDirector.written()
            case .medA(let committee): Phrase.sideA.written(["committee": committee])
            case .medB(let committee): Phrase.sideB.written(["committee": committee])
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
    package var reason: String? {
        isComplete ? nil : Phrase.notApproved.written(["rest": missing.map(\.description).joined(separator: "; ")])
    }
}
