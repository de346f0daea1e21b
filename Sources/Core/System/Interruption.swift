import Foundation
import Synchronization

/// Ends what one thread waits for on the network, from another thread: a stop of the service must not wait for a silent peer.
///
/// Once cut it stays cut. A socket that is being watched is shut down, so that a wait on it ends at once; what has no socket
/// yet (a name being looked up, a connection being opened) asks ``isCut`` now and then.
package final class Interruption: Sendable {
    private struct State {
        var isCut = false
        var socket: Int32?
    }

    private let state = Mutex(State())

    package init() {}

    package var isCut: Bool { state.withLock { $0.isCut } }

    package func cut() {
        state.withLock { state in
            state.isCut = true
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Takes charge of an open socket; `nil` before it is closed, lest another with its number be shut down.
    package func watch(_ socket: Int32?) {
        state.withLock { state in
            state.socket = socket
            if state.isCut, let socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }
}
