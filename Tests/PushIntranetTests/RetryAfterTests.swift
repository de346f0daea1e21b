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
        let (least, most) = (WebhookRetry(random: { 0 }), WebhookRetry(random: { 0.999_999 }))
        for (index, delay) in WebhookRetry.delays.enumerated() {
            #expect(least.delay(afterAttempt: index + 1) == .milliseconds(delay.milliseconds * 9 / 10))
            #expect(most.delay(afterAttempt: index + 1).map { $0 < .milliseconds(delay.milliseconds * 11 / 10) } == true)
        }
        #expect(least.delay(afterAttempt: 10) == nil && least.delay(afterAttempt: 0) == nil)
        #expect(WebhookRetry.delays.map(\.milliseconds).reduce(0, +) == 272_105_000)
    }

    @Test(arguments: [
        (200, WebhookVerdict.taken), (202, .taken), (299, .taken), (301, .later(nil)), (302, .later(nil)), (308, .later(nil)),
        (400, .later(nil)), (401, .later(nil)), (404, .later(nil)), (410, .gone), (500, .later(nil)),
    ])
    func eachStatusHasItsMeaning(_ status: Int, _ verdict: WebhookVerdict) {
        let response = HTTPResponse(status: status, headers: [("retry-after", "60")], body: [], isCut: false)
        #expect(WebhookVerdict(response, now: now) == verdict)
    }

    @Test(arguments: [429, 502, 503, 504])
    func theOverloadedMayNameATime(_ status: Int) {
        let named = HTTPResponse(status: status, headers: [("retry-after", "60")], body: [], isCut: false)
        #expect(WebhookVerdict(named, now: now) == .later(now + .seconds(60)))
        let silent = HTTPResponse(status: status, headers: [], body: [], isCut: false)
        #expect(WebhookVerdict(silent, now: now) == .later(nil))
    }
}
