/// Why a file did not become an item. Each reason has a text with its mend in the catalogue, `note.<reason>`.
package struct Refusal: Error, Hashable, Sendable {
    package enum Reason: String, CaseIterable, Hashable, Codable, Sendable {
        // The file as such.
        case unsupportedFormat, program, unknownEncoding, tooLarge, tooIntricate, emptyFile, noText, notAFile, hardLink
        /// A file that ends in NUL bytes: a copy over SMB whose room is there but not its content. Waited for before it is refused.
        case unfinished
        case mailFile, oldWord, passwordProtected, documentDamaged, documentTooHeavy
        /// The program that reads the format is not installed: the file waits, and an operator is told.
        case readerMissing
        // Its header lines.
        case unknownHeader, repeatedHeader, badDate, badChannel, badPriority, badLink, badValidity, expired, unknownAudience, badSide
        // Its pictures and its folder.
        case pictureMissing, pictureDamaged, pictureTooLarge, pictureTooHeavy, pictureWithoutText, severalTexts, nestedFolder
        /// Its text is in an edition that has been closed.
        case pictureTooLate
        /// Every publication that would carry the item demands that its pictures are described.
        case alternativeDemanded
        // What must not be published.
        case personalNumber, personalNumberInName, blockedWord
        case nothingToWithdraw
    }

    package var reason: Reason
    /// The line of the file, from 1.
    package var line: Int?
    /// The header key as its writer wrote it.
    package var key: String?
    /// What the note quotes: a value, a file's name, an extension. The renderer masks personal numbers in it.
    package var value: String?
    /// The known name that the writer may have meant.
    package var nearest: String?

    /// Where in the item it is.
    package var place: BlockedWords.Place?
    /// Whom the item names as its contact, when that was read before it was refused.
    package var contact: String?

    package init(
        _ reason: Reason, line: Int? = nil, key: String? = nil, value: String? = nil, nearest: String? = nil,
        place: BlockedWords.Place? = nil
    ) {
        self.reason = reason
        self.line = line
        self.key = key
        self.value = value
        self.nearest = nearest
        self.place = place
    }
}
