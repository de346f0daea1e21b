import Core
import Planner
import Press
import Synchronization

/// What one pass of the Intake asks for at each of its files, found out once: a pass has one instant, by which it is known.
final class PassMemory: Sendable {
    /// A coming edition, with the publication whose rule chooses its items and the instant for which it chooses them.
    struct Coming {
        var edition: PlannedEdition
        var rule: Publication
        var instant: Instant
    }

    private struct Editions {
        /// The edition after which they come.
        var after: CivilDateTime?
        var known: [Coming] = []
        /// Whether none follows those that are known.
        var isWhole = false
    }

    private struct State {
        var now: Instant?
        var press: Press?
        var editions: [String: Editions] = [:]
    }

    private let state = Mutex(State())

    /// The Press as it was at the pass's first file.
    func press(at now: Instant, _ current: () -> Press) -> Press {
        if let press = state.withLock({ $0.now == now ? $0.press : nil }) { return press }
        let press = current()
        state.withLock { state in
            Self.begin(&state, now)
            state.press = press
        }
        return press
    }

    /// The coming edition of a number, from 0; `nil` when there are not so many. `next` finds the one that follows another.
    func coming(
        _ number: Int, of publication: Publication, after: CivilDateTime?, at now: Instant, _ next: (CivilDateTime?) -> Coming?
    ) -> Coming? {
        var editions = state.withLock { $0.now == now ? $0.editions[publication.name] : nil } ?? Editions(after: after)
        // An edition was closed since.
        if editions.after != after { editions = Editions(after: after) }
        while !editions.isWhole, editions.known.count <= number {
            if let found = next(editions.known.last?.edition.scheduled ?? after) {
                editions.known.append(found)
            } else {
                editions.isWhole = true
            }
        }
        state.withLock { state in
            Self.begin(&state, now)
            state.editions[publication.name] = editions
        }
        return editions.known.indices.contains(number) ? editions.known[number] : nil
    }

    private static func begin(_ state: inout State, _ now: Instant) {
        if state.now != now { state = State(now: now) }
    }
}
