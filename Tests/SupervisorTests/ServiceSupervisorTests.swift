import Core
import Foundation
import Synchronization
import TestKit
import Testing

@testable import Supervisor

/// Real signals to this very process, but not those that end it: other tests run beside.
@Suite(.serialized) struct ServiceSupervisorTests {
    private static let signals: ServiceSignals = {
        var signals = ServiceSignals()
        signals.stop = [SIGUSR1]
        signals.reload = SIGUSR2
        return signals
    }()

    private let record = StageRecord()
    private let quiet = Log("test", threshold: .alert)

    private func supervisor(_ stages: [any Stage], _ socket: NotifySocket? = nil, stopLimit: Span = .seconds(10)) -> ServiceSupervisor {
        ServiceSupervisor(
            stages: stages, notifier: socket.flatMap { ServiceNotifier(environment: $0.environment) }, signals: Self.signals,
            stopLimit: stopLimit, log: quiet)
    }

    /// Runs it on a thread of its own, as the main thread would.
    private func background(
        _ supervisor: ServiceSupervisor, reload: @escaping @Sendable () throws(Fault) -> Void = {}
    ) -> @Sendable () -> Result<ServiceSupervisor.Ending, Fault>? {
        let done = DispatchSemaphore(value: 0)
        let box = Box()
        Thread.detachNewThread {
            let result = Result { () throws(Fault) in try supervisor.run(reload: reload) }
            box.outcome.withLock { $0 = result }
            done.signal()
        }
        return {
            _ = done.wait(timeout: .now() + 30)
            return box.outcome.withLock { $0 }
        }
    }

    private final class Box: Sendable {
        let outcome = Mutex<Result<ServiceSupervisor.Ending, Fault>?>(nil)
    }

    @Test func startsInOrderStopsInReverseAndTellsSystemd() throws {
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.file("notify"))
        let stages = ["ledger", "outbox", "web"].map { RecordingStage($0, record) }
        let counter = Counter()
        let ended = background(supervisor(stages, socket)) { () throws(Fault) in
            counter.add()
            if counter.count == 2 { throw Fault("read", "budstikke.conf", cause: "a mistake", mend: "Mend it.") }
        }
        #expect(socket.lines(upTo: "READY=1") == ["READY=1"])
        #expect(record.entries == ["start ledger", "start outbox", "start web"])
        for time in 1...2 {
            kill(getpid(), SIGUSR2)
            let told = socket.lines(upTo: "READY=1")
            #expect(told.filter { !$0.hasPrefix("MONOTONIC_USEC=") && !$0.hasPrefix("STATUS=") } == ["RELOADING=1", "READY=1"])
            #expect(counter.count == time)
        }
        #expect(socket.lines(upTo: "STATUS=Running with the former settings: the reload failed, see the log").count == 1)
        kill(getpid(), SIGUSR1)
        #expect(socket.lines(upTo: "STOPPING=1") == ["STOPPING=1"])
        let ending = try #require(try ended()?.get())
        #expect(ending.stuck.isEmpty && ending.fault == nil)
        #expect(record.entries.suffix(3) == ["stop web", "stop outbox", "stop ledger"])
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    @Test func aStageThatDoesNotStartStopsThoseBeforeIt() throws {
        let fault = Fault("listen on", "127.0.0.1:8080", cause: "the address is in use", mend: "Choose another port.")
        let stages = [
            RecordingStage("a", record), RecordingStage("b", record), RecordingStage("c", record, fault: fault),
            RecordingStage("d", record),
        ]
        let thrown = #expect(throws: Fault.self) { try supervisor(stages).run(reload: {}) }
        #expect(thrown == fault)
        #expect(record.entries == ["start a", "start b", "stop b", "stop a"])
    }

    @Test func aStageThatHangsIsNamedAndTheOthersAreStopped() throws {
        let gate = DispatchSemaphore(value: 0)
        let stages = [RecordingStage("a", record), RecordingStage("hung", record, gate: gate), RecordingStage("c", record)]
        let supervisor = supervisor(stages, stopLimit: .milliseconds(300))
        supervisor.stop()
        let ending = try supervisor.run(reload: {})
        #expect(ending.stuck == ["hung"])
        #expect(record.entries.suffix(3) == ["stop c", "stop hung", "stop a"])
        gate.signal()
    }

    @Test func aSecondSignalEndsTheWait() throws {
        let gate = DispatchSemaphore(value: 0)
        let folder = try TemporaryFolder()
        let socket = try NotifySocket(folder.file("notify"))
        let ended = background(supervisor([RecordingStage("hung", record, gate: gate)], socket, stopLimit: .minutes(30)))
        _ = socket.lines(upTo: "READY=1")
        kill(getpid(), SIGUSR1)
        _ = socket.lines(upTo: "STOPPING=1")
        kill(getpid(), SIGUSR1)
        #expect(try ended()?.get().stuck == ["hung"])
        gate.signal()
    }

    @Test func aFaultEndsTheServiceAndIsHandedOn() throws {
        let fault = Fault("write", "the ledger", cause: "fsync failed", mend: "Check the disk.")
        let supervisor = supervisor([RecordingStage("a", record)])
        supervisor.stop(because: fault)
        #expect(try supervisor.run(reload: {}).fault == fault)
        #expect(record.entries == ["start a", "stop a"])
    }
}
