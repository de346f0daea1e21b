import Core
import Foundation
import Ledger

/// Has the page of each released edition in memory before its first reader asks, and notes when it could be read.
///
/// Comes in: a kick when editions change. Goes out: pages in ``EditionPages``, and their moments in the ledger. On failure of the ledger
/// the page is made when somebody asks for it, and the moment is noted later than it was; the next pass comes after half a minute.
package final class WebEditionStage: Stage {
    package let name = "web editions"

    private let pages: EditionPages
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let kick = Kick()
    private let running = DispatchGroup()

    private static let retryPause = Span.seconds(30)

    package init(pages: EditionPages, ledger: Ledger, clock: any WallClock, log: Log = Log("web")) {
        self.pages = pages
        self.ledger = ledger
        self.clock = clock
        self.log = log
        ledger.kick(kick, on: [.editions])
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            repeat {} while kick.wait(until: pass(), clock: clock)
            running.leave()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    package func stop() {
        kick.stop()
        running.wait()
    }

    /// Returns when to try again what has failed.
    private func pass() -> Instant? {
        do throws(Fault) {
            for edition in try ledger.editionsNotNotedOnWeb() {
                try pages.prepare(edition)
                try ledger.noteRelease(edition.id, on: ReleaseChannel.web, at: clock.now())
            }
            return nil
        } catch {
            log.error("\(error)")
            return clock.now() + Self.retryPause
        }
    }
}
