import Foundation

/// Where the time comes from. Injected everywhere, so that a test or a rehearsal can set it.
package protocol WallClock: Sendable {
    func now() -> Instant
}

package struct SystemClock: WallClock {
    package init() {}
    package func now() -> Instant { Instant(Date()) }
}
