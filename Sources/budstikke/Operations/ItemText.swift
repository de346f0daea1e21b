import Core

/// An item's content as lines, one a field and then the text: what `item` shows, and what two versions are compared by.
struct ItemText {
    let zone: Zone

    func fields(_ content: ItemContent) -> [String] {
        let fields: [(String, String?)] = [
            ("title", content.title), ("summary", content.summary), ("category", content.category), ("side", content.side?.rawValue),
            ("audience", content.audience), ("channels", content.channels.map(\.rawValue).sorted().joined(separator: ", ")),
            ("shown", "\(shown(content.visibleFrom, zone)) until \(shown(content.visibleUntil, zone))"),
            ("priority", content.priority == .normal ? nil : "\(content.priority)"), ("link", content.link?.address),
            ("contact", content.contact), ("picture", content.picture.map(picture)),
        ]
        return fields.compactMap { name, value in value.map { "\(name.padding(to: 10))\($0)" } }
    }

    func lines(_ content: ItemContent) -> [String] {
        fields(content) + text(content.body) + (content.leaderNotes.map { ["leader notes:"] + text($0) } ?? [])
    }

    /// What changed from one version to the next.
    func changes(from former: ItemContent, to new: ItemContent) -> [String] {
        let lines = TextDifference.lines(from: lines(former), to: lines(new))
        return lines.isEmpty && former != new ? ["~ the form alone: emphasis, links, notes or pictures"] : lines
    }

    private func text(_ document: Document) -> [String] {
        document.plainText.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private func picture(_ picture: PictureReference) -> String {
        "\(picture.digest.hexadecimal.prefix(12)) ‘\(picture.alternativeText)’"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
