import Core

/// What a player will make of an item that its writer should know.
package struct FeedRemark: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        case titleLong, summaryMissing, titleAlone, textCut, tooFast, pictureHeavy, pictureLeftOut, pictureSmall
    }

    package var kind: Kind
    /// What the item has, and what the player permits, in characters, seconds, megabytes or pixels.
    package var value: Int
    package var limit: Int
}

/// The rules by which an item is looked at before it is on a wall.
///
/// - A title of more than 70 characters takes more than three lines at the size that is read from five metres.
/// - A text is read at 15 characters a second, after three seconds in which it is noticed (``ReadingTime``).
/// - A picture above 2 MB takes a player on a slow line longer than the item is shown; Concerto takes none of 10 MB or more.
/// - A picture of fewer than 800 pixels is stretched to more than its size on a screen of 1,920.
package struct FeedLint: Sendable {
    package struct PictureFacts: Hashable, Sendable {
        /// In pixels.
        package var width: Int
        package var bytes: Int

        package init(width: Int, bytes: Int) {
            self.width = width
            self.bytes = bytes
        }
    }

    static let longestTitle = 70
    static let heavyPicture = 2_000_000
    static let narrowPicture = 800

    private let rule: FeedRule

    package init(_ rule: FeedRule) { self.rule = rule }

    package func remarks(_ content: ItemContent, picture: PictureFacts?) -> [FeedRemark] {
        var found: [FeedRemark] = []
        func remark(_ kind: FeedRemark.Kind, _ value: Int = 0, _ limit: Int = 0) {
            found.append(.init(kind: kind, value: value, limit: limit))
        }
        let text = content.body.plainText
        if content.title.count > Self.longestTitle { remark(.titleLong, content.title.count, Self.longestTitle) }
        if content.summary.isEmpty { remark(text.isEmpty ? .titleAlone : .summaryMissing) }
        let shown = shownText(content.summary, text)
        if let limit = rule.textLimit, shown.count > limit { remark(.textCut, shown.count, limit) }
        let needed = ReadingTime.needed(content.title + shown.limited(to: rule.textLimit))
        // Without a time of its own the player decides, and the screen page never holds an item for longer than this.
        let seconds = rule.seconds ?? ReadingTime.range.upperBound
        if needed > seconds { remark(.tooFast, needed, seconds) }
        if let picture { found += remarks(picture) }
        return found
    }

    /// What the player has of an item beside its title: OS2display's RSS slide the text, the others the summary.
    private func shownText(_ summary: String, _ text: String) -> String {
        rule.profile == .os2display && !text.isEmpty || summary.isEmpty ? text : summary
    }

    private func remarks(_ picture: PictureFacts) -> [FeedRemark] {
        var found: [FeedRemark] = []
        let megabytes = (picture.bytes + 999_999) / 1_000_000
        if rule.profile == .concerto, picture.bytes >= ConcertoFile.heaviestPicture {
            found.append(.init(kind: .pictureLeftOut, value: megabytes, limit: ConcertoFile.heaviestPicture / 1_000_000))
        } else if picture.bytes > Self.heavyPicture {
            found.append(.init(kind: .pictureHeavy, value: megabytes, limit: Self.heavyPicture / 1_000_000))
        }
        if picture.width < Self.narrowPicture { found.append(.init(kind: .pictureSmall, value: picture.width, limit: Self.narrowPicture)) }
        return found
    }
}
