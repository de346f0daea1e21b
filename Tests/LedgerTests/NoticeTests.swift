import Core
import TestKit
import Testing

@testable import Ledger

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

    /// A ledger in which `count` people of a released edition are to get mail.
    private func house(_ count: Int) throws -> (TemporaryFolder, Ledger, EditionID) {
        let folder = try TemporaryFolder()
        let ledger = try folder.ledger()
        return (folder, ledger, try DeliveryTests.released(ledger, count: count))
    }

    /// It keeps its place when it has to wait, and is not held up by limits of its domain, quiet hours or an edition's pause.
    @Test func aNoticeStandsInTheUrgentQueue() throws {
        let (folder, ledger, edition) = try house(3)
        _ = folder
        try ledger.throttle(["koege.example"])
        _ = try ledger.post(try Self.draft("1"), at: Self.now)
        try ledger.throttle(["koege.example", "other.example"])
        try ledger.pauseDeliveries(of: edition, reason: "wrong", by: "test", at: Self.now)
        let order = ClaimOrder(Outlet.email, limit: 10, queues: [(.urgent, 10)])
        let claimed = try ledger.claim(order, at: Self.now)
        #expect(claimed.count == 1 && claimed.first?.edition == nil)
        try ledger.giveBack(claimed, at: Self.now)
        let again = try ledger.claim(order, at: Self.now)
        #expect(again.count == 1)
        try ledger.deferUntil(Self.now + .minutes(1), try #require(again.first), reply: "450", route: "r", at: Self.now)
        #expect(try ledger.claim(order, at: Self.now + .minutes(1)).count == 1)
        #expect(try ledger.recoverInterrupted(at: Self.now) == 1 && ledger.claim(order, at: Self.now).count == 1)
    }

    /// Refused notices say nothing about an edition.
    @Test func noticesPauseNoEdition() throws {
        let (folder, ledger, edition) = try house(3)
        _ = folder
        for number in 0..<5 { _ = try ledger.post(try Self.draft("\(number)", to: "n\(number)@koege.example"), at: Self.now) }
        let claimed = try ledger.claim(ClaimOrder(Outlet.email, limit: 10, queues: [(.urgent, 10)]), at: Self.now)
        let results = claimed.map { DeliveryResult($0, .fail, reply: "550", route: "r", at: Self.now) }
        let recording = try ledger.record(results, claiming: nil, pausing: PauseRule(percent: 1, atLeast: 1), at: Self.now)
        #expect(claimed.count == 5 && recording.paused.isEmpty && recording.refused.isEmpty)
        #expect(try ledger.pause(of: edition) == nil)
    }

    @Test func aSuppressedAddressGetsNoNotice() throws {
        let (folder, ledger, edition) = try house(3)
        _ = folder
        let people = try ledger.recipients()
        let (waiting, underWay) = (people[0], people[1])
        _ = try ledger.post(try Self.draft("1", to: waiting.person.address.text.uppercased()), at: Self.now)
        // One is waiting, one under way, as the reports come.
        let claimed = try ledger.claim(Outlet.email, limit: 10, at: Self.now)
        try ledger.giveBack(claimed.filter { $0.edition == nil }, at: Self.now)
        for (number, recipient) in [waiting, underWay].enumerated() {
            let entry = BounceEntry(
                digest: "\(number)", verdict: .hard, recipient: recipient.id, edition: nil, status: "5.1.1", reason: "unknown")
            #expect(try ledger.recordBounce(entry, at: Self.now) == .suppressed)
        }
        #expect(try ledger.notices().map(\.state) == [.failed] && ledger.notices().first?.reply == Ledger.suppressedReply)
        #expect(try ledger.post(try Self.draft("2", to: waiting.person.address.text), at: Self.now) == .suppressed)
        let sending = try #require(
            claimed.first { delivery in
                if case .recipient(underWay.id, _, _, _) = delivery.target { true } else { false }
            })
        try ledger.deferUntil(Self.now, sending, reply: "450", route: "r", at: Self.now)
        let row = try ledger.deliveries(of: edition).first { $0.id == sending.id }
        #expect(row?.state == .failed && row?.reply == Ledger.suppressedReply)
        try ledger.liftSuppression(waiting.person.address, by: "test", at: Self.now)
        guard case .posted = try ledger.post(try Self.draft("2", to: waiting.person.address.text), at: Self.now) else {
            return #expect(Bool(false))
        }
    }
}
