extension HTMLDialect {
    /// Semantic HTML5; how it looks is the page's style sheet's business.
    static let web = HTMLDialect(
        tags: [
            .paragraph: Tag("p"), .heading: Tag("h"), .bulleted: Tag("ul"), .numbered: Tag("ol"), .entry: Tag("li"),
            .quotation: Tag("blockquote"), .table: Tag("table"), .headerCell: Tag("th", #"scope="col""#), .cell: Tag("td"),
            .preformatted: Tag("pre", #"tabindex="0""#), .rule: Tag("hr"), .figure: Tag("figure"), .picture: Tag("img"),
            .caption: Tag("figcaption"), .emphasis: Tag("em"), .strong: Tag("strong"), .code: Tag("code"), .link: Tag("a"),
            .noteMark: Tag("sup"), .notes: Tag("ol", #"class="notes""#),
        ],
        // A table wider than a phone scrolls by itself, and must then be reachable by keyboard (WCAG 2.1.1).
        tableFrame: (#"<div class="wide" role="region" tabindex="0" aria-label="{label}">"#, "</div>"),
        linksNotes: true)
}
