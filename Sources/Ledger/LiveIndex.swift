import Core
import Synchronization

/// The items on show as they were last read, each with its version, and the texts of those that were chosen of late: what feeds show
/// stays, and what was on show a year ago does not.
final class LiveIndex: Sendable {
    struct Present {
        var id: ItemID
        var version: Int
        var state: ItemState
        var isApproved: Bool
    }

    /// What was on show from an instant until the next item expires, after so many changes.
    private struct Kept {
        var changes: Int
        var from: Instant
        var until: Instant?
        var items: [LiveItem]
    }

    /// The feeds ask for now, each coming edition for its release.
    private static let keptLimit = 8

    private struct State {
        /// How often a text has changed within its version.
        var revision = 0
        var known: [ItemID: LiveItem] = [:]
        var kept: [Kept] = []
        /// Asked for since the last change of an item; and between the two before.
        var texts: [FrozenItem: ItemRecord] = [:]
        var formerTexts: [FrozenItem: ItemRecord] = [:]
    }

    private let state = Mutex(State())

    /// To be asked for before the ledger is read, and handed in with what was read.
    var revision: Int { state.withLock { $0.revision } }

    /// The items on show at an instant, when nothing has changed since they were read.
    func kept(_ changes: Int, at now: Instant) -> [LiveItem]? {
        state.withLock { state in
            state.kept.first { $0.changes == changes && $0.from <= now && ($0.until.map { now < $0 } ?? true) }?.items
        }
    }

    func keep(_ items: [LiveItem], _ changes: Int, _ revision: Int, from: Instant, until: Instant?) {
        state.withLock { state in
            guard state.revision == revision else { return }
            if state.kept.contains(where: { $0.changes != changes }) {
                state.kept = []
                state.formerTexts = state.texts
                state.texts = [:]
            }
            if state.kept.count >= Self.keptLimit { state.kept.removeFirst() }
            state.kept.append(Kept(changes: changes, from: from, until: until, items: items))
        }
    }

    /// To be called when the text of a version has changed after all: a person was erased from it. What somebody has read before, and hands
    /// in after this, is not kept.
    func forget() {
        state.withLock { $0 = State(revision: $0.revision + 1) }
    }

    /// Those that are present, the last one first. `read` is asked for those that are not known in this version.
    func items(
        _ present: [Present], _ revision: Int, read: (ItemID) throws(Fault) -> ItemRecord?
    ) throws(Fault) -> [LiveItem] {
        let former = state.withLock { $0.known }
        var current: [ItemID: LiveItem] = [:]
        current.reserveCapacity(present.count)
        var items: [LiveItem] = []
        items.reserveCapacity(present.count)
        for place in present.reversed() {
            let found: LiveItem?
            if let known = former[place.id], known.version == place.version {
                found = known
            } else {
                found = try read(place.id).map(LiveItem.init)
            }
            guard var item = found else { continue }
            item.state = place.state
            item.isApproved = place.isApproved
            current[item.id] = item
            items.append(item)
        }
        // Those alone: what has expired or was withdrawn takes no memory.
        state.withLock { if $0.revision == revision { $0.known = current } }
        return items
    }

    /// The texts that are known, of the versions that were chosen.
    func texts(of chosen: [LiveItem]) -> [ItemID: ItemRecord] {
        state.withLock { state in
            var texts: [ItemID: ItemRecord] = [:]
            for item in chosen {
                let version = FrozenItem(item: item.id, version: item.version)
                guard let text = state.texts[version] ?? state.formerTexts[version] else { continue }
                state.texts[version] = text
                texts[item.id] = text
            }
            return texts
        }
    }

    func keep(_ records: [ItemRecord], _ revision: Int) {
        state.withLock { state in
            guard state.revision == revision else { return }
            for record in records { state.texts[FrozenItem(item: record.id, version: record.version)] = record }
        }
    }
}

extension LiveItem {
    fileprivate init(_ record: ItemRecord) {
        self.init(
            id: record.id, version: record.version, state: record.state, isApproved: record.isApproved, source: record.source,
            received: record.received, facts: record.facts)
    }
}
