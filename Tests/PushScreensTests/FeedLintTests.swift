import Core
import Testing

@testable import PushScreens

@Suite struct FeedLintTests {
    private func kinds(
        _ profile: FeedProfile, title: String = "Kort titel", summary: String = "Kort.", text: String = "Kort tekst.",
        picture: FeedLint.PictureFacts? = nil
    ) -> [FeedRemark.Kind] {
        var rule = FeedRule(name: "x", title: "X", content: .items(audiences: [], .init()))
        (rule.profile, rule.textLimit, rule.seconds) = (profile, profile.textLimit, profile.seconds)
        let content = ItemContent(title: title, summary: summary, body: Document([.paragraph([.text(text)])]))
        return FeedLint(rule).remarks(content, picture: picture).map(\.kind)
    }

    @Test(arguments: FeedProfile.allCases) func `an item that suits the screen has no remark`(profile: FeedProfile) {
        #expect(kinds(profile, picture: .init(width: 1_600, bytes: 300_000)) == [])
    }

    @Test func `each rule finds what it is for`() {
        let long = String(repeating: "ord og mere ", count: 60)
        #expect(kinds(.plain, title: String(repeating: "a", count: 71)) == [.titleLong])
        #expect(kinds(.plain, title: String(repeating: "a", count: 70)) == [])
        #expect(kinds(.plain, summary: "") == [.summaryMissing])
        #expect(kinds(.plain, summary: "", text: "") == [.titleAlone])
        // The RSS slide shows the text, Xibo the summary.
        #expect(kinds(.os2display, text: long) == [.textCut, .tooFast])
        #expect(kinds(.xibo, text: long) == [])
        #expect(kinds(.xibo, summary: String(repeating: "ord ", count: 50)) == [.tooFast])
        #expect(kinds(.plain, picture: .init(width: 799, bytes: 1)) == [.pictureSmall])
        #expect(kinds(.plain, picture: .init(width: 800, bytes: 2_000_001)) == [.pictureHeavy])
        #expect(kinds(.concerto, picture: .init(width: 800, bytes: 10_000_000)) == [.pictureLeftOut])
    }

    @Test func `a text is read at fifteen characters a second after three seconds`() {
        #expect(ReadingTime.needed(String(repeating: "a", count: 150)) == 13)
        #expect(ReadingTime.needed(String(repeating: "a", count: 151)) == 14)
        #expect(ReadingTime.seconds("") == 8 && ReadingTime.seconds(String(repeating: "a", count: 5_000)) == 40)
    }

    @Test(arguments: [
        ("Vejen er spærret mandag", 12, "Vejen er…"), ("Kort", 4, "Kort"), ("Abcdefghijklmnop", 6, "Abcde…"),
        ("Et, to, tre og fire", 9, "Et, to…"),
    ])
    func `a text is cut at a word, within its limit`(text: String, limit: Int, cut: String) {
        #expect(text.limited(to: limit) == cut && text.limited(to: limit).count <= limit)
        #expect(text.limited(to: nil) == text)
    }
}
