/// The text of an item as a tree of blocks and inlines: what every reader of files makes and every writer of channels walks.
///
/// What the tree cannot hold cannot reach a reader of the newsletter: there is no node for a script, a style, an event
/// attribute or a remote picture, and a link is a ``LinkTarget``, which only http, https, mailto and tel addresses can become.
package struct Document: Hashable, Codable, Sendable {
    package var blocks: [Block]

    package init(_ blocks: [Block] = []) { self.blocks = blocks }

    package var isEmpty: Bool { blocks.isEmpty }
}

/// One block of a ``Document``, in reading order.
package indirect enum Block: Hashable, Codable, Sendable {
    case paragraph([Inline])
    /// `level` is 1 to 6 as the writer of the item meant it; each channel shifts it below its own headings.
    case heading(level: Int, [Inline])
    case list(List)
    case quotation([Block])
    case table(Table)
    /// Text whose line breaks and spaces are kept; never highlighted or run.
    case preformatted(String)
    case rule
    case picture(PictureReference)
}

/// An ordered or unordered list; each entry is a sequence of blocks, so lists nest.
package struct List: Hashable, Codable, Sendable {
    /// The first number of an ordered list; `nil` for a bulleted one.
    package var start: Int?
    package var entries: [[Block]]

    package init(start: Int? = nil, entries: [[Block]]) {
        self.start = start
        self.entries = entries
    }
}

/// A table with an optional header row. All rows have as many cells as ``columns`` says.
package struct Table: Hashable, Codable, Sendable {
    package enum Alignment: String, Hashable, Codable, Sendable { case natural, left, centre, right }

    package var columns: [Alignment]
    package var header: [[Inline]]?
    package var rows: [[[Inline]]]

    package init(columns: [Alignment], header: [[Inline]]?, rows: [[[Inline]]]) {
        self.columns = columns
        func fit(_ row: [[Inline]]) -> [[Inline]] {
            Array((row + Array(repeating: [], count: max(0, columns.count - row.count))).prefix(columns.count))
        }
        self.header = header.map(fit)
        self.rows = rows.map(fit)
    }
}

/// One run of text in a block.
package indirect enum Inline: Hashable, Codable, Sendable {
    case text(String)
    case emphasis([Inline])
    case strong([Inline])
    case code(String)
    case link(LinkTarget, [Inline])
    case lineBreak
    /// A footnote's text, where it is called; the writers number and collect them.
    case note([Block])
}

/// A picture of the item, by the digest of its bytes; the bytes are in the ledger.
package struct PictureReference: Hashable, Codable, Sendable {
    package var digest: PictureDigest
    /// The text for those who do not see the picture; empty when the writer of the item gave none.
    package var alternativeText: String
    package var caption: String?

    package init(digest: PictureDigest, alternativeText: String, caption: String? = nil) {
        self.digest = digest
        self.alternativeText = alternativeText
        self.caption = caption
    }
}
