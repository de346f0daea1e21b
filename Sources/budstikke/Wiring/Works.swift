import Core
import Synchronization

/// The stages that depend on the settings, as one stage that a reload can replace while the web server and the ledger stay.
///
/// In: the stages of one set of settings. Out: they run. ``replace(with:)`` stops the former ones and starts the new; when a new one
/// does not start, the former ones are started again and the fault is thrown.
final class Works: Stage {
    let name = "works"
    private let stages: Mutex<[any Stage]>

    init(_ stages: [any Stage]) { self.stages = Mutex(stages) }

    var heartbeats: [Heartbeat] { stages.withLock { $0 }.flatMap(\.heartbeats) }

    func start() throws(Fault) { try Self.start(stages.withLock { $0 }) }

    func stop() { Self.stop(stages.withLock { $0 }) }

    /// `former` makes the former settings' stages anew: a stage runs once.
    func replace(with new: [any Stage], former: () throws(Fault) -> [any Stage]) throws(Fault) {
        stop()
        do throws(Fault) {
            try Self.start(new)
            stages.withLock { $0 = new }
        } catch {
            let again = try former()
            try Self.start(again)
            stages.withLock { $0 = again }
            throw error
        }
    }

    /// All or none.
    private static func start(_ stages: [any Stage]) throws(Fault) {
        for (index, stage) in stages.enumerated() {
            do throws(Fault) { try stage.start() } catch {
                stop(Array(stages[..<index]))
                throw error
            }
        }
    }

    private static func stop(_ stages: [any Stage]) { for stage in stages.reversed() { stage.stop() } }
}
