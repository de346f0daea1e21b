import Core

/// When a post is tried again: the delays that Standard Webhooks advises, each up to a tenth shorter or longer, so that the
/// posts of many editions that failed together do not come back together.
package struct PostRetry: Sendable {
    /// Before attempts 2 to 10; the first is made at once, and after the tenth there is none.
    package static let delays: [Span] = [
        .seconds(5), .minutes(5), .minutes(30), .hours(2), .hours(5), .hours(10), .hours(14), .hours(20), .hours(24),
    ]

    /// A number from 0 up to 1.
    private let random: @Sendable () -> Double

    package init(random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }) { self.random = random }

    /// The pause before attempt `attempt + 1`; `nil` when there shall be none.
    package func delay(afterAttempt attempt: Int) -> Span? {
        guard attempt >= 1, attempt <= Self.delays.count else { return nil }
        let delay = Double(Self.delays[attempt - 1].milliseconds)
        return .milliseconds(Int64(delay * (0.9 + 0.2 * random())))
    }
}
