import Core
import Intake
import TestKit
import Testing

@testable import Press

/// What an editor sees in a text field is read back as the text that it was.
@Suite struct MarkdownWriterTests {
    private func again(_ document: Document) throws -> Document {
        try EditedText.read(MarkdownWriter.text(document), former: document, pictureName: MarkdownWriter.pictureName)
    }

    private func picture(_ digit: Int, _ caption: String? = nil) throws -> PictureReference {
        let digest = try #require(PictureDigest(String(repeating: "\(digit)", count: 64)))
        return PictureReference(digest: digest, alternativeText: "Et [billede] \(digit)", caption: caption)
    }

    @Test func everyKindOfBlockComesBack() throws {
        let link = try #require(LinkTarget("https://koege.example/a_(b)?x=1&y=2"))
        let document = Document([
            .heading(level: 2, [.text("Åbent hus # 2")]),
            .paragraph([
                .text("Kom "), .strong([.text("alle "), .emphasis([.text("sammen")])]), .text(", "), .link(link, [.text("se [her]")]),
                .text(" & R&D, 5*3, a_b_c, _d_, `x`, 1 < 2 &amp; \\n!"), .lineBreak, .text("- ny linje"),
                .note([.paragraph([.text("Fodnote")])]),
                .text("."),
            ]),
            .paragraph([.text("24. december er der lukket.")]), .paragraph([.text("7. Punkt")]), .paragraph([.text("# ingen overskrift")]),
            .paragraph([.text("| ingen tabel |")]),
            .list(
                List(entries: [
                    [.paragraph([.text("a")]), .list(List(start: 3, entries: [[.paragraph([.text("b")])]]))], [.paragraph([.text("c")])],
                ])),
            .list(List(entries: [[.paragraph([.text("en anden liste")])]])),
            .list(List(start: 1, entries: [[.paragraph([.text("d")]), .paragraph([.text("e")])], [.paragraph([.text("f")])]])),
            .quotation([.paragraph([.text("Et citat")]), .list(List(entries: [[.paragraph([.text("g")])]]))]),
            .table(
                Table(
                    columns: [.natural, .right], header: [[.text("a|b")], [.strong([.text("c")])]],
                    rows: [[[.text("1"), .lineBreak, .text("2")], []]])),
            .table(Table(columns: [.left, .centre], header: nil, rows: [[[.text("x")], [.code("y")]]])),
            .preformatted("  ```\n linje"), .rule, .picture(try picture(1, "En \"billedtekst\"")),
            .paragraph([.text("Slut"), .note([.paragraph([.text("To")])])]), .picture(try picture(2)),
        ])
        let text = MarkdownWriter.text(document)
        let read = try again(document)
        for (found, expected) in zip(read.blocks, document.blocks) { #expect(found == expected, "\(text)") }
        #expect(read.blocks.count == document.blocks.count)
        // Nobody should have to read more marks than there are.
        #expect(text.contains("& R&D, 5\\*3, a_b_c,"))
    }

    @Test func aPictureIsMovedAndAFootnoteKept() throws {
        let note = [Block.paragraph([.text("Kilde")])]
        let former = Document([.paragraph([.text("A"), .note(note)]), .picture(try picture(1)), .picture(try picture(2))])
        let new = try EditedText.read("![](billede2)\n\nB[^1] og [^9]", former: former, pictureName: MarkdownWriter.pictureName)
        #expect(new.blocks == [.picture(try picture(2)), .paragraph([.text("B"), .note(note), .text(" og [^9]")])])
        #expect(throws: Refusal.self) { try EditedText.read("![x](billede3)", former: former, pictureName: MarkdownWriter.pictureName) }
    }

    @Test func whatIsHostileStaysOut() throws {
        let text = "<script>alert(1)</script>\n\n[a](javascript:alert(1)) ![b](https://ond.example/x.png) <img src=x onerror=y>"
        let document = try EditedText.read(text, former: Document(), pictureName: MarkdownWriter.pictureName)
        #expect(document.plainText.filter { $0 != " " } == "a")
        #expect(document.pictures.isEmpty)
    }

    /// Trees at random, of words that mean something to Markdown.
    @Test func anyTextComesBack() throws {
        var random = SeededRandom(printedFor: "anyTextComesBack")
        for _ in 0..<400 {
            let document = Document((0..<Int.random(in: 1...5, using: &random)).map { _ in block(&random, 0) })
            let read = try again(document)
            #expect(read == document, "\(MarkdownWriter.text(document))")
        }
    }

    private static let words = [
        "ord", "*", "**", "_", "a_b", "[x]", "(y)", "#", "##", "1.", "2)", "-", "+", ">", "|", "`", "~~", "&amp;", "&", "<br>", "\\", "!",
        "![", "24. maj",
        "https://x.example", "===", "---", "e@x.dk", "å", ":--", "[^1]",
    ]

    private func text(_ random: inout SeededRandom) -> String {
        (0..<Int.random(in: 1...6, using: &random)).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    private func inlines(_ random: inout SeededRandom) -> [Inline] {
        var inlines: [Inline] = [.text(text(&random))]
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            switch Int.random(in: 0...3, using: &random) {
            case 0: inlines += [.text(" "), .strong([.text("fed " + text(&random) + " x")])]
            case 1: inlines += [.text(" "), .emphasis([.text("let " + text(&random) + " x")])]
            case 2: inlines += [.text(" "), .code("kode")]
            default: inlines += [.lineBreak]
            }
            inlines.append(.text((inlines.last == .lineBreak ? "" : " ") + text(&random)))
        }
        // As the reader makes them: neighbours are one.
        return inlines.reduce(into: []) { joined, inline in
            if case .text(let next) = inline, case .text(let last)? = joined.last {
                joined[joined.count - 1] = .text(last + next)
            } else {
                joined.append(inline)
            }
        }
    }

    private func block(_ random: inout SeededRandom, _ depth: Int) -> Block {
        switch Int.random(in: 0...(depth > 1 ? 2 : 5), using: &random) {
        case 0: .heading(level: Int.random(in: 1...6, using: &random), [.text("o " + text(&random) + " x")])
        case 1, 2: .paragraph(inlines(&random))
        case 3: .quotation([block(&random, depth + 1)])
        case 4:
            .list(
                List(
                    start: random.once(in: 2) ? Int.random(in: 0...99, using: &random) : nil,
                    entries: (0..<Int.random(in: 1...3, using: &random)).map { _ in [.paragraph(inlines(&random))] }))
        default:
            .table(
                Table(
                    columns: [.natural, .right], header: [[.text("h")], [.text(text(&random))]],
                    rows: [[[.text(text(&random))], [.strong([.text("x")])]]]))
        }
    }
}
