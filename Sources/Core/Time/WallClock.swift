import Foundation

/// Where the time comes from. Injected everywhere, so that a test or a rehearsal can set it.
package protocol WallClock: Sendable {
    func now() -> Instant
    /// How long who waits for a span of this clock may really sleep before it looks at the clock again.
    func sleep(towards span: Span) -> Span
}

extension WallClock {
    /// A clock that can be set is looked at once a second.
    package func sleep(towards span: Span) -> Span { min(span, .seconds(1)) }
}

package struct SystemClock: WallClock {
    package init() {}
    package func now() -> Instant { Instant(Date()) }
    package func sleep(towards span: Span) -> Span { span }
}
