import Core

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
        /// Another source has told nearly the same.
        case nearlyTold
        /// A committee's item that does not say which side it is from; a side on an item of a source that has none.
        case missingSide, sideUnused
    }

    package var kind: Kind
    /// What the text quotes: a name, an address, a number.
    package var value: String
    /// The source that told it first, and when.
    package var source: String?
    package var date: CivilDate?

    package init(_ kind: Kind, _ value: String = "", source: String? = nil, date: CivilDate? = nil) {
        self.kind = kind
        self.value = value
        self.source = source
        self.date = date
    }
}
