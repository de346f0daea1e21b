import Core

/// An item's content as indented lines: what `try item` shows of the tree.
enum TreeText {
    static func lines(_ content: ItemContent, _ zone: Zone) -> [String] {
        let fields: [(String, String?)] = [
            ("title", content.title), ("summary", content.summary), ("category", content.category),
            ("side", content.side?.rawValue), ("audience", content.audience),
            ("channels", content.channels.map(\.rawValue).sorted().joined(separator: " ")),
            ("visible from", content.visibleFrom.map { "\(zone.civil($0))" }),
            ("visible until", content.visibleUntil.map { "\(zone.civil($0))" }), ("priority", "\(content.priority)"),
            ("picture", content.picture.map(text)), ("link", content.link?.address), ("contact", content.contact),
        ]
        var lines = fields.compactMap { name, value in value.map { "\(name): \($0)" } }
        lines += ["body:"] + content.body.blocks.flatMap { block($0, "  ") }
        if let notes = content.leaderNotes { lines += ["leader notes:"] + notes.blocks.flatMap { block($0, "  ") } }
        return lines
    }

    private static func block(_ block: Block, _ indent: String) -> [String] {
        func nested(_ blocks: [Block]) -> [String] { blocks.flatMap { self.block($0, indent + "  ") } }
        switch block {
        case .paragraph(let inlines): return [indent + "paragraph: " + text(inlines)]
        case .heading(let level, let inlines): return [indent + "heading \(level): " + text(inlines)]
        case .list(let list):
            let kind = list.start.map { "numbered list from \($0)" } ?? "list"
            return [indent + kind] + list.entries.flatMap { [indent + "  entry"] + $0.flatMap { self.block($0, indent + "    ") } }
        case .quotation(let blocks): return [indent + "quotation"] + nested(blocks)
        case .table(let table):
            let rows = (table.header.map { [("header", $0)] } ?? []) + table.rows.map { ("row", $0) }
            return [indent + "table of \(table.columns.count) columns"]
                + rows.map { kind, cells in indent + "  \(kind): " + cells.map(text).joined(separator: " | ") }
        case .preformatted(let lines): return [indent + "preformatted"] + lines.split(separator: "\n").map { indent + "  " + $0 }
        case .rule: return [indent + "rule"]
        case .picture(let picture): return [indent + "picture: " + text(picture)]
        }
    }

    private static func text(_ inlines: [Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let run): run
            case .emphasis(let inner): "<emphasis>" + text(inner) + "</emphasis>"
            case .strong(let inner): "<strong>" + text(inner) + "</strong>"
            case .code(let run): "<code>" + run + "</code>"
            case .link(let target, let inner): "<link \(target.address)>" + text(inner) + "</link>"
            case .lineBreak: "<break>"
            case .note(let blocks): "<note>" + blocks.map(\.plainText).joined(separator: " ") + "</note>"
            }
        }.joined()
    }

    private static func text(_ picture: PictureReference) -> String {
        "\(picture.digest.hexadecimal.prefix(12)) alt=‘\(picture.alternativeText)’" + (picture.caption.map { " caption=‘\($0)’" } ?? "")
    }
}
