import Core
import Testing

@testable import Press

@Suite struct TextWriterTests {
    static func text(_ blocks: Block...) -> String { TextWriter.text(Document(blocks), pictureLabel: "Billede: {text}") }

    @Test(arguments: [
        (Inline.link(Sample.link("https://x.example/a"), [.text("Her")]), "Her <https://x.example/a>"),
        (.link(Sample.link("https://x.example/a"), [.text("https://x.example/a")]), "https://x.example/a"),
        (.link(Sample.link("https://x.example"), [.text("x.example")]), "https://x.example"),
        (.link(Sample.link("mailto:bo@x.example"), [.text("bo@x.example")]), "bo@x.example"),
        (.link(Sample.link("mailto:bo@x.example?subject=Hej"), [.text("Skriv")]), "Skriv <bo@x.example>"),
        (.link(Sample.link("tel:+4556676767"), []), "tel:+4556676767"),
    ])
    func aLinkKeepsItsAddress(_ link: Inline, _ expected: String) {
        #expect(Self.text(.paragraph([link])) == expected)
    }

    @Test func aNarrowTableKeepsItsColumns() {
        let table = Table(
            columns: [.left, .right], header: [[.text("By")], [.text("Antal")]],
            rows: [[[.text("Køge")], [.text("7")]], [[.text("Herfølge")], [.text("12")]]])
        #expect(Self.text(.table(table)) == "By        Antal\n--------  -----\nKøge          7\nHerfølge     12")
    }

    @Test func aWideTableBecomesRows() {
        let long = String(repeating: "lang tekst ", count: 8)
        let table = Table(columns: [.left, .left], header: [[.text("Navn")], [.text("Om")]], rows: [[[.text("Bo")], [.text(long)]]])
        let lines = Self.text(.table(table)).split(separator: "\n")
        #expect(lines[0] == "- Navn: Bo" && lines[1].hasPrefix("  Om: lang tekst") && lines.allSatisfy { $0.count <= 72 })
    }

    @Test func listsAndQuotationsNest() {
        let inner = Block.list(List(entries: [[Sample.paragraph("b")], [Sample.paragraph("c")]]))
        let list = Block.list(List(start: 9, entries: [[Sample.paragraph("a"), inner], [Sample.paragraph("d")]]))
        #expect(Self.text(.quotation([list])) == "> 9. a\n>    - b\n>    - c\n> 10. d")
    }

    @Test func notesAreNumberedAndAtTheEnd() {
        let text = Self.text(
            .paragraph([.text("a"), .note([.paragraph([.text("x"), .note([Sample.paragraph("y")])])]), .text(" b")]), .rule)
        #expect(text == "a [1] b\n\n* * *\n\n[1] x [2]\n[2] y")
    }

    @Test func wrapsAtWordsAndKeepsLongOnesWhole() {
        let address = "https://x.example/" + String(repeating: "a", count: 100)
        #expect(TextWrap.lines("en to \(address) tre", width: 10) == ["en to", address, "tre"])
        #expect(TextWrap.lines("", width: 10) == [""])
    }
}
