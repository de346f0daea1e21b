/// What would make an accepted item better, or what its writer should know of how it was taken in. Text: `note.<kind>`.
package struct Lint: Hashable, Codable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Codable, Sendable {
        case titleLong, missingAlt, missingContact, textLong, hardToRead
        case missingAltInside, embeddedPictureLeftOut, strikeoutShown
        case markupLeftOut, remotePictureLeftOut, linkLeftOut, pictureUnused
        /// Another file of nearly the same name lay there at the same time; both were kept.
        case nameCollision
        case duplicateOf, unchanged
        /// A publication leaves the item out because it demands that pictures are described.
        case alternativeDemandedBy
        /// The item's picture came after its text.
        case pictureAdded
        /// It is a crisis message: out, or waiting for a second person; or a drill.
        case alertRaised, alertProposed, alertDrill
    }

    package var kind: Kind
    /// What the text quotes: a name, an address, a number.
    package var value: String

    package init(_ kind: Kind, _ value: String = "") {
        self.kind = kind
        self.value = value
    }
}
