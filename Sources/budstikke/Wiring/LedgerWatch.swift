import Core
import Foundation
import Ledger

/// Examines the whole ledger once after each start, while the service runs.
///
/// Comes in: the ledger. Goes out: nothing. On damage the ledger tells whoever listens to its trouble, so the service ends and says
/// how to restore, and no start goes past it. The thread is not waited for at a stop: it only reads.
final class LedgerWatch: Stage {
    let name = "ledger"
    private let ledger: Ledger

    init(ledger: Ledger) { self.ledger = ledger }

    func start() throws(Fault) {
        let thread = Thread { [ledger] in
            // Thrown faults have reached the listener already.
            try? ledger.examine()
        }
        thread.name = name
        thread.start()
    }

    func stop() {}
}
