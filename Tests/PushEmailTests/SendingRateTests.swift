import Core
import Push
import TestKit
import Testing

@testable import PushEmail

@Suite("Rates of a relay")
struct SendingRateTests {
    private static let start = Instant(seconds: 1_795_000_000)

    /// When each of so many mails may go, on a clock that goes from one permission to the next.
    private static func times(_ rate: SendingRate, _ count: Int) -> [Instant] {
        var now = start
        var sent: [Instant] = []
        while sent.count < count { if let due = rate.take(at: now) { now = due } else { sent.append(now) } }
        return sent
    }

    @Test("No second, hour or day has more than permitted, and the permission is used", arguments: [1, 7, 50])
    func spans(limit: Int) {
        for (rate, span) in [
            (SendingRate(perSecond: limit, at: Self.start), Span.milliseconds(999)),
            (SendingRate(perHour: limit, at: Self.start), .hours(1)), (SendingRate(perDay: limit, at: Self.start), .days(1)),
        ] {
            let sent = Self.times(rate, limit * 3)
            for index in sent.indices where index + limit < sent.count { #expect(sent[index + limit] - sent[index] >= span) }
            #expect(sent[limit * 3 - 1] - sent[0] <= span * 3 + .minutes(6))
        }
    }

    @Test("The tightest of several limits decides")
    func several() {
        let rate = SendingRate(perSecond: 1, perHour: 3, at: Self.start)
        let sent = Self.times(rate, 4)
        #expect(sent[1] - sent[0] >= .seconds(1) && sent[3] - sent[0] >= .hours(1))
        #expect(rate.allowance(within: .seconds(2), at: sent[3]) != .unlimited)
    }

    @Test("What was sent before a restart counts on")
    func overARestart() throws {
        let server = try ScriptedSMTPServer()
        defer { server.stop() }
        let outbound = try Outbound(server, recipients: 6) { $0.perDay = 4 }
        try outbound.carryOnce()
        #expect(try outbound.states().count { $0 == .sent } == 4)
        // The channel is made anew, as after a restart; the ledger is what remembers.
        let again = try outbound.anotherChannel(server) { $0.perDay = 4 }
        guard case .none(let until) = again.allowance(at: outbound.clock.now(), within: .seconds(2)) else {
            Issue.record("a fifth mail would go")
            return
        }
        #expect(until >= outbound.clock.now() + .days(1))
        #expect(again.allowance(at: until, within: .seconds(2)) == .upTo(4))
        #expect(try outbound.anotherChannel(server) { $0.perDay = 5 }.allowance(at: outbound.clock.now(), within: .seconds(2)) == .upTo(1))
    }
}
