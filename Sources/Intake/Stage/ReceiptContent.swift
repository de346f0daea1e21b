import Core

/// What a receipt says: everything that the page beside a manager's file in `Modtaget/` is made from.
package struct ReceiptContent: Sendable {
    /// A publication that the item will be in as things stand.
    package struct Placement: Hashable, Sendable {
        package var publication: String
        package var release: Instant
        /// Until when a new version of the file replaces this one.
        package var replaceableUntil: Instant

        package init(publication: String, release: Instant, replaceableUntil: Instant) {
            self.publication = publication
            self.release = release
            self.replaceableUntil = replaceableUntil
        }
    }

    package var fileName: String
    package var source: String
    package var received: Instant
    package var content: ItemContent
    package var pictures: [Picture]
    /// Where each picture's file lies, from the receipt's own folder.
    package var pictureFiles: [PictureDigest: String]
    package var placements: [Placement]
    /// LIX; `nil` for a text without words.
    package var lix: Int?
    /// What would make the item better, in the configuration's language.
    package var remarks: [String]
}

/// Makes the receipt's page; HTML that opens from a file share.
package typealias ReceiptRenderer = @Sendable (ReceiptContent) throws(Fault) -> String
/// The publications that an item of a source will be in.
package typealias PlacementForecast = @Sendable (_ content: ItemContent, _ source: String) -> [ReceiptContent.Placement]
