import Core
import Foundation
import Synchronization

/// What stages did, in the order in which they did it.
final class StageRecord: Sendable {
    private let kept = Mutex<[String]>([])

    func add(_ entry: String) { kept.withLock { $0.append(entry) } }
    var entries: [String] { kept.withLock { $0 } }
}

/// A stage that writes down its start and stop, and fails or hangs where the test says so.
final class RecordingStage: Stage {
    let name: String
    let heartbeats: [Heartbeat]
    private let record: StageRecord
    private let fault: Fault?
    /// Waited for before the stop returns.
    private let gate: DispatchSemaphore?

    init(_ name: String, _ record: StageRecord, fault: Fault? = nil, gate: DispatchSemaphore? = nil, heartbeats: [Heartbeat] = []) {
        self.name = name
        self.record = record
        self.fault = fault
        self.gate = gate
        self.heartbeats = heartbeats
    }

    func start() throws(Fault) {
        if let fault { throw fault }
        record.add("start \(name)")
    }

    func stop() {
        record.add("stop \(name)")
        gate?.wait()
    }
}
