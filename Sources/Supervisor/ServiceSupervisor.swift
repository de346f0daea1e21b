import Core
import Foundation

/// Runs the daemon's stages from the first start to the last stop.
///
/// Comes in: the stages in their order of start, and signals. Goes out: running stages, and what systemd is told. It tells of
/// readiness only when all stages run. SIGTERM or SIGINT stops them in reverse within a bound, a second one ends the wait at once;
/// SIGHUP calls the reload, one at a time. On failure: when a stage cannot start, those before it are stopped and the fault is
/// thrown; when a reload fails, it is logged and the former settings stay; a stage that does not stop in time is named, and the
/// others are stopped all the same.
package final class ServiceSupervisor: @unchecked Sendable {
    // Unchecked: `events` and `stopRequests` are touched only while `condition` is locked.

    /// How a run ended.
    package struct Ending: Sendable {
        /// The stages that did not stop within the bound; the process should end with a failure then.
        package var stuck: [String] = []
        /// Why the service ended itself, when it was not asked to.
        package var fault: Fault?
    }

    private enum Event {
        case stop(Fault?)
        case reload
    }

    private let stages: [any Stage]
    private let notifier: ServiceNotifier?
    private let signals: ServiceSignals
    private let stopLimit: Span
    private let log: Log
    private let condition = NSCondition()
    private var events: [Event] = []
    private var stopRequests = 0

    /// `stages` in the order in which they are started; `stopLimit` bounds the stop of all of them together.
    package init(
        stages: [any Stage], notifier: ServiceNotifier? = ServiceNotifier(), signals: ServiceSignals = ServiceSignals(),
        stopLimit: Span = .seconds(10), log: Log = Log("supervisor")
    ) {
        self.stages = stages
        self.notifier = notifier
        self.signals = signals
        self.stopLimit = stopLimit
        self.log = log
    }

    /// Ends ``run(reload:)``, as SIGTERM does: for a demonstration that is over, or with the fault that makes going on wrong.
    package func stop(because fault: Fault? = nil) {
        condition.withLock {
            stopRequests += 1
            events.append(.stop(fault))
            condition.broadcast()
        }
    }

    /// Starts the stages, serves until it is asked to stop, stops them. `reload` reads the settings again, on the calling thread.
    /// Throws the ``Fault`` of the first stage that does not start. To be called once, on the main thread.
    package func run(reload: () throws(Fault) -> Void) throws(Fault) -> Ending {
        // A peer that closes its connection must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let watch = SignalWatch(signals.stop + [signals.reload]) { [self] number in
            if number == signals.reload { add(.reload) } else { stop() }
        }
        defer { watch.cancel() }
        try start()
        let watchdog = Watchdog(notifier, stages, log)
        defer { watchdog?.cancel() }
        tell(.ready, .status("Running"))
        log.notice("ready", ["STAGES": stages.map(\.name).joined(separator: ",")], event: .started)
        let fault = serve(reload)
        tell(.stopping, .status("Stopping"))
        log.notice("stopping")
        let stuck = StagesStop(stages, limit: stopLimit).perform { [self] in condition.withLock { stopRequests > 1 } }
        for name in stuck { log.error("\(name) did not stop within \(stopLimit)") }
        if stuck.isEmpty { log.notice("stopped", event: .stopped) }
        return Ending(stuck: stuck, fault: fault)
    }

    private func start() throws(Fault) {
        for (index, stage) in stages.enumerated() {
            do throws(Fault) {
                try stage.start()
            } catch {
                log.error("\(stage.name) does not start: \(error)")
                let stuck = StagesStop(Array(stages[..<index]), limit: stopLimit).perform { false }
                for name in stuck { log.error("\(name) did not stop within \(stopLimit)") }
                throw error
            }
        }
    }

    /// Until the first request to stop; returns its fault.
    private func serve(_ reload: () throws(Fault) -> Void) -> Fault? {
        while true {
            switch next() {
            case .stop(let fault): return fault
            case .reload:
                tell(.reloading)
                log.notice("reloading")
                do throws(Fault) {
                    try reload()
                    tell(.ready, .status("Running"))
                } catch {
                    log.error("the former settings stay: \(error)")
                    tell(.ready, .status("Running with the former settings: the reload failed, see the log"))
                }
            }
        }
    }

    private func add(_ event: Event) {
        condition.withLock {
            events.append(event)
            condition.broadcast()
        }
    }

    private func next() -> Event {
        condition.withLock {
            while events.isEmpty { condition.wait() }
            return events.removeFirst()
        }
    }

    private func tell(_ messages: ServiceNotifier.Message...) {
        guard let notifier else { return }
        do throws(Fault) {
            for message in messages { try notifier.send(message) }
        } catch {
            log.error("\(error)")
        }
    }
}
