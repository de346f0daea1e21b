import Core
import Foundation
import Ledger
import Synchronization

/// Somebody else who writes to the ledger all the while, one short change after the other: what a stage waits for when another one does
/// something large.
final class OtherWriter: Sendable {
    private let state = Mutex((isStopped: false, longest: Duration.zero))
    private let done = DispatchSemaphore(value: 0)

    init(_ ledger: Ledger) {
        Thread { [self] in
            var number = 0
            while !state.withLock({ $0.isStopped }) {
                number += 1
                let start = ContinuousClock.now
                _ = try? ledger.raiseAlarm("benchmark", "writer", "change \(number)", at: SystemClock().now())
                let wait = ContinuousClock.now - start
                state.withLock { $0.longest = max($0.longest, wait) }
            }
            done.signal()
        }.start()
    }

    /// Ends it; the longest that a change took, in milliseconds.
    func stop() -> Double {
        state.withLock { $0.isStopped = true }
        done.wait()
        return state.withLock { $0.longest } / .milliseconds(1)
    }
}
