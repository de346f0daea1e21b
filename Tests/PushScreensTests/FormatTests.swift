import Core
import Foundation
import TestKit
import Testing

@testable import PushScreens

extension FeedFormat {
    var word: String { self == .concerto ? "concerto" : String(suffix.dropFirst()) }
}

@Suite struct FormatTests {
    static let hasOracle = Oracle.hasPython("feedparser")

    private func read(_ format: FeedFormat, _ feed: Feed) throws -> [[String: String?]] {
        let script = Oracle.root + "/Tests/PushScreensTests/Oracles/feed_rules.py"
        let output = try Oracle.run(script, [format.word], input: Array(format.text(feed).utf8))
        return try JSONDecoder().decode([[String: String?]].self, from: Data(output))
    }

    @Test(.enabled(if: hasOracle, "needs feedparser"), arguments: FeedFormat.allCases)
    func `a full feed keeps the rules of its format`(format: FeedFormat) throws {
        let feed = sampleFeed((1...12).map { sampleEntry($0, until: $0 == 5 ? noon + .days(1) : nil) })
        let entries = try read(format, feed)
        #expect(entries.map { $0["title"] } == feed.entries.map { $0.title })
        guard format != .concerto else { return }
        #expect(entries.map { $0["link"] } == feed.entries.map { $0.link })
        #expect(entries.map { $0["picture"] } == feed.entries.map { $0.picture?.address })
        #expect(entries.map { $0["summary"] } == feed.entries.map { $0.summary })
        #expect(entries.allSatisfy { $0["author"] == "Teknik & Miljø" })
    }

    @Test(.enabled(if: hasOracle, "needs feedparser"), arguments: FeedFormat.allCases)
    func `an empty feed is valid too`(format: FeedFormat) throws { #expect(try read(format, sampleFeed([])).isEmpty) }

    @Test(.enabled(if: hasOracle, "needs feedparser"), arguments: FeedFormat.allCases)
    func `titles that are markup, control characters or broken Unicode stay text`(format: FeedFormat) throws {
        let feed = sampleFeed(hostileTitles.enumerated().map { sampleEntry($0, title: $1, text: $1) }, title: "<b>&\u{0}\"")
        let titles = try read(format, feed).map { $0["title"] }
        switch format {
        case .json, .concerto: #expect(titles == hostileTitles)
        case .atom: #expect(titles == hostileTitles.map { String(String.UnicodeScalarView(XMLWriter.permitted($0))) })
        case .rss:
            #expect(titles == hostileTitles.map { RSSFile.unmarked(String(String.UnicodeScalarView(XMLWriter.permitted($0)))) })
            #expect(!format.text(feed).contains("&lt;script"))
        }
    }

    @Test func `two items of one title are two contents in Concerto`() {
        let text = FeedFormat.concerto.text(sampleFeed([sampleEntry(1, title: "Nyt"), sampleEntry(2, title: "Nyt")]))
        #expect(text.contains("\"Nyt\"") && text.contains("\"Nyt (2)\""))
    }

    @Test(arguments: FeedFormat.allCases) func `equal feeds are equal bytes`(format: FeedFormat) {
        let make = { format.text(sampleFeed((0..<6).map { sampleEntry($0) })) }
        #expect(make() == make())
    }

    @Test func `the longest ending names the format`() throws {
        let parsed = try #require(FeedFormat.parse(fileName: "a.b.concerto.json"))
        #expect(parsed.feed == "a.b" && parsed.format == .concerto)
        #expect(FeedFormat.parse(fileName: "a.json")?.format == .json)
        #expect(FeedFormat.parse(fileName: "a.xml") == nil)
    }
}
