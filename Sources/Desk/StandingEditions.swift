import Core
import Ledger
import Synchronization

/// What waiting editions carry, and whose yes they have, as they were last worked out. That takes a look at all items on show; pages
/// that only tell of it need not take it again while nothing has changed. Acts do not go by it: they look anew.
final class StandingEditions: Sendable {
    struct Standing: Sendable {
        var items: [ItemRecord]
        var approval: ApprovalState
    }

    private struct Known {
        var edition: EditionRecord
        var standing: Standing
        var at: Instant
    }

    private struct State {
        var change = 0
        var publications: [Publication] = []
        var sources: [Source] = []
        var known: [EditionID: Known] = [:]
    }

    /// An item comes and goes by its own times too, which changes nothing in the ledger.
    private static let freshness = Span.seconds(10)

    private let state = Mutex(State())

    func standing(of edition: EditionRecord, _ house: DeskHouse, at now: Instant) throws(Fault) -> Standing {
        let change = house.ledger.changes(on: [.items, .editions])
        let known = state.withLock { state -> Standing? in
            if state.change != change || state.publications != house.publications || state.sources != house.sources {
                state = State(change: change, publications: house.publications, sources: house.sources)
            }
            guard let known = state.known[edition.id], known.edition == edition else { return nil }
            return now < edition.release || now - known.at < Self.freshness ? known.standing : nil
        }
        if let known { return known }
        let items = try house.items(edition)
        let standing = Standing(items: items, approval: try house.approval(edition, items))
        state.withLock { state in
            if state.change == change { state.known[edition.id] = Known(edition: edition, standing: standing, at: now) }
        }
        return standing
    }
}
