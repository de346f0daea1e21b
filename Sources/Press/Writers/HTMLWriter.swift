import Core

/// The few words that the walk itself says, in the reader's language.
struct HTMLLabels: Sendable {
    /// What a table is called to those who hear it: `Tabel`.
    var table: String
    /// `Note {number}`.
    var note: String
}

/// A ``Document`` in, HTML out, in a ``HTMLDialect``. Every character of the item's passes ``write(_:)``, which escapes it.
struct HTMLWriter {
    private let dialect: HTMLDialect
    private let labels: HTMLLabels
    private let shelf: PictureShelf
    private let anchor: String
    private let topHeading: Int
    private var output: [UInt8] = []
    /// The levels of the item's own headings that are open, outermost first.
    private var headings: [Int] = []
    private var notes: [[Block]] = []

    /// `anchor` makes note addresses unique on the page; `topHeading` is the level of the document's outermost headings.
    static func html(
        _ document: Document, _ dialect: HTMLDialect, labels: HTMLLabels, shelf: PictureShelf, anchor: String, topHeading: Int
    ) -> String {
        var writer = HTMLWriter(dialect: dialect, labels: labels, shelf: shelf, anchor: anchor, topHeading: topHeading)
        writer.write(document.blocks)
        writer.writeNotes()
        return String(decoding: writer.output, as: UTF8.self)
    }

    private init(dialect: HTMLDialect, labels: HTMLLabels, shelf: PictureShelf, anchor: String, topHeading: Int) {
        (self.dialect, self.labels, self.shelf, self.anchor, self.topHeading) = (dialect, labels, shelf, anchor, topHeading)
    }

    private mutating func write(_ blocks: [Block]) {
        for block in blocks { write(block) }
    }

    private mutating func write(_ block: Block) {
        switch block {
        case .paragraph(let inlines): element(.paragraph) { $0.write(inlines) }
        case .heading(let level, let inlines): writeHeading(level, inlines)
        case .list(let list): write(list)
        case .quotation(let blocks): element(.quotation) { $0.write(blocks) }
        case .table(let table): write(table)
        case .preformatted(let text): element(.preformatted) { $0.write(text) }
        case .rule: open(.rule)
        case .picture(let picture): write(picture)
        }
        output.append(0x0A)
    }

    /// A document's levels become consecutive ones below the page's own: whoever listens is never taken from h2 to h5.
    private mutating func writeHeading(_ level: Int, _ inlines: [Inline]) {
        headings.removeAll { $0 >= level }
        headings.append(level)
        let tag = dialect.tag(.heading)
        let name = "h\(min(6, topHeading + headings.count - 1))"
        raw("<\(name)\(tag.attributes)>")
        write(inlines)
        raw("</\(name)>")
    }

