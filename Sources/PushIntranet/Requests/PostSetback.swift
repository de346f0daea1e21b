import Core
import Curl

/// Why an attempt at a post did not end in what was wanted.
package enum PostSetback: Error, Sendable {
    /// The receiver answered, and not with 2xx.
    case answered(HTTPResponse, reply: String)
    /// The request went out whole and no whole answer came. `isWrite` is false for one that only asks.
    case unanswered(Fault, isWrite: Bool)
    /// The receiver has not got the whole request.
    case unsent(Fault)
    /// On our own side: a template that does not render, a ledger that cannot be read, memory that has run out.
    case own(Fault)
    /// The answer was 2xx, and not what this kind of receiver says.
    case strange(reply: String)

    /// For the ledger and the log; no secret, no address beyond the origin.
    package var reply: String {
        switch self {
        case .answered(_, let reply), .strange(let reply): reply
        case .unanswered(let fault, _), .unsent(let fault): fault.cause
        case .own(let fault): "\(fault)"
        }
    }

    /// The answer's status; `nil` when there was none.
    var status: Int? {
        if case .answered(let response, _) = self { return response.status }
        return nil
    }
}
