import Core
import HTTPServer
import Ledger
import Synchronization

/// Who has fetched which feed since it was last written down: the web server's thread tells, the ``ScreenWatchStage`` takes.
///
/// A fetch costs a look into a table in memory and no write. A screen says its name with `?screen=kantinen`; one without a name is known
/// by the address it comes from.
package final class ScreenWatch: Sendable {
    private struct State {
        var seen: [ScreenRecord.Key: ScreenRecord] = [:]
        /// Screens whose alarm stands: their next fetch is told at once.
        var silent: Set<ScreenRecord.Key> = []
        var hasReturned = false
    }

    /// Beyond this, newcomers are left out until the next note in the ledger.
    private static let limit = 2 * Ledger.screenLimit

    private let clock: any WallClock
    private let state = Mutex(State())
    /// Kicked when a silent screen is back.
    let kick = Kick()

    package init(clock: any WallClock) { self.clock = clock }

    /// A screen's request for a feed that is there; `player` says in which form.
    func saw(_ request: Request, feed: String, player: String) {
        let name = request.target.rawQuery.isEmpty ? nil : request.query("screen").flatMap(Self.name)
        let key = ScreenRecord.Key(feed: feed, label: name ?? request.remoteAddress, isNamed: name != nil)
        let now = clock.now()
        let isBack = state.withLock { state in
            if let place = state.seen.index(forKey: key) {
                state.seen.values[place].last = now
                state.seen.values[place].player = player
            } else {
                guard state.seen.count < Self.limit else { return false }
                state.seen[key] = ScreenRecord(key: key, address: request.remoteAddress, player: player, first: now, last: now)
            }
            guard !state.silent.isEmpty, state.silent.remove(key) != nil else { return false }
            state.hasReturned = true
            return true
        }
        if isBack { kick.kick() }
    }

    /// What was seen since the last call.
    func take() -> [ScreenRecord] {
        state.withLock { state in
            defer { (state.seen, state.hasReturned) = ([:], false) }
            return state.seen.values.sorted { ($0.key.feed, $0.key.label) < ($1.key.feed, $1.key.label) }
        }
    }

    /// Whether a silent screen has fetched since the last ``take()``.
    var hasReturned: Bool { state.withLock { $0.hasReturned } }

    /// What was seen and is not written down yet.
    package var pending: [ScreenRecord] { state.withLock { Array($0.seen.values) } }

    func setSilent(_ keys: Set<ScreenRecord.Key>) { state.withLock { $0.silent = keys } }

    /// A name that people can read in a list: 1 to 64 letters, digits, spaces and `-_.`; anything else is no name.
    static func name(_ text: String) -> String? {
        let isName = !text.isEmpty && text.count <= 64 && text.allSatisfy { $0.isLetter || $0.isNumber || " -_.".contains($0) }
        return isName ? text : nil
    }
}