    private mutating func write(_ list: List) {
        element(list.start == nil ? .bulleted : .numbered, list.start.map { $0 == 1 ? "" : #" start="\#($0)""# } ?? "") { writer in
            for entry in list.entries {
                writer.element(.entry) { writer in
                    // One paragraph is the entry's text itself: no gap between the entries of a plain list.
                    if case .paragraph(let inlines)? = entry.first {
                        writer.write(inlines)
                        writer.write(Array(entry.dropFirst()))
                    } else {
                        writer.write(entry)
                    }
                }
            }
        }
    }

    private mutating func write(_ table: Table) {
        let frame = dialect.tableFrame
        if let frame { raw(frame.open.replacing("{label}", with: HTML.escaped(labels.table))) }
        element(.table) { writer in
            if let header = table.header {
                writer.raw("<thead>")
                writer.write(header, .headerCell, table.columns)
                writer.raw("</thead>")
            }
            writer.raw("<tbody>")
            for row in table.rows { writer.write(row, .cell, table.columns) }
            writer.raw("</tbody>")
        }
        if let frame { raw(frame.close) }
    }

    private mutating func write(_ row: [[Inline]], _ kind: HTMLDialect.Element, _ columns: [Table.Alignment]) {
        raw("<tr>")
        for (cell, alignment) in zip(row, columns) {
            let tag = dialect.tag(kind)
            let attributes = Self.aligned(tag.attributes, alignment)
            raw("<\(tag.name)\(attributes)>")
            write(cell)
            raw("</\(tag.name)>")
        }
        raw("</tr>\n")
    }

    /// The attributes with the column's alignment in their style.
    private static func aligned(_ attributes: String, _ alignment: Table.Alignment) -> String {
        guard let value = [Table.Alignment.right: "right", .centre: "center"][alignment] else { return attributes }
        if attributes.contains("text-align:left") { return attributes.replacing("text-align:left", with: "text-align:\(value)") }
        return attributes + #" style="text-align:\#(value)""#
    }

    private mutating func write(_ picture: PictureReference) {
        guard let source = shelf.source(picture.digest) else { return }
        element(.figure) { writer in
            let tag = writer.dialect.tag(.picture)
            writer.raw(#"<img src="\#(source.address)" width="\#(source.width)" height="\#(source.height)" alt=""#)
            writer.write(picture.alternativeText.singleLine)
            writer.raw("\"" + tag.attributes.replacing("{width}", with: String(source.width)) + ">")
            if let caption = picture.caption?.singleLine, !caption.isEmpty { writer.element(.caption) { $0.write(caption) } }
        }
    }

    private mutating func write(_ inlines: [Inline]) {
        for inline in inlines {
            switch inline {
            case .text(let text): write(text)
            case .emphasis(let inner): element(.emphasis) { $0.write(inner) }
            case .strong(let inner): element(.strong) { $0.write(inner) }
            case .code(let text): element(.code) { $0.write(text) }
            case .link(let target, let inner):
                element(.link, #" href="\#(HTML.escaped(target.address))""#) { writer in
                    if inner.plainText.isBlank { writer.write(target.shown) } else { writer.write(inner) }
                }
            case .lineBreak: raw("<br>")
            case .note(let blocks): writeMark(blocks)
            }
        }
    }

    private mutating func writeMark(_ note: [Block]) {
        notes.append(note)
        let number = notes.count
        element(.noteMark) { writer in
            guard writer.dialect.linksNotes else { return writer.raw("[\(number)]") }
            let label = HTML.escaped(writer.labels.note.replacing("{number}", with: String(number)))
            let (mark, note) = ("\(writer.anchor)-mark-\(number)", "\(writer.anchor)-note-\(number)")
            writer.raw(##"<a id="\##(mark)" href="#\##(note)" role="doc-noteref" aria-label="\##(label)">\##(number)</a>"##)
        }
    }

    /// The notes in the order of their marks; a note within a note joins the end of the list.
    private mutating func writeNotes() {
        guard !notes.isEmpty else { return }
        element(.notes) { writer in
            var index = 0
            while index < writer.notes.count {
                writer.element(.entry, writer.dialect.linksNotes ? #" id="\#(writer.anchor)-note-\#(index + 1)""# : "") { writer in
                    if case .paragraph(let inlines)? = writer.notes[index].first, writer.notes[index].count == 1 {
                        writer.write(inlines)
                    } else {
                        writer.write(writer.notes[index])
                    }
                }
                index += 1
            }
        }
    }

    private mutating func element(_ element: HTMLDialect.Element, _ more: String = "", _ content: (inout HTMLWriter) -> Void) {
        open(element, more)
        content(&self)
        raw("</\(dialect.tag(element).name)>")
    }

    private mutating func open(_ element: HTMLDialect.Element, _ more: String = "") {
        let tag = dialect.tag(element)
        raw("<\(tag.name)\(more)\(tag.attributes)>")
    }

    private mutating func write(_ text: String) { HTML.escape(text.inert, into: &output) }
    private mutating func raw(_ markup: String) { output += markup.utf8 }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
