import Core
import Foundation
import Testing

@testable import Press

@Suite struct MailPageTests {
    static func edition(_ items: [ItemContent]) -> EditionContent {
        EditionContent(
            publication: "x", title: "Nyt", slug: "nyt-1", number: 1, date: Sample.day("2026-12-01"),
            entries: items.enumerated().map { .init(item: ItemID(Int64($0 + 1)), source: "HR", content: $1) })
    }

    static func item(_ title: String, words: Int, channels: Set<ChannelKind> = Set(ChannelKind.allCases)) -> ItemContent {
        let text = (0..<words).map { "ord\($0)" }.joined(separator: " ")
        return ItemContent(
            title: title, summary: "Kort om \(title)", channels: channels, body: Document([Sample.paragraph(text)]))
    }

    /// A committee's item says whose it is, in every form; so does the receipt.
    @Test(arguments: [
        (CommitteeSide.a, Language.da, "Fra A-siden i HR"), (.b, .da, "Fra B-siden i HR"), (.joint, .da, "Fra begge sider i HR"),
        (.joint, .nb, "Fra begge sider i HR"), (.b, .en, "From the B-side (staff) of HR"),
    ])
    func aCommitteesItemSaysItsSide(_ side: CommitteeSide, _ language: Language, _ words: String) throws {
        var item = Self.item("Nyt", words: 5)
        item.side = side
        let rendering = try Workshop.rendering(Self.edition([item]), language: language)
        let copy = PersonalCopy(rendering, name: "", preferencesURL: Workshop.preferencesURL)
        for page in [copy.html, copy.text, rendering.web] { #expect(page.contains(words)) }
        var receipt = Sample.receipt
        (receipt.content, receipt.source) = (item, "HR")
        #expect(try Workshop.press().receipt(receipt, language: language, zone: .copenhagen).contains(words))
        let mail = try Workshop.press().receiptMail(receipt, language: language, zone: .copenhagen)
        #expect(mail.text.contains(words) && mail.subject.hasSuffix("Nyt"))
    }

    @Test func aCorrectionIsToldInEveryFormAndInTheReadersLanguage() throws {
        for (language, date, subject) in [
            (Language.da, "Rettet 3. december:", "Rettelse: "), (.nb, "Rettet 3. desember:", "Rettelse: "),
            (.en, "Corrected 3 December:", "Correction: "),
        ] {
            var edition = Self.edition([Self.item("Nyt", words: 5), Self.item("Mere", words: 5)])
            edition.corrections = [.init(date: Sample.day("2026-12-03"), note: "Mødet er <b>den 4.</b>")]
            let sent = try Workshop.rendering(edition, language: language)
            let copy = PersonalCopy(sent, name: "", preferencesURL: Workshop.preferencesURL)
            for page in [copy.html, sent.web] { #expect(page.contains("<strong>\(date)</strong> Mødet er &lt;b&gt;den 4.&lt;/b&gt;")) }
            #expect(copy.text.contains("\(date) Mødet er <b>den 4.</b>") && !sent.subject.hasPrefix(subject))
            edition.isAboutCorrections = true
            let mail = try Workshop.rendering(edition, language: language)
            #expect(mail.subject.hasPrefix(subject) && mail.mailHTML.filled { _ in "" }.contains(date))
        }
    }

    @Test func aLongItemIsSummaryAndLinkInTheMailAndWholeOnTheWeb() throws {
        let rendering = try Workshop.rendering(Self.edition([Self.item("Lang", words: 400), Self.item("Kort", words: 20)]))
        let copy = PersonalCopy(rendering, name: "", preferencesURL: Workshop.preferencesURL)
        for mail in [copy.html, copy.text] {
            #expect(mail.contains("Kort om Lang") && !mail.contains("ord399") && mail.contains("ord19"))
            #expect(mail.contains("https://nyt.koege.example/editions/nyt-1#item-1"))
            #expect(!mail.contains("nyt-1#item-2"))
        }
        #expect(rendering.web.contains("ord399") && rendering.web.contains("id=\"item-1\""))
    }

    @Test func picturesAreLinkedWhereTheSettingsSaySo() throws {
        let edition = Sample.edition()
        let press = try Workshop.press()
        let linked = try press.render(
            edition, language: .da, publicURL: Workshop.publicURL, pictures: Sample.pictures, linksPictures: true)
        let html = PersonalCopy(linked, name: "", preferencesURL: "").html
        #expect(linked.pictures.isEmpty && !html.contains("cid:") && html.contains("src=\"https://nyt.koege.example/pictures/"))
        let attached = try press.render(edition, language: .da, publicURL: Workshop.publicURL, pictures: Sample.pictures)
        #expect(!attached.pictures.isEmpty && PersonalCopy(attached, name: "", preferencesURL: "").html.contains("src=\"cid:"))
    }

    @Test func withoutAWebEditionEverythingStandsInTheMail() throws {
        let edition = Self.edition([Self.item("Lang", words: 400), Self.item("Kun mail", words: 400, channels: [.email])])
        let copy = PersonalCopy(try Workshop.rendering(edition, hasWebEdition: false), name: "", preferencesURL: "https://x.example/u/1")
        #expect(copy.html.components(separatedBy: "ord399").count == 3 && !copy.html.contains("/editions/"))
        #expect(copy.text.components(separatedBy: "ord399").count == 3 && !copy.text.contains("/editions/"))
    }

    @Test func anItemStandsOnlyOnItsChannels() throws {
        let rendering = try Workshop.rendering(
            Self.edition([
                Self.item("Til mail", words: 400, channels: [.email]), Self.item("Til web", words: 5, channels: [.web]),
                Self.item("Til begge", words: 5),
            ]))
        let mail = PersonalCopy(rendering, name: "", preferencesURL: "").html
        #expect(mail.contains("Til mail") && mail.contains("ord399") && !mail.contains("Til web") && mail.contains("Til begge"))
        #expect(!rendering.web.contains("Til mail") && rendering.web.contains("Til web") && rendering.web.contains("Til begge"))
    }

    /// Each is short enough to stand in full; together they are not. The longest give way, and only as many as must.
    @Test func theLongestGiveWayWhenTheMailIsTooBig() throws {
        let tags = Array(repeating: Inline.strong([.emphasis([.code("x")])]), count: 400)
        let items = (1...8).map { number in
            ItemContent(
                title: "Nr. \(number)", summary: "Kort \(number)",
                body: Document([.paragraph(Array(tags.prefix(40 * number))), Sample.paragraph("slut-\(number)")]))
        }
        let html = PersonalCopy(try Workshop.rendering(Self.edition(items)), name: "", preferencesURL: "").html
        #expect(html.utf8.count <= MailPage.limit)
        let full = (1...8).filter { html.contains("slut-\($0)") }
        #expect(full == Array(1...(full.last ?? 0)) && (4...7).contains(full.count))
    }

    @Test func whatIsStillTooBigIsAFault() {
        let items = (1...30).map { Self.item("Nr. \($0)", words: 600) }
        #expect {
            try Workshop.rendering(Self.edition(items), hasWebEdition: false)
        } throws: { error in
            (error as? Fault).map { $0.object == "edition nyt-1" && $0.cause.contains("90000") && $0.mend.contains("Max") } ?? false
        }
    }

    @Test func anUnknownPictureIsAFault() {
        let item = ItemContent(
            title: "x", summary: "", body: Document([.picture(PictureReference(digest: Sample.digest("ff"), alternativeText: ""))]))
        #expect(throws: Fault.self) { try Workshop.rendering(Self.edition([item])) }
    }

    @Test func picturesTravelWithTheMailOnceEach() throws {
        let rendering = try Workshop.rendering()
        #expect(rendering.pictures.map(\.digest) == [Workshop.logo.digest, Sample.bikePath, Sample.canteen])
        let html = PersonalCopy(rendering, name: "", preferencesURL: "").html
        for picture in rendering.pictures { #expect(html.contains("src=\"cid:\(picture.contentID)\"")) }
        #expect(rendering.pictures[1].contentID == "ab120000000000000000000000000000@budstikke")
        // 1600 × 900 fitted to the card.
        #expect(html.contains("width=\"536\" height=\"302\""))
        #expect(rendering.web.contains("https://nyt.koege.example/pictures/\(Sample.bikePath).jpg\" width=\"704\" height=\"396\""))
    }

    @Test func theSameEditionHasTheSameBytes() throws {
        #expect(try Workshop.rendering() == Workshop.rendering())
    }

    @Test func aListOfContentsComesWithTheSixthItem() throws {
        for (count, expected) in [(5, false), (6, true)] {
            let rendering = try Workshop.rendering(Self.edition((1...count).map { Self.item("Nr. \($0)", words: 5) }))
            let copy = PersonalCopy(rendering, name: "", preferencesURL: "")
            for text in [copy.html, copy.text, rendering.web] { #expect(text.contains("I denne udgave") == expected) }
        }
    }

    @Test func theSubjectNamesTheDay() throws {
        #expect(try Workshop.rendering().subject == "Direktionens nyhedsbrev, 1. december 2026")
        var alert = Self.edition([Self.item("Rådhuset er lukket", words: 5)])
        alert.title = "Rådhuset er lukket"
        #expect(try Workshop.rendering(alert).subject == "Rådhuset er lukket")
    }

    @Test func talkingPointsStandInLeadersEditionsOnly() throws {
        let (all, leaders) = (try Workshop.rendering(), try Workshop.rendering(Sample.edition(forLeaders: true)))
        for (page, expected) in [(all, false), (leaders, true)] {
            let copy = PersonalCopy(page, name: "", preferencesURL: "")
            for text in [copy.html, copy.text, page.web] { #expect(text.contains("lånecykler") == expected) }
        }
    }

    @Test func linesOfPlainTextAreShort() throws {
        let copy = PersonalCopy(try Workshop.rendering(Sample.edition(forLeaders: true)), name: "", preferencesURL: "https://x.example/u")
        for line in copy.text.split(separator: "\n") where !line.contains("https://") { #expect(line.count <= 72, "\(line)") }
    }

    @Test func aPersonalCopyIsEscapedWhereItIsHTML() throws {
        let template = "<p>{{name}}</p><a href=\"{{preferencesURL}}\">x</a>"
        var sources = try Workshop.sources()
        sources["egen/mail.html.mustache"] = template
        let press = try Press(templates: sources, identity: Workshop.identity(), catalogue: Workshop.catalogue())
        #expect(press.hasFolder("egen") && !press.hasFolder("anden"))
        let rendering = try press.render(
            Sample.edition(), language: .da, publicURL: Workshop.publicURL, pictures: Sample.pictures, template: "egen")
        let copy = PersonalCopy(rendering, name: "Bo <b>\nHansen", preferencesURL: "https://x.example/?a=1&b=\"")
        #expect(copy.html == "<p>Bo &lt;b&gt; Hansen</p><a href=\"https://x.example/?a=1&amp;b=&quot;\">x</a>")
        // What the folder lacks comes from the shipped one.
        #expect(rendering.web == (try Workshop.rendering().web))
    }

    @Test func headingsFollowOneAnother() throws {
        let headings = [4, 6, 4, 2, 3, 1].map { Block.heading(level: $0, [.text("x")]) }
        let html = HTMLWriter.html(
            Document(headings), .web, labels: HTMLLabels(table: "", note: ""),
            shelf: PictureShelf(place: .attached, dimensions: [:], widest: 100), anchor: "a", topHeading: 3)
        #expect(html.matches(of: /<h([1-6])>/).map { String($0.1) }.joined() == "343343")
    }
}
