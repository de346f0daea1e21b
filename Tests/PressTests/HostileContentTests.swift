import Core
import Foundation
import Testing

@testable import Press

/// An item whose writer means harm, or pasted something strange, in every field there is.
@Suite struct HostileContentTests {
    static let poison =
        #"<script>alert(1)</script><img src=x onerror=alert(2)>" onmouseover="alert(3)' {{organisation}} {{{sender}}} {{> item.html}} --> ]]> "#
        + SlottedText.marker(.preferencesURL) + SlottedText.marker(.name) + "\u{202E}\u{0}\r\nBcc: alle@koege.example"

    static let document = Document([
        .paragraph([
            .text(poison), .strong([.text(poison)]), .code(poison), .lineBreak,
            .link(Sample.link("https://x.example/%22%3E"), [.text(poison)]),
            .note([.paragraph([.text(poison)])]),
        ]),
        .heading(level: 1, [.text(poison)]), .list(List(start: 3, entries: [[Sample.paragraph(poison)]])),
        .quotation([Sample.paragraph(poison)]),
        .table(Table(columns: [.left], header: [[.text(poison)]], rows: [[[.text(poison)]]])), .preformatted(poison),
        .picture(PictureReference(digest: Sample.canteen, alternativeText: poison, caption: poison)),
    ])

    static let item = ItemContent(
        title: poison, summary: poison, category: poison,
        picture: PictureReference(digest: Sample.canteen, alternativeText: poison, caption: poison),
        link: Sample.link("https://x.example/?a=\"b\"&c=<d>"), contact: poison + " ond@x.example\"", leaderNotes: document, body: document)

    static let edition = EditionContent(
        publication: "x", title: poison, slug: "x", number: 1, date: Sample.day("2026-12-01"), showsLeaderNotes: true,
        entries: [.init(item: ItemID(1), source: poison, content: item)])

    static let pages = ["mail.html", "web.html", "archive.html", "receipt.html", "confirm.html", "preferences.html", "saved.html"]

    static func page(_ name: String) throws -> String {
        let press = try Workshop.press()
        let copy = PersonalCopy(try Workshop.rendering(edition), name: poison, preferencesURL: Workshop.preferencesURL)
        let choice = Notice.Choice(name: poison, title: poison, isSubscribed: true)
        let notices: [String: Notice] = [
            "confirm.html": .confirm(action: "/u/x", title: poison),
            "preferences.html": .preferences(action: "/u/x", choices: [choice], topics: [.init(name: poison, isWanted: true)]),
            "saved.html": .saved(titles: [poison], action: "/u/x"),
        ]
        var receipt = Sample.receipt
        (receipt.fileName, receipt.source, receipt.content, receipt.remarks) = (poison, poison, item, [poison])
        switch name {
        case "mail.html": return copy.html
        case "web.html": return try Workshop.rendering(edition).web
        case "archive.html":
            return try press.archivePage(
                [.init(title: poison, slug: "x", number: 1, date: Sample.day("2026-12-01"))], language: .da, publicURL: Workshop.publicURL)
        case "receipt.html": return try press.receipt(receipt, language: .da, zone: .copenhagen)
        default: return try press.noticePage(#require(notices[name]), language: .da, publicURL: Workshop.publicURL)
        }
    }

    @Test(.enabled(if: Oracle.hasPython, "needs python3-venv"), arguments: pages)
    func aParserSeesNothingButText(_ name: String) throws {
        // The one address of its own kind on a receipt is a picture's bytes.
        let text = try Self.page(name).replacing(/src="data:image\/(png|jpeg);base64,[A-Za-z0-9+\/=]*"/, with: "src=\"/picture\"")
        let complaints = try Oracle.withPages([(name: name, text: text)]) { paths in
            let outcome = try ChildProcess.run(Oracle.python, [Oracle.scripts.appendingPathComponent("inert.py").path] + paths)
            #expect(outcome.status == 0)
            return outcome.outputText
        }
        #expect(complaints == "")
    }

    @Test(arguments: pages) func itIsShownAsItWasWritten(_ name: String) throws {
        let page = try Self.page(name)
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(page.contains("{{organisation}} {{{sender}}} {{&gt; item.html}}"))
        #expect(!page.lowercased().contains("<script"))
        #expect(!page.unicodeScalars.contains { [0, 0x0D, 0x202E, 0xF8F0, 0xF8F1].contains($0.value) })
    }

    @Test func noItemCanForgeAPersonalPlace() throws {
        let ours = try Workshop.rendering(Sample.edition(forLeaders: true))
        let theirs = try Workshop.rendering(Self.edition)
        func slots(_ text: SlottedText) -> [SlottedText.Piece] {
            text.pieces.filter { if case .slot = $0 { true } else { false } }
        }
        #expect(slots(theirs.mailHTML) == slots(ours.mailHTML) && slots(ours.mailHTML) == [.slot(.preferencesURL)])
        #expect(slots(theirs.mailText) == slots(ours.mailText) && slots(ours.mailText) == [.slot(.preferencesURL)])
    }

    @Test func aCombiningMarkHidesNoPersonalPlace() {
        let text = SlottedText(marked: "a\u{301}" + SlottedText.marker(.name) + "\u{301}b" + SlottedText.marker(.preferencesURL))
        #expect(text.pieces == [.fixed("a\u{301}"), .slot(.name), .fixed("\u{301}b"), .slot(.preferencesURL)])
    }

    @Test(arguments: [
        ("a\u{202A}b\u{2066}c\u{2069}d\u{FEFF}e\u{85}f\u{7F}g", "abcdefg"), (" a \u{2028}\tb\n ", "a b"), ("æ – ø ’å’", "æ – ø ’å’"),
        ("1.\u{A0}januar", "1.\u{A0}januar"), ("", ""), ("  ", ""),
    ])
    func aSingleLineKeepsWhatIsRead(_ raw: String, _ expected: String) { #expect(raw.singleLine == expected) }

    @Test func aSubjectIsOneLine() throws {
        let subject = try Workshop.rendering(Self.edition).subject
        #expect(!subject.contains(where: \.isNewline) && !subject.unicodeScalars.contains { $0.value < 0x20 })
    }

    @Test func plainTextHasNoControlCharacters() throws {
        let copy = PersonalCopy(try Workshop.rendering(Self.edition), name: Self.poison, preferencesURL: Workshop.preferencesURL)
        #expect(!copy.text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202E || $0.value == 0xF8F0 })
    }
}
