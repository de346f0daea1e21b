import Core
import Foundation
import Synchronization

/// A socket that listens, and every connection that it accepted. They end together and once, however often somebody asks: a
/// descriptor that was closed may be another server's by then.
final class LoopbackListener: Sendable {
    private struct State {
        var open: Set<Int32> = []
        var hasEnded = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Accepts on a thread of its own until ``end()``. `accepted` is called there, in the order of the connections; what it gives
    /// back runs on the connection's own thread, after which the connection is closed.
    func start(accepted: @escaping @Sendable (Int32) -> @Sendable () -> Void) {
        Thread.detachNewThread { [self] in
            while let connection = next() {
                let serve = accepted(connection)
                Thread.detachNewThread { [self] in
                    serve()
                    state.withLock { _ = $0.open.remove(connection) }
                    close(connection)
                }
            }
            close(descriptor)
        }
    }

    /// Ends the listener and every open connection.
    func end() {
        state.withLock {
            guard !$0.hasEnded else { return }
            $0.hasEnded = true
            shutdown(descriptor, Int32(SHUT_RDWR))
            for connection in $0.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func next() -> Int32? {
        while true {
            let connection = accept(descriptor, nil, nil)
            let isWanted = state.withLock {
                if connection >= 0, !$0.hasEnded { $0.open.insert(connection) }
                return !$0.hasEnded
            }
            if connection >= 0, isWanted { return connection }
            if connection >= 0 { close(connection) }
            guard isWanted else { return nil }
        }
    }
}
