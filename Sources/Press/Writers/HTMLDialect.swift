import Core

/// How one kind of page writes each element: the tag's name and its attributes. The walk over the document is ``HTMLWriter``'s.
struct HTMLDialect: Sendable {
    enum Element: Hashable, Sendable {
        case paragraph, heading, bulleted, numbered, entry, quotation, table, headerCell, cell, preformatted, rule, figure, picture,
            caption, emphasis, strong, code, link, noteMark, notes
    }

    struct Tag: Sendable {
        var name: String
        /// With a space before each; empty for none.
        var attributes: String

        init(_ name: String, _ attributes: String = "") {
            self.name = name
            self.attributes = attributes.isEmpty ? "" : " " + attributes
        }
    }

    var tags: [Element: Tag]
    /// Around a wide table, where the page scrolls it by itself; the label fills `{label}`.
    var tableFrame: (open: String, close: String)?
    /// Whether notes and their marks are links to each other.
    var linksNotes: Bool

    /// Never missed in the shipped dialects: a test walks every element through both.
    func tag(_ element: Element) -> Tag { tags[element] ?? Tag("span") }
}
