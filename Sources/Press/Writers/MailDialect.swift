import Core

extension HTMLDialect {
    /// HTML for mail programs: styles on each element, because Outlook's Word engine and Gmail heed little else; no element of
    /// HTML5's, which Word does not know; colours with a class for dark surroundings beside them.
    static func mail(_ palette: Palette) -> HTMLDialect {
        let gap = "margin:0 0 14px 0"
        let border = "border:1px solid \(palette.rule)"
        let cell = "\(border);padding:6px 8px;text-align:left;vertical-align:top"
        return HTMLDialect(
            tags: [
                .paragraph: Tag("p", #"style="\#(gap)""#),
                .heading: Tag("h", #"style="margin:20px 0 8px 0;font-size:17px;line-height:24px""#),
                .bulleted: Tag("ul", #"style="margin:0 0 14px 0;padding:0 0 0 24px""#),
                .numbered: Tag("ol", #"style="margin:0 0 14px 0;padding:0 0 0 24px""#),
                .entry: Tag("li", #"style="margin:0 0 6px 0""#),
                .quotation: Tag(
                    "blockquote", #"class="bs-rule" style="margin:0 0 14px 0;padding:0 0 0 14px;border-left:4px solid \#(palette.rule)""#),
                .table: Tag(
                    "table",
                    #"class="bs-data" border="1" cellpadding="6" cellspacing="0" style="border-collapse:collapse;\#(border);\#(gap)""#
                ),
                .headerCell: Tag("th", #"class="bs-rule" scope="col" style="\#(cell);font-weight:bold""#),
                .cell: Tag("td", #"class="bs-rule" style="\#(cell)""#),
                .preformatted: Tag(
                    "pre", #"style="\#(gap);font-family:Consolas,'Courier New',monospace;font-size:14px;white-space:pre-wrap""#),
                .rule: Tag("hr", #"class="bs-rule" style="border:0;border-top:1px solid \#(palette.rule);margin:20px 0""#),
                .figure: Tag("div", #"style="\#(gap)""#),
                .picture: Tag("img", #"style="display:block;width:100%;max-width:{width}px;height:auto;border:0""#),
                .caption: Tag("p", #"class="bs-quiet" style="margin:6px 0 0 0;font-size:14px;line-height:20px;color:\#(palette.quiet)""#),
                .emphasis: Tag("em"),
                .strong: Tag("strong"),
                .code: Tag("code", #"style="font-family:Consolas,'Courier New',monospace;font-size:15px""#),
                .link: Tag("a", #"class="bs-link" style="color:\#(palette.primary);text-decoration:underline""#),
                .noteMark: Tag("sup", #"style="font-size:12px;line-height:1""#),
                .notes: Tag("ol", #"class="bs-quiet" style="margin:0 0 14px 0;padding:0 0 0 24px;font-size:14px;line-height:20px""#),
            ],
            tableFrame: nil, linksNotes: false)
    }
}
