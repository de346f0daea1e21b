/// What a manager finds beside the file in `Modtaget/`: Intake says it, the Press makes it a page.
package struct Receipt: Sendable {
    /// Where the item will be seen as things stand.
    package enum Placement: Hashable, Sendable {
        /// In the publication's next edition; until `replaceableUntil` a new version of the file replaces this one.
        case edition(publication: String, release: Instant, replaceableUntil: Instant)
        /// On a continuous publication, from the moment it was taken in or from its own first instant.
        case shown(publication: String, from: Instant)
    }

    /// What the screens of one feed will make of the item.
    package struct OnScreen: Hashable, Sendable {
        package var feed: String
        /// In the reader's language; empty when all is well.
        package var remarks: [String]

        package init(feed: String, remarks: [String]) {
            self.feed = feed
            self.remarks = remarks
        }
    }

    package var fileName: String
    package var source: String
    package var received: Instant
    package var content: ItemContent
    package var placements: [Placement]
    /// `nil` for a text without words.
    package var lix: LIX?
    /// What is worth a second look, each in the reader's language already.
    package var remarks: [String]
    /// The feeds that will show it.
    package var screens: [OnScreen] = []
    /// With their bytes, which the page holds.
    package var pictures: [Picture]

    package init(
        fileName: String, source: String, received: Instant, content: ItemContent, placements: [Placement], lix: LIX? = nil,
        remarks: [String] = [], pictures: [Picture] = []
    ) {
        self.fileName = fileName
        self.source = source
        self.received = received
        self.content = content
        self.placements = placements
        self.lix = lix
        self.remarks = remarks
        self.pictures = pictures
    }
}
