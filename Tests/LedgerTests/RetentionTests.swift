import Core
import Foundation
import TestKit
import Testing

@testable import Database
@testable import Ledger

/// What is too old goes, what is in use stays, and what was sent is counted for ever.
@Suite struct LedgerRetentionTests {
    static let now = DeliveryTests.now
    static let late = now + .days(400)
    private let folder: TemporaryFolder
    private let ledger: Ledger

    init() throws {
        folder = try TemporaryFolder()
        ledger = try folder.ledger()
        ledger.rememberPeople { "digest of \($0.utf8.count)" }
    }

    /// All that is older than a time, in batches of 7.
    @discardableResult
    private func remove(_ kind: RetentionKind, olderThan limit: Instant, at now: Instant = late) throws -> Int {
        let told = try ledger.overdue(kind, olderThan: limit, at: now)
        var count = 0
        while case let part = try ledger.removeOverdue(kind, olderThan: limit, batch: 7, at: now), part > 0 {
            count += part
            if kind == .pictures { break }
        }
        if kind != .editions { #expect(told == count) }
        #expect(try ledger.overdue(kind, olderThan: limit, at: now) == 0)
        return count
    }

    private func item(_ name: String, until: Instant? = nil, picture: Picture? = nil, at now: Instant = now) throws -> ItemID {
        var content = ItemContent(
            title: name, summary: "S", visibleUntil: until, body: Document([.paragraph([.text("En tekst om \(name).")])]))
        if let picture { content.picture = PictureReference(digest: picture.digest, alternativeText: "A") }
        let submission = Submission(
            source: "HR", name: name, digest: name, textDigest: name, content: content,
            pictures: picture.map { [PictureRenditions(mail: $0, screen: $0, thumbnail: $0)] } ?? [])
        return try ledger.accept(submission, at: now).item
    }

    private func picture(_ letter: String) throws -> Picture {
        Picture(
            digest: try #require(PictureDigest(String(repeating: letter, count: 64))), format: .png, width: 1, height: 1,
            bytes: Array(repeating: UInt8(ascii: "P"), count: 9_000))
    }

    private func release(_ items: [ItemID], _ slug: String, at now: Instant, people: Int = 20) throws -> EditionID {
        let scheduled = "2026-12-01T08:00:00 \(slug)"
        let plan = EditionPlan(
            publication: "nyt", slug: slug, title: slug, audience: "alle", scheduled: scheduled, release: now, cutOff: now,
            leaderNotes: false)
        let edition = try ledger.planEdition(plan, at: now)
        try ledger.releaseEdition(
            edition,
            Release(
                items: items.map { FrozenItem(item: $0, version: 1) }, renderings: [:], recipients: try ledger.recipients().map(\.id),
                mandatory: false, web: true, stopBy: now + .days(5)), by: "test", at: now)
        return edition
    }

    private func deliver(at now: Instant) throws {
        while case let claimed = try ledger.claim(Outlet.email, limit: 50, at: now), !claimed.isEmpty {
            for delivery in claimed { try ledger.acknowledge(delivery, reply: "250", route: "r", at: now) }
        }
    }

    @Test func deliveriesGoAndStayCounted() throws {
        _ = try ledger.replaceDirectory(try (0..<20).map(DeliveryTests.person), at: Self.now)
        let edition = try release([], "a", at: Self.now)
        _ = try ledger.post(try NoticeTests.draft("1", to: "p1@koege.example"), at: Self.now)
        try deliver(at: Self.now)
        #expect(try remove(.deliveries, olderThan: Self.now) == 0)
        #expect(try remove(.deliveries, olderThan: Self.now + .days(1), at: Self.now + .days(1)) == 0, "it may still be tried")
        #expect(try remove(.deliveries, olderThan: Self.now + .days(1)) == 21)
        #expect(try ledger.deliveries(of: edition).isEmpty && ledger.notices().isEmpty)
        #expect(try ledger.deliveryCounts(of: edition) == [.sent: 20])
        #expect(try ledger.deliveryCounts() == [.sent: 21])
        // Nobody is sent it again.
        try ledger.continueReleases(at: Self.late)
        #expect(try ledger.claim(Outlet.email, limit: 50, at: Self.late).isEmpty)
    }

    @Test func whatIsStillToBeSentStays() throws {
        _ = try ledger.replaceDirectory(try (0..<3).map(DeliveryTests.person), at: Self.now)
        _ = try release([], "a", at: Self.now)
        _ = try ledger.claim(Outlet.email, limit: 1, at: Self.now)
        #expect(try remove(.deliveries, olderThan: Self.late) == 0)
        #expect(try remove(.editions, olderThan: Self.late) == 0)
        #expect(try ledger.deliveryCounts() == [.sending: 1, .pending: 2])
    }

    @Test func editionsGoWithTheirItemsButTheLast() throws {
        _ = try ledger.replaceDirectory(try (0..<20).map(DeliveryTests.person), at: Self.now)
        let items = [try item("a"), try item("b"), try item("still shown", until: Self.late + .days(1)), try item("alone")]
        let first = try release([items[0], items[1]], "1", at: Self.now)
        let second = try release([items[1]], "2", at: Self.now + .hours(1))
        let shown = try release([items[2]], "3", at: Self.now + .hours(2))
        let last = try release([items[0]], "4", at: Self.now + .hours(3))
        try deliver(at: Self.now + .hours(4))
        #expect(try remove(.items, olderThan: Self.late) == 1, "the one that no edition carries")
        #expect(try remove(.editions, olderThan: Self.late) == 2)
        #expect(try ledger.edition(first) == nil && ledger.edition(second) == nil)
        #expect(try ledger.edition(shown) != nil && ledger.edition(last)?.number == 4)
        #expect(try ledger.item(items[0]) != nil && ledger.item(items[1]) == nil && ledger.item(items[2]) != nil)
        #expect(try ledger.item(items[3]) == nil)
        #expect(try ledger.deliveryCounts() == [.sent: 80])
        // Numbers go on, and are never given again.
        let next = try release([], "5", at: Self.late)
        #expect(try ledger.edition(next)?.number == 5 && next.number == last.number + 1)
        #expect(try item("new").number == items[3].number + 1)
        try ledger.examine()
    }

    @Test func aCorrectedEditionGoesWithAllThatHangsOnIt() throws {
        _ = try ledger.replaceDirectory(try (0..<5).map(DeliveryTests.person), at: Self.now)
        let phone = PhoneSubscription(
            address: "https://push.example/a", service: "https://push.example", key: [1], secret: [2], language: .da)
        _ = try ledger.choosePhone(phone, ["nyt"], limit: 9, at: Self.now)
        let item = try item("a")
        let edition = try release([item], "1", at: Self.now)
        while try ledger.addPhoneMessages(at: Self.now) {}
        try deliver(at: Self.now)
        try ledger.noteRelease(edition, on: ReleaseChannel.feeds, at: Self.now)
        var post = PostPlan(endpoint: "intra", topic: .feed(try ledger.feedNumber("f")), version: "v")
        post.edition = edition
        try ledger.plan([post], at: Self.now)
        let correction = EditionCorrection(
            after: 0, note: "N", items: [FrozenItem(item: item, version: 1)], changed: [item], removed: [], renderings: [])
        let corrected = Self.now + .days(10)
        let number = try ledger.correctEdition(edition, correction, by: "anne", at: corrected)
        let stop = corrected + .days(5)
        #expect(try ledger.mailCorrection(number, of: edition, [], mandatory: false, stopBy: stop, by: "anne", at: corrected) == 5)
        try deliver(at: corrected)
        // The mails about the correction are kept from their own time on.
        #expect(try remove(.deliveries, olderThan: corrected) == 5)
        #expect(try remove(.deliveries, olderThan: corrected + .hours(1)) == 5)
        #expect(try ledger.deliveryCounts(of: edition) == [.sent: 10])
        let last = try release([], "2", at: Self.now + .hours(1))
        try deliver(at: Self.now + .hours(1))
        #expect(try remove(.editions, olderThan: corrected) == 0, "the correction is younger")
        #expect(try ledger.removeOverdue(.editions, olderThan: Self.late, batch: 7, at: Self.late) == 0, "a phone waits")
        let message = try #require(try ledger.claimPhoneMessage(besides: [], at: Self.now))
        try ledger.settle(message, .sent(reply: "201"), at: Self.now)
        #expect(try remove(.editions, olderThan: Self.late) == 1)
        #expect(try ledger.edition(edition) == nil && ledger.edition(last) != nil && ledger.posts().map(\.edition) == [nil])
        #expect(try ledger.deliveryCounts() == [.sent: 15] && ledger.deliveryCounts(of: edition).isEmpty)
        try ledger.examine()
    }

    @Test func picturesGoWhenNothingShowsThem() throws {
        let (used, unused, again) = (try picture("a"), try picture("b"), try picture("c"))
        _ = try item("with", picture: used)
        for picture in [unused, again] { try ledger.keepPicture(picture, at: Self.now) }
        #expect(try remove(.pictures, olderThan: Self.now) == 0)
        try ledger.keepPicture(again, at: Self.late)
        #expect(try remove(.pictures, olderThan: Self.now + .days(1)) == 1)
        #expect(try ledger.picture(used.digest) != nil && ledger.picture(unused.digest) == nil && ledger.picture(again.digest) != nil)
    }

    @Test func auditAndReportsGo() throws {
        _ = try ledger.replaceDirectory([try DeliveryTests.person(1)], at: Self.now)
        for number in 0..<20 {
            _ = try ledger.recordBounce(
                BounceEntry(digest: "\(number)", verdict: .none, recipient: nil, edition: nil, status: "", reason: ""),
                at: Self.now + .hours(Int64(number)))
        }
        #expect(try remove(.bounces, olderThan: Self.now + .hours(10)) == 10)
        #expect(try ledger.bounceCounts() == [.none: 10])
        #expect(try remove(.audit, olderThan: Self.now + .hours(1)) == 1)
        #expect(try ledger.auditTrail().isEmpty)
    }

    @Test func whoHasLeftGoesWhenNoDeliveryNamesThemAndStaysUnsubscribed() throws {
        let people = try (0..<20).map(DeliveryTests.person)
        _ = try ledger.replaceDirectory(people, at: Self.now)
        let leaver = try #require(try ledger.recipients().last)
        try ledger.unsubscribe(leaver.id, from: "other", at: Self.now)
        _ = try release([], "a", at: Self.now)
        try deliver(at: Self.now)
        _ = try ledger.replaceDirectory(Array(people.dropLast()), at: Self.now + .hours(1))
        #expect(try remove(.formerRecipients, olderThan: Self.late) == 0, "a delivery names them")
        try remove(.deliveries, olderThan: Self.late)
        #expect(try remove(.formerRecipients, olderThan: Self.late) == 1)
        #expect(try ledger.recipient(leaver.id) == nil)
        _ = try ledger.replaceDirectory(people, at: Self.late)
        let back = try #require(try ledger.recipient(address: leaver.person.address))
        #expect(back != leaver.id)
        #expect(try ledger.isUnsubscribed(back, from: "other"))
    }

    /// Bytes that are deleted are gone from the file and its log, and the file is smaller.
    @Test func theBytesAreGone() throws {
        let mark = "et hemmeligt ord"
        for number in 0..<300 {
            _ = try ledger.accept(
                Submission(
                    source: "HR", name: "\(number)", digest: "\(number)", textDigest: "\(number)",
                    content: ItemContent(
                        title: "T", summary: "S", body: Document([.paragraph([.text(String(repeating: mark + " ", count: 200))])])),
                    pictures: []), at: Self.now)
        }
        #expect(try ledger.emptyLog())
        let before = try #require(FileManager.default.contents(atPath: ledger.path))
        #expect(before.range(of: Data(mark.utf8)) != nil)
        try remove(.items, olderThan: Self.late)
        while try ledger.shrink(pages: 64) {}
        #expect(try ledger.emptyLog())
        let after = try #require(FileManager.default.contents(atPath: ledger.path))
        #expect(after.range(of: Data(mark.utf8)) == nil)
        #expect(after.count * 2 < before.count)
        #expect((FileManager.default.contents(atPath: ledger.path + "-wal") ?? Data()).isEmpty)
        try ledger.examine()
    }

    /// Others write and commit while a reader keeps the log, and while it is emptied.
    @Test func othersWriteMeanwhile() async throws {
        let ledger = ledger
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<6 {
                group.addTask {
                    for number in 0..<60 {
                        try ledger.recordRefusal(by: "\(lane)", of: "\(number)", "b", .noLogin, at: Self.now)
                    }
                }
            }
            group.addTask { for _ in 0..<30 { _ = try ledger.emptyLog() } }
            try await group.waitForAll()
        }
        #expect(try ledger.auditTrail(limit: 1_000).count == 360)
        #expect(try ledger.rewrite())
        #expect(try ledger.auditTrail(limit: 1_000).count == 360)
    }
}
