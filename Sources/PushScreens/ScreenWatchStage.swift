import Core
import Dispatch
import Foundation
import Ledger

/// Knows which screens are alive.
///
/// Comes in: what the ``ScreenWatch`` has seen. Goes out: a note of each screen's last fetch in the ledger, at most once a minute, and an
/// alarm for a screen with a name that has been silent for longer than the settings permit; its next fetch ends the alarm at once. A
/// screen is missed only when it had been fetching for as long as that before: who opens the page once is no screen on a wall. When the
/// ledger cannot be written the notes of that minute are lost, and the next ones make up for them.
package final class ScreenWatchStage: Stage {
    package let name = "screen watch"

    package static let alarm = "silent-screen"
    /// Between two notes of the same screen.
    static let pause = Span.minutes(1)

    private let watch: ScreenWatch
    private let silence: Span
    private let ledger: Ledger
    private let clock: any WallClock
    private let log: Log
    private let heartbeat = Heartbeat()
    private let running = DispatchGroup()
    /// No screen is found silent for the time in which this service was not there to be asked.
    private let since: Instant
    private let stopping = Kick()

    package var heartbeats: [Heartbeat] { [heartbeat] }

    package init(watch: ScreenWatch, silence: Span, ledger: Ledger, clock: any WallClock, log: Log = Log("screens")) {
        self.watch = watch
        self.silence = silence
        self.ledger = ledger
        self.clock = clock
        self.log = log
        since = clock.now()
    }

    package func start() throws(Fault) {
        running.enter()
        let thread = Thread { [self] in
            repeat {
                pass()
                heartbeat.beat(within: .minutes(5))
            } while sleep()
            heartbeat.rest()
            running.leave()
        }
        thread.name = name
        thread.start()
    }

    /// What was seen and not written yet is written.
    package func stop() {
        stopping.stop()
        watch.kick.kick()
        running.wait()
        pass()
    }

    /// For a minute, or until a silent screen is back.
    private func sleep() -> Bool {
        let due = clock.now() + Self.pause
        while !stopping.isStopped, clock.now() < due {
            watch.kick.wait(until: due, clock: clock)
            if watch.hasReturned { break }
        }
        return !stopping.isStopped
    }

    /// Writes down who was seen, raises and ends alarms.
    package func pass() {
        let now = clock.now()
        do throws(Fault) {
            try ledger.recordScreens(watch.take(), at: now)
            let named = try ledger.screens().filter(\.key.isNamed)
            let silent = named.filter { isSilent($0, at: now) }
            for screen in silent { try raise(screen, at: now) }
            // After a restart an alarm stands until its screen fetches.
            let missed = named.filter { now - $0.last >= silence }
            let objects = Set(missed.map { Self.object($0.key) })
            for standing in try ledger.standingAlarms() where standing.kind == Self.alarm && !objects.contains(standing.object) {
                try ledger.endAlarm(Self.alarm, standing.object, at: now)
            }
            watch.setSilent(Set(missed.map(\.key)))
        } catch {
            log.error("\(error)")
        }
    }

    private func isSilent(_ screen: ScreenRecord, at now: Instant) -> Bool {
        screen.last - screen.first >= silence && now - max(screen.last, since) >= silence
    }

    private func raise(_ screen: ScreenRecord, at now: Instant) throws(Fault) {
        // The text stays the same while the alarm stands.
        let text = "it has fetched nothing since \(screen.last), last from \(screen.address.isEmpty ? "a local socket" : screen.address)"
        try ledger.raiseAlarm(Self.alarm, Self.object(screen.key), text, at: now)
    }

    /// `kantinen (infoskaerm)`: as `status` and the alarm name it.
    package static func object(_ key: ScreenRecord.Key) -> String { "\(key.label) (\(key.feed))" }
}
