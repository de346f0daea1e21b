/// A part of the daemon that runs by itself between its start and its stop: the intake, the planner, the outbox, the web server.
///
/// The supervisor starts stages in order and stops them in reverse, each once, on one thread at a time.
package protocol Stage: Sendable {
    /// For the log and for who reads that it did not stop: `outbox`.
    var name: String { get }
    /// Signs of life, one for each thread that must never stall; none for a stage that may rightly hang, such as on a share that
    /// is away, for that is no reason to restart the house.
    var heartbeats: [Heartbeat] { get }
    /// Returns when the stage runs. Throws a ``Fault`` when it cannot; nothing of it runs then.
    func start() throws(Fault)
    /// Ends the stage and returns when it has ended: what it had begun is finished or safe to begin again.
    func stop()
}

extension Stage {
    package var heartbeats: [Heartbeat] { [] }
}
