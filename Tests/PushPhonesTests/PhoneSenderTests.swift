import Core
import Ledger
import TestKit
import Testing

@testable import PushPhones

/// One message and its push service: what goes over the wire, and what each answer means.
@Suite struct PhoneSenderTests {
    @Test(.enabled(if: BrowserPhone.canRead, "needs PyPI http-ece and py-vapid"))
    func theBrowserReadsWhatWasSaid() throws {
        let house = try PhoneHouse()
        let phone = try house.add("a", language: .nb)
        try house.add("b", ["med-nyt"])
        let edition = try house.release("nyt-1")
        #expect(try house.carry() == [.sent(reply: "HTTP 201")])
        let messages = house.service.messages()
        #expect(messages.count == 1 && house.service.violations.isEmpty, "\(house.service.violations)")
        let read = try #require(try phone.read(messages).first)
        let notice = try read.notice
        #expect(notice.title == "Nyt nyt-1" && notice.text == "• Ny cykelsti" && notice.link == "/editions/nyt-1" && notice.lang == "nb")
        #expect(read.valid && read.claims.aud == house.service.url && read.claims.sub == "mailto:it@koege.example")
        let life = Instant(seconds: read.claims.exp) - house.clock.now()
        #expect(life > .hours(1) && life <= .hours(24))
        #expect(messages[0].life == 5 * 24 * 3_600 && messages[0].urgency == "normal" && messages[0].topic?.count == 24)
        #expect(try house.ledger.phoneMessageCounts(of: edition) == [.sent: 1])
        #expect(try house.carry().isEmpty)
    }

    @Test func whatIsGoneIsForgotten() throws {
        let house = try PhoneHouse([.refuses(410), .refuses(404)])
        try house.add("a")
        try house.add("b")
        try house.add("c")
        let edition = try house.release("nyt-1")
        let outcomes = try house.carry()
        #expect(outcomes.count == 3 && house.service.messages().count == 1)
        #expect(try house.ledger.phoneCount() == 1)
        #expect(try house.ledger.phoneMessageCounts(of: edition) == [.sent: 1, .failed: 2])
        try house.release("nyt-2")
        #expect(try house.carry().count == 1)
    }

    @Test func aServiceIsWaitedForAsItSays() throws {
        let house = try PhoneHouse([.refuses(429, headers: [("Retry-After", "120")]), .refuses(503), .losesTheAnswer])
        try house.add("a")
        try house.release("nyt-1")
        let sender = house.sender()
        let now = house.clock.now()
        #expect(try house.carry(sender) == [.deferred(reply: "HTTP 429", until: now + .seconds(120))])
        #expect(sender.pauses.standing(at: now).services == [house.service.url])
        house.clock.advance(by: .seconds(119))
        #expect(try house.carry(sender).isEmpty)
        house.clock.advance(by: .seconds(1))
        #expect(sender.pauses.standing(at: house.clock.now()).services.isEmpty)
        #expect(try house.carry(sender) == [.deferred(reply: "HTTP 503", until: house.clock.now() + .seconds(30))])
        house.clock.advance(by: .seconds(30))
        guard case .ambiguous = try house.carry(sender).first else {
            Issue.record("a lost answer is no doubt")
            return
        }
        house.clock.advance(by: .minutes(2))
        #expect(try house.carry(sender) == [.sent(reply: "HTTP 201")])
        // The copy replaces the first, where both still wait.
        let messages = house.service.messages()
        #expect(messages.count == 2 && messages[0].topic == messages[1].topic && messages[0].body != messages[1].body)
        #expect(sender.pauses.standing(at: house.clock.now()).services.isEmpty)
    }

    @Test func aServiceThatIsSilentIsGivenUpInTime() throws {
        let house = try PhoneHouse([.silence])
        try house.add("a")
        try house.release("nyt-1")
        guard case .ambiguous(let reply, _) = try house.carry(house.sender(timeLimit: .milliseconds(300))).first else {
            Issue.record("silence is no doubt")
            return
        }
        #expect(reply.contains("in time") && !reply.contains("/push/"))
    }

    @Test func newsThatIsOldIsNotSent() throws {
        let house = try PhoneHouse([.refuses(500)])
        try house.add("a")
        let edition = try house.release("nyt-1")
        #expect(try house.carry().count == 1)
        house.clock.advance(by: .days(6))
        guard case .failed = try house.carry().first else {
            Issue.record("it was sent")
            return
        }
        #expect(house.service.requests == 1)
        #expect(try house.ledger.phoneMessageCounts(of: edition) == [.failed: 1])
    }

    @Test func aKeyThatIsNotAcceptedIsToldOnceAndEndsWhenItIs() throws {
        let house = try PhoneHouse([.refuses(403)])
        try house.add("a")
        try house.release("nyt-1")
        #expect(try house.carry() == [.failed(reply: "HTTP 403")])
        #expect(try house.ledger.standingAlarms().map(\.kind) == ["phones"])
        #expect(try house.ledger.phoneCount() == 1)
        try house.release("nyt-2")
        #expect(try house.carry() == [.sent(reply: "HTTP 201")])
        #expect(try house.ledger.standingAlarms().isEmpty)
    }

    @Test func aRedirectIsNotFollowed() throws {
        let house = try PhoneHouse()
        house.service.next([.refuses(307, headers: [("Location", house.service.url + "/push/b")])])
        try house.add("a")
        try house.release("nyt-1")
        #expect(try house.carry() == [.failed(reply: "HTTP 307, a redirect, not followed")])
        #expect(house.service.requests == 1)
    }

    @Test func aLongTextIsCutAtAWordToWhatFits() throws {
        let text = String(repeating: "Æblegrød på \"øen\" 🙂 ", count: 400)
        let notice = PhoneNotice(title: "Nyt", text: text, link: "/editions/nyt-1", tag: "nyt-1", isUrgent: false, language: .da)
        let bytes = try notice.bytes()
        #expect(bytes.count <= 3_993 && String(decoding: bytes, as: UTF8.self).contains("…"))
        #expect("et to tre".shortened(to: 7) == "et to…" && "et to".shortened(to: 5) == "et to")
    }

    @Test(arguments: [
        ("https://fcm.googleapis.com/fcm/send/abc:def", true), ("https://FCM.googleapis.com/x", true),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", true), ("https://db5p.notify.windows.com/w/?token=x", true),
        ("https://web.push.apple.com/x", true), ("https://push.koege.example/x", true), ("https://a.skub.example/x", true),
        ("https://skub.example/x", false), ("https://.skub.example/x", false), ("https://evilskub.example/x", false),
        ("http://fcm.googleapis.com/x", false), ("https://fcm.googleapis.com:8443/x", false),
        ("https://fcm.googleapis.com.evil.example/x", false),
        ("https://evil.example/fcm.googleapis.com", false), ("https://user@fcm.googleapis.com/x", false), ("https://127.0.0.1/x", false),
        ("https://fcm.googleapis.com/a b", false), ("https://fcm.googleapis.com/" + String(repeating: "x", count: 1_100), false),
        ("ftp://fcm.googleapis.com/x", false), ("", false),
    ])
    func onlyPushServicesAreTalkedTo(_ address: String, _ isPermitted: Bool) {
        let services = PushServices(others: ["push.koege.example", "*.skub.example"])
        #expect((services.address(address) != nil) == isPermitted)
    }
}
