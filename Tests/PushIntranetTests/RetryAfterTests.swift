import Core
import Testing

@testable import Curl
@testable import PushIntranet

@Suite struct RetryAfterTests {
    /// 1994-11-06T08:49:00Z.
    private let now = Instant(seconds: 784_111_740)

    @Test(arguments: [
        ("37", 37), (" 37 ", 37), ("0", 1), ("99999999999999999999999", 86_400), ("1000000", 86_400),
        // RFC 9110, section 5.6.7: its three examples.
        ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sunday, 06-Nov-94 08:49:37 GMT", 37), ("Sun Nov  6 08:49:37 1994", 37),
        // Past, and far ahead.
        ("Sat, 05 Nov 1994 08:49:37 GMT", 1), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("Saturday, 06-Nov-60 08:49:37 GMT", 1),
    ])
    func isRead(_ value: String, _ seconds: Int64) {
        #expect(RetryAfter.instant(value, now: now) == now + .seconds(seconds))
    }

    @Test(arguments: [
        "", "soon", "-1", "1.5", "1e3", "Sun, 06 Nov 1994", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "٣٧",
    ])
    func isNotRead(_ value: String) { #expect(RetryAfter.instant(value, now: now) == nil) }

    @Test func theTableIsThatOfTheSpecificationWithATenthOfJitter() {
        let (least, most) = (PostRetry(random: { 0 }), PostRetry(random: { 0.999_999 }))
        for (index, delay) in PostRetry.delays.enumerated() {
            #expect(least.delay(afterAttempt: index + 1) == .milliseconds(delay.milliseconds * 9 / 10))
            #expect(most.delay(afterAttempt: index + 1).map { $0 < .milliseconds(delay.milliseconds * 11 / 10) } == true)
        }
        #expect(least.delay(afterAttempt: 10) == nil && least.delay(afterAttempt: 0) == nil)
        #expect(PostRetry.delays.map(\.milliseconds).reduce(0, +) == 272_105_000)
    }

    /// Any answer but 2xx and 410 may be a passing trouble; only who is overloaded is asked for a time.
    @Test(arguments: [202, 299, 301, 302, 308, 400, 401, 404, 410, 429, 500, 502, 503, 504])
    func eachStatusHasItsMeaning(_ status: Int) throws {
        let house = try ConnectorHouse(.webhook, [.refuses(status, headers: [("Retry-After", "60")])])
        try house.accept(ConnectorHouse.item("Nyt"))
        let post = try #require(try house.carry())
        switch status {
        case 200..<300: #expect(post.state == .sent)
        case 410: #expect(post.state == .failed)
        case 429, 502, 503, 504: #expect(post.state == .deferred && post.due == house.clock.now() + .seconds(60))
        default: #expect(post.state == .deferred && post.due == house.clock.now() + .seconds(5))
        }
    }
}
