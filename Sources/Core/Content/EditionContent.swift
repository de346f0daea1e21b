/// What an edition says, complete: everything that the Press needs to render it for a channel.
package struct EditionContent: Hashable, Codable, Sendable {
    package struct Entry: Hashable, Codable, Sendable {
        package var item: ItemID
        /// The source's name as readers see it.
        package var source: String
        package var content: ItemContent

        package init(item: ItemID, source: String, content: ItemContent) {
            self.item = item
            self.source = source
            self.content = content
        }
    }

    /// A note that something was put right after the release.
    package struct Correction: Hashable, Codable, Sendable {
        package var date: CivilDate
        package var note: String

        package init(date: CivilDate, note: String) {
            self.date = date
            self.note = note
        }
    }

    package var publication: String
    package var title: String
    /// Unique over all editions: the last part of the edition's address.
    package var slug: String
    /// 1 for the publication's first edition.
    package var number: Int
    package var date: CivilDate
    package var showsLeaderNotes: Bool
    package var entries: [Entry]
    /// What kind of crisis message it is; `nil` for an ordinary edition.
    package var alert: AlertMark?
    /// The first one first.
    package var corrections: [Correction] = []
    /// Whether this is not the edition but the mail about ``corrections`` to those who have it: then ``entries`` are what was put right.
    package var isAboutCorrections = false

    package init(
        publication: String, title: String, slug: String, number: Int, date: CivilDate, showsLeaderNotes: Bool = false, entries: [Entry]
    ) {
        self.publication = publication
        self.title = title
        self.slug = slug
        self.number = number
        self.date = date
        self.showsLeaderNotes = showsLeaderNotes
        self.entries = entries
    }
}

/// An edition as rendered for one language: what the ledger keeps and the channels carry.
package struct EditionRendering: Hashable, Codable, Sendable {
    /// A picture that the mail carries with it, under the `cid` that its HTML names.
    package struct InlinePicture: Hashable, Codable, Sendable {
        package var contentID: String
        package var digest: PictureDigest

        package init(contentID: String, digest: PictureDigest) {
            self.contentID = contentID
            self.digest = digest
        }
    }

    package var subject: String
    package var mailHTML: SlottedText
    package var mailText: SlottedText
    package var pictures: [InlinePicture]
    package var web: String

    package init(subject: String, mailHTML: SlottedText, mailText: SlottedText, pictures: [InlinePicture], web: String) {
        self.subject = subject
        self.mailHTML = mailHTML
        self.mailText = mailText
        self.pictures = pictures
        self.web = web
    }
}
