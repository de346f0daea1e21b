import Core
import Curl
import Push

/// What an answer to a post means (Standard Webhooks, "Operational considerations").
enum WebhookVerdict: Equatable {
    case taken
    /// Asked to come again at a time, or after the table's own delay.
    case later(Instant?)
    /// 410: nobody wants posts here any more.
    case gone

    private static let mayNameATime: Set<Int> = [429, 502, 503, 504]

    /// Any answer but 2xx and 410 may be a passing trouble, also a redirect, which is never followed: the post was signed for one
    /// receiver, and the address would be the other side's to choose.
    init(_ response: HTTPResponse, now: Instant) {
        switch response.status {
        case 200..<300: self = .taken
        case 410: self = .gone
        case let status where Self.mayNameATime.contains(status):
            self = .later(response.header("retry-after").flatMap { RetryAfter.instant($0, now: now) })
        default: self = .later(nil)
        }
    }

    /// The receiver's answer for the ledger: the status alone, for a body may repeat the post.
    static func reply(_ response: HTTPResponse) -> String {
        let status = "HTTP \(response.status)"
        return (300..<400).contains(response.status) ? status + ", a redirect, not followed" : status
    }
}
