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

    private let standings = WorkedOut<Standing>()
    private let rests = WorkedOut<[ItemRecord]>()

    func standing(of edition: EditionRecord, _ house: DeskHouse, at now: Instant) throws(Fault) -> Standing {
        try standings.value(for: edition, house, at: now) { () throws(Fault) in
            let items = try house.items(edition)
            return Standing(items: items, approval: try house.approval(edition, items))
        }
    }

    /// What found no room beside these items, the edition's own.
    func noRoom(in edition: EditionRecord, beside items: [ItemRecord], _ house: DeskHouse, at now: Instant) throws(Fault) -> [ItemRecord] {
        try rests.value(for: edition, house, at: now) { () throws(Fault) in try house.noRoom(edition, items) }
    }
}

/// One value for each edition, for as long as nothing has changed that it is worked out from.
private final class WorkedOut<Value: Sendable>: Sendable {
    private struct Known {
        var edition: EditionRecord
        var value: Value
        var at: Instant
    }

    private struct State {
        var change = 0
        var publications: [Publication] = []
        var sources: [Source] = []
        var known: [EditionID: Known] = [:]
    }

    private let state = Mutex(State())

    func value(
        for edition: EditionRecord, _ house: DeskHouse, at now: Instant, _ work: () throws(Fault) -> Value
    ) throws(Fault) -> Value {
        let change = house.ledger.changes(on: [.items, .editions])
        let known = state.withLock { state -> Value? in
            if state.change != change || state.publications != house.publications || state.sources != house.sources {
                state = State(change: change, publications: house.publications, sources: house.sources)
            }
            guard let known = state.known[edition.id], known.edition == edition else { return nil }
            return now < edition.release || now - known.at < freshness ? known.value : nil
        }
        if let known { return known }
        let value = try work()
        state.withLock { state in
            if state.change == change { state.known[edition.id] = Known(edition: edition, value: value, at: now) }
        }
        return value
    }
}

/// An item comes and goes by its own times too, which changes nothing in the ledger.
private let freshness = Span.seconds(10)
