import Core
import Foundation

/// Stops stages in reverse order within one bound.
///
/// Each has half of what is left of the time before the next one is asked too, so one that hangs does not keep the others from
/// finishing what they do; at the end all have until the bound.
struct StagesStop {
    private let stages: [any Stage]
    private let limit: Span

    /// How often it is looked whether somebody is impatient.
    private static let look = Duration.milliseconds(100)

    init(_ stages: [any Stage], limit: Span) {
        self.stages = stages
        self.limit = limit
    }

    /// Returns the names of those that have not stopped. `isImpatient` ends the wait before the bound.
    func perform(unless isImpatient: () -> Bool) -> [String] {
        let end = ContinuousClock.now + .milliseconds(limit.milliseconds)
        var open: [(name: String, done: DispatchSemaphore)] = []
        for stage in stages.reversed() {
            let done = DispatchSemaphore(value: 0)
            let thread = Thread {
                stage.stop()
                done.signal()
            }
            thread.name = "stop " + stage.name
            thread.start()
            let left = end - ContinuousClock.now
            if !wait(done, until: ContinuousClock.now + left / 2, isImpatient) { open.append((stage.name, done)) }
        }
        return open.filter { !wait($0.done, until: end, isImpatient) }.map(\.name)
    }

    private func wait(_ done: DispatchSemaphore, until end: ContinuousClock.Instant, _ isImpatient: () -> Bool) -> Bool {
        while true {
            let left = max(.zero, min(end - ContinuousClock.now, Self.look))
            if done.wait(timeout: .now() + .milliseconds(Int(left / .milliseconds(1)))) == .success { return true }
            if ContinuousClock.now >= end || isImpatient() { return false }
        }
    }
}
