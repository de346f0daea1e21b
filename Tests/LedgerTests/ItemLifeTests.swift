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

    @Test func aNewVersionTakesThePlaceOfTheFormerInTheIndex() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        _ = try ledger.accept(Self.submission("HR", "a.md", Self.story("ord")), at: Self.now)
        _ = try ledger.accept(Self.submission("HR", "a.md", Self.story("helt andet")), at: Self.now)
        let other = try ledger.accept(Self.submission("Teknik", "b.md", Self.story("ord", changed: [3])), at: Self.now).item
        #expect(try ledger.resemblance(of: other) == nil)
        let keys = try ledger.read { db throws(Fault) in try db.first("SELECT count(*) FROM item_likeness") { $0.int(0) } }
        #expect(keys == 64)
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

@Suite struct NoticeTests {
    static let now = DeliveryTests.now

    static func draft(_ once: String, to address: String = "mette@koege.example") throws -> NoticeDraft {
        NoticeDraft(
            kind: "receipt", object: "item 1", address: try #require(EmailAddress(address)), language: .da, subject: "S", text: "T",
            once: once)
    }

    @Test func aNoticeIsPostedOnceAndClaimedAsADelivery() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        guard case .posted(let id) = try ledger.post(try Self.draft("1"), at: Self.now) else { return #expect(Bool(false)) }
        #expect(try ledger.post(try Self.draft("1"), at: Self.now) == .known)
        let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
        let address = try #require(EmailAddress("mette@koege.example"))
        #expect(claimed.map(\.target) == [.notice(id, address)] && claimed[0].edition == nil)
        #expect(claimed[0].stopBy == Self.now + .days(2))
        try ledger.deferUntil(Self.now + .minutes(5), claimed[0], reply: "450 later", route: "relay", at: Self.now)
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).isEmpty)
        let again = try ledger.claim(Outlet.email, limit: 10, at: Self.now + .minutes(5))
        #expect(again.map(\.attempt) == [2])
        try ledger.acknowledge(again[0], reply: "250", route: "relay", at: Self.now)
        #expect(try ledger.notices().map(\.state) == [.sent])
    }

    /// What a killed process had claimed goes again.
    @Test func anInterruptedNoticeGoesAgain() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        _ = try ledger.post(try Self.draft("1"), at: Self.now)
        _ = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
        #expect(try ledger.recoverInterrupted(at: Self.now) == 1)
        #expect(try ledger.claim(Outlet.email, limit: 10, at: Self.now).count == 1)
    }

    @Test func oneAddressGetsNoFlood() throws {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        for number in 0..<Ledger.noticesAnHour {
            guard case .posted = try ledger.post(try Self.draft("\(number)"), at: Self.now) else { return #expect(Bool(false)) }
        }
        #expect(try ledger.post(try Self.draft("x", to: "METTE@koege.example"), at: Self.now) == .tooMany)
        guard case .posted = try ledger.post(try Self.draft("x", to: "anne@koege.example"), at: Self.now) else {
            return #expect(Bool(false))
        }
        guard case .posted = try ledger.post(try Self.draft("y"), at: Self.now + .hours(1)) else { return #expect(Bool(false)) }
    }
}
