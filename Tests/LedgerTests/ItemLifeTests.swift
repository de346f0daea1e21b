import Core
import TestKit
import Testing

@testable import Ledger

@Suite struct ItemLifeTests {
    static let now = DeliveryTests.now

    static func submission(_ source: String, _ name: String, _ text: String, title: String = "Titel") -> Submission {
        Submission(
            source: source, name: name, digest: "\(source)/\(name)/\(text.hashValue)",
            content: ItemContent(title: title, summary: "S", body: Document([.paragraph([.text(text)])])), pictures: [])
    }

    /// Forty words of which the given ones differ.
    static func story(_ seed: String, changed: Set<Int> = []) -> String {
        (0..<40).map { changed.contains($0) ? "ny\($0)" : "\(seed)\($0)" }.joined(separator: " ")
    }

    @Test func anotherSourcesStoryOfNearlyTheSameWordsIsFound() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let first = try ledger.accept(Self.submission("HR", "a.md", Self.story("ord")), at: Self.now).item
        let far = try ledger.accept(Self.submission("Teknik", "b.md", Self.story("sag")), at: Self.now).item
        #expect(try ledger.resemblance(of: far) == nil)
        let again = try ledger.accept(Self.submission("Teknik", "c.md", Self.story("ord", changed: [5, 20])), at: Self.now + .days(3)).item
        let found = try #require(try ledger.resemblance(of: again))
        #expect(found.item == first && found.source == "HR" && found.received == Self.now && found.share > 0.6 && found.share < 0.9)
        #expect(try ledger.item(again)?.resembles == first)
        // The same source may tell its own story again.
        let own = try ledger.accept(Self.submission("HR", "d.md", Self.story("ord", changed: [7])), at: Self.now + .days(3)).item
        #expect(try ledger.resemblance(of: own)?.item == again)
        // Old news may be told anew.
        let late = try ledger.accept(
            Self.submission("Børn", "e.md", Self.story("ord", changed: [9])), at: Self.now + .days(3) + Ledger.resemblancePeriod + .days(1)
        ).item
        #expect(try ledger.resemblance(of: late) == nil)
    }

    @Test func aNewVersionTakesThePlaceOfTheFormer() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        _ = try ledger.accept(Self.submission("HR", "a.md", Self.story("ord")), at: Self.now)
        _ = try ledger.accept(Self.submission("HR", "a.md", Self.story("helt andet")), at: Self.now)
        let other = try ledger.accept(Self.submission("Teknik", "b.md", Self.story("ord", changed: [3])), at: Self.now).item
        #expect(try ledger.resemblance(of: other) == nil)
    }

    /// What came in before a restart is found again.
    @Test func aStoryOfAFormerRunIsFound() throws {
        let folder = try TemporaryFolder()
        _ = try folder.ledger().accept(Self.submission("HR", "a.md", Self.story("ord")), at: Self.now)
        let ledger = try folder.ledger()
        let other = try ledger.accept(Self.submission("Teknik", "b.md", Self.story("ord", changed: [3])), at: Self.now).item
        #expect(try ledger.resemblance(of: other)?.source == "HR")
    }

    @Test func twoThatTellTheSameBecomeOne() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let first = try ledger.accept(Self.submission("HR", "a.md", Self.story("ord")), at: Self.now).item
        let second = try ledger.accept(Self.submission("Teknik", "b.md", Self.story("ord", changed: [3])), at: Self.now).item
        try ledger.withdrawItem(second, inFavourOf: first, by: "editor", at: Self.now)
        #expect(try ledger.item(second)?.state == .withdrawn && ledger.item(first)?.state == .accepted)
        #expect(try ledger.auditTrail(of: "item \(second)").first?.detail == "told by item \(first)")
        #expect(try ledger.auditTrail(of: "item \(first)").first?.act == "join")
        #expect(throws: Fault.self) { try ledger.withdrawItem(first, inFavourOf: second, by: "editor", at: Self.now) }
        #expect(throws: Fault.self) { try ledger.withdrawItem(first, inFavourOf: first, by: "editor", at: Self.now) }
        #expect(try ledger.item(first)?.state == .accepted)
    }

    @Test func formerVersionsAreKept() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        let id = try ledger.accept(Self.submission("HR", "a.md", "En", title: "Første"), at: Self.now).item
        _ = try ledger.accept(Self.submission("HR", "a.md", "To", title: "Anden"), at: Self.now + .hours(1))
        #expect(try ledger.versions(of: id).map(\.content.title) == ["Anden", "Første"])
        #expect(try ledger.version(1, of: id)?.content.body.plainText == "En" && ledger.version(3, of: id) == nil)
    }

    @Test func aWaitingFileKeepsItsTime() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        func file(_ name: String, _ reason: WaitingFile.Reason, _ since: Instant) -> WaitingFile {
            WaitingFile(source: "HR", name: name, reason: reason, since: since)
        }
        try ledger.setWaiting([file("a.md", .settling, Self.now)], of: "HR")
        try ledger.setWaiting([WaitingFile(source: "IT", name: "x", reason: .settling, since: Self.now)], of: "IT")
        let later = Self.now + .minutes(2)
        try ledger.setWaiting([file("a.md", .unreadable, later), file("b.md", .settling, later)], of: "HR")
        #expect(try ledger.waitingFiles(of: "HR") == [file("a.md", .unreadable, Self.now), file("b.md", .settling, later)])
        try ledger.setWaiting([], of: "HR")
        #expect(try ledger.waitingFiles().map(\.source) == ["IT"])
    }
}
