import Core
import Synchronization

/// The first failure after which the ledger's process must not go on, and who wants to know of it.
final class LedgerTrouble: Sendable {
    private struct State {
        var fault: Fault?
        var listeners: [@Sendable (Fault) -> Void] = []
    }

    private let state = Mutex(State())

    func met(_ fault: Fault) {
        let listeners = state.withLock { state -> [@Sendable (Fault) -> Void] in
            guard state.fault == nil else { return [] }
            state.fault = fault
            return state.listeners
        }
        for listener in listeners { listener(fault) }
    }

    /// Is told at once when it has happened already.
    func listen(_ met: @escaping @Sendable (Fault) -> Void) {
        let fault = state.withLock { state in
            state.listeners.append(met)
            return state.fault
        }
        if let fault { met(fault) }
    }
}
