import Core
import Dispatch
import Foundation

/// Tells systemd that the service is alive, at half the time that the unit's `WatchdogSec=` allows, for as long as no stage's
/// heartbeat is overdue. When one is, systemd is told nothing more and restarts the service; deliveries resume from the ledger.
final class Watchdog {
    private let isOver = DispatchSemaphore(value: 0)

    /// `nil` when systemd does not watch.
    init?(_ notifier: ServiceNotifier?, _ stages: [any Stage], _ log: Log) {
        guard let notifier, let limit = notifier.watchdogLimit else { return nil }
        let pause = max(1, Int(limit.milliseconds / 2))
        // Not a dispatch timer: its thread wants a better priority, and says in the journal that it may not have it.
        Thread.detachNewThread { [isOver] in
            repeat { Self.beat(notifier, stages, log) } while isOver.wait(timeout: .now() + .milliseconds(pause)) == .timedOut
        }
    }

    func cancel() { isOver.signal() }

    private static func beat(_ notifier: ServiceNotifier, _ stages: [any Stage], _ log: Log) {
        let stalled = Self.stalled(stages, now: .now)
        guard stalled.isEmpty else {
            log.alert("no sign of life from \(stalled.joined(separator: ", ")); systemd will restart the service")
            return
        }
        do throws(Fault) { try notifier.send(.watchdog) } catch { log.error("\(error)") }
    }

    /// The names of the stages with a heartbeat that is overdue.
    static func stalled(_ stages: [any Stage], now: SuspendingClock.Instant) -> [String] {
        stages.filter { $0.heartbeats.contains { $0.isOverdue(now: now) } }.map(\.name)
    }
}
