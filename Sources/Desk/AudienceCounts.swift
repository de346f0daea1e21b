import Core
import Dispatch
import Ledger
import Synchronization

/// How many people each audience names. A hundred thousand of them take a second to look through, so it is done away from the server's
/// thread, once for each state of the directory.
final class AudienceCounts: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        /// The directory and the audiences that were counted.
        var of: (change: Int, audiences: [Audience])?
        var isCounting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "desk count")

    /// By the audience's name in lower case; `nil` while they are being counted, which most directories are within `patience`.
    func counts(_ ledger: Ledger, _ audiences: [Audience], patience: DispatchTimeInterval = .milliseconds(200)) -> [String: Int]? {
        if let known = known(ledger, audiences) { return known }
        let begins = state.withLock { state in
            defer { state.isCounting = true }
            return !state.isCounting
        }
        if begins { queue.async { self.count(ledger, audiences) } }
        let counted = DispatchSemaphore(value: 0)
        queue.async { counted.signal() }
        guard counted.wait(timeout: .now() + patience) == .success else { return nil }
        return known(ledger, audiences)
    }

    private func known(_ ledger: Ledger, _ audiences: [Audience]) -> [String: Int]? {
        let change = ledger.changes(on: [.recipients])
        return state.withLock { state in
            guard let of = state.of, of.change == change, of.audiences == audiences else { return nil }
            return state.counts
        }
    }

    private func count(_ ledger: Ledger, _ audiences: [Audience]) {
        let change = ledger.changes(on: [.recipients])
        var numbers = Array(repeating: 0, count: audiences.count)
        let isDone: Bool
        do throws(Fault) {
            try ledger.eachRecipient { recipient in
                for (index, audience) in audiences.enumerated() where audience.contains(recipient.person) { numbers[index] += 1 }
            }
            isDone = true
        } catch {
            isDone = false
        }
        let counts = Dictionary(zip(audiences.map { $0.name.lowercased() }, numbers)) { first, _ in first }
        state.withLock { state in
            state.isCounting = false
            guard isDone else { return }
            state.counts = counts
            state.of = (change, audiences)
        }
    }
}
