import Core
import Foundation

/// A text file with its pictures to an item's content: headers, body, title, summary, rules. A pure function of its input.
package struct ItemReader {
    /// What a file became.
    package struct Reading: Sendable {
        package var content: ItemContent
        /// Only the pictures that the content refers to.
        package var pictures: [PictureRenditions]
        package var lints: [Lint]
        package var lix: LIX?
    }

    private let rules: ReadingRules
    private let pictureReader: PictureReader
    /// Whether a picture file that a web page names and that is not among the files is thrown as `pictureMissing`, to be looked for; else
    /// the page does without it, because pages are often saved without theirs.
    var asksForPagePictures = false

    package init(_ rules: ReadingRules) {
        self.rules = rules
        pictureReader = PictureReader(rules.vipsthumbnail)
    }

    /// Throws the ``Refusal`` that the file's note will give. `item` is the name the item goes by: the file's or its folder's.
    package func read(_ file: NamedBytes, item: String, pictures files: [NamedBytes]) throws(Refusal) -> Reading {
        var contact: String?
        do throws(Refusal) {
            return try read(file, item: item, pictures: files, contact: &contact)
        } catch {
            var refusal = error
            refusal.contact = contact
            throw refusal
        }
    }

    /// `contact` is filled as soon as it is read, so that a refusal can reach whom the item names.
    private func read(
        _ file: NamedBytes, item: String, pictures files: [NamedBytes], contact: inout String?
    ) throws(Refusal) -> Reading {
        guard !PersonalNumber.isIn(item), !PersonalNumber.isIn(file.name), !files.contains(where: { PersonalNumber.isIn($0.name) }) else {
            throw Refusal(.personalNumberInName)
        }
        let format = FileFormat(file.name)
        guard format.isText else { throw FileFormat.refusal(file.name) }
        guard file.bytes.count <= format.sizeLimit else { throw Refusal(.tooLarge, value: "\(format.sizeLimit >> 10) KB") }
        guard !file.bytes.isEmpty else { throw Refusal(.emptyFile) }
        // A web page names its pictures while pandoc's tree is walked; of the other formats the header lines are looked at first.
        let shelfOfPage = format == .html ? try PictureShelf(files, text: file.name, pictureReader) : nil
        let manuscript = try Manuscript(
            file, format, rules.pandoc, pictureReader, beside: shelfOfPage?.references ?? [:], asksForPictures: asksForPagePictures)
        contact = manuscript.entries.first { $0.key == .contact }?.value
        let values = try HeaderValues(manuscript.entries, rules)
        try PictureShelf.check(files, named: values.pictureName)
        let shelf = if let shelfOfPage { shelfOfPage } else { try PictureShelf(files, text: file.name, pictureReader) }
        var story = try manuscript.story(title: values.title, pictures: shelf.references)
        let leaderNotes = try values.leaderNotes.map { notes throws(Refusal) in try MarkdownReader(pictures: [:]).read(notes).document }
        var content = content(values, story)
        content.picture = shelf.main(notAmong: content.pictures, values)
        if content.picture == nil, let opening = story.takeOpeningPicture(values, besides: shelf) {
            content.picture = opening
            content.body = story.body
        }
        content.leaderNotes = leaderNotes
        try check(content, names: [item, file.name] + files.map(\.name))
        let used = Set(content.pictures)
        story.lints += shelf.unused(used).map { Lint(.pictureUnused, $0) }
        let lix = LIX(content.body)
        return Reading(
            content: content, pictures: shelf.pictures(used) + manuscript.pictures(used, besides: shelf),
            lints: story.lints + values.lints + Self.advice(content, lix), lix: lix)
    }

    private func content(_ values: HeaderValues, _ story: Story) -> ItemContent {
        ItemContent(
            title: story.title, summary: values.summary ?? story.summary, category: values.category ?? rules.category,
            side: values.side, audience: values.audience, channels: values.channels, visibleFrom: values.visibleFrom,
            visibleUntil: values.visibleUntil,
            priority: values.priority, link: values.link, contact: values.contact, body: story.body)
    }

    private func check(_ content: ItemContent, names: [String]) throws(Refusal) {
        guard content.title.contains(where: { $0.isLetter || $0.isNumber }) else { throw Refusal(.noText) }
        // Again on what will be read: markup or entities may have parted the digits in the file.
        guard !PersonalNumber.isIn(content.everyText) else { throw Refusal(.personalNumber) }
        let passages = names.map { (place: BlockedWords.Place.fileName, text: FileFormat.stem($0)) } + content.passages
        if let found = rules.blocked.first(in: passages) { throw Refusal(.blockedWord, value: found.word, place: found.place) }
    }

    /// What would make an item better, as far as its content alone tells.
    package static func advice(_ content: ItemContent, _ lix: LIX?) -> [Lint] {
        var lints: [Lint] = []
        if content.title.count > 60 { lints.append(Lint(.titleLong, String(content.title.count))) }
        if let picture = content.picture, picture.alternativeText.isEmpty { lints.append(Lint(.missingAlt)) }
        if content.body.pictures.contains(where: \.alternativeText.isEmpty) { lints.append(Lint(.missingAltInside)) }
        if content.contact == nil { lints.append(Lint(.missingContact)) }
        if let lix {
            if lix.words > 400 { lints.append(Lint(.textLong, String(lix.words))) }
            if lix.value >= 45 { lints.append(Lint(.hardToRead, String(lix.value))) }
        }
        return lints
    }
}
